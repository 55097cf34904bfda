import { match, rejects, strictEqual } from "node:assert";
import { AppError } from "@rusm/serve";
import type { StopSignal } from "./process/stop.ts";
import { type Serving, waitUntilStopped } from "./serving.ts";
import { record } from "./testdata/recorder.ts";

const APP: Serving = {
  gaveUp: new Promise(() => {}),
  info: () => ({ started: 12, alive: 1 }),
  stop: () => Promise.resolve(),
};

function describe(): string[] {
  return ["an app:", "  here"];
}

/** Stop requests that a test makes. */
function stopRequests(signals: StopSignal[]) {
  let closed = 0;
  return {
    next: () => {
      const signal = signals.shift();
      return signal === undefined
        ? new Promise<StopSignal>(() => {})
        : Promise.resolve(signal);
    },
    close: () => void (closed += 1),
    closed: () => closed,
  };
}

Deno.test("waitUntilStopped() answers 0 when it has stopped the app", async () => {
  const requests = stopRequests(["SIGTERM"]);
  const { io, stdout } = record("/", { listenForStop: () => requests });
  strictEqual(await waitUntilStopped(APP, io, describe), 0);
  strictEqual(requests.closed(), 1);
  strictEqual(
    stdout(),
    `an app:
  here
stop: Ctrl-C, and again to stop at once
stopping
stopped: 12 processes started, 1 alive when stopping
`,
  );
});

Deno.test("waitUntilStopped() listens before it prints", async () => {
  let heard = "";
  const { io, stdout } = record("/", {
    listenForStop: () => {
      heard = stdout();
      return stopRequests(["SIGINT"]);
    },
  });
  await waitUntilStopped(APP, io, describe);
  strictEqual(heard, "");
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`waitUntilStopped() answers ${code} when ${signal} is second`, async () => {
    const requests = stopRequests(["SIGTERM", signal]);
    const { io, stdout } = record("/", { listenForStop: () => requests });
    const stuck = { ...APP, stop: () => new Promise<void>(() => {}) };
    strictEqual(await waitUntilStopped(stuck, io, describe), code);
    match(stdout(), /stopping\n$/);
    strictEqual(requests.closed(), 1);
  });
}

Deno.test("waitUntilStopped() rejects when the app cannot stop", async () => {
  const requests = stopRequests(["SIGTERM"]);
  const { io } = record("/", { listenForStop: () => requests });
  const error = new Error("no");
  const broken = { ...APP, stop: () => Promise.reject(error) };
  await rejects(waitUntilStopped(broken, io, describe), error);
  strictEqual(requests.closed(), 1);
});

Deno.test("waitUntilStopped() stops the app and rejects when it has given up", async () => {
  const requests = stopRequests([]);
  const { io, stdout } = record("/", { listenForStop: () => requests });
  const gaveUp = Promise.resolve(new AppError("gaveUp", "Gave up on it"));
  await rejects(waitUntilStopped({ ...APP, gaveUp }, io, describe), {
    name: "CommandFailure",
    message: "Gave up on it",
    exitCode: 1,
  });
  match(stdout(), /\nstopping\nstopped: 12 processes started, .*\n$/);
  strictEqual(requests.closed(), 1);
});

Deno.test("waitUntilStopped() answers 130 when SIGINT comes while it stops by itself", async () => {
  const waiting: ((signal: StopSignal) => void)[] = [];
  const requests = {
    next: () => new Promise<StopSignal>((resolve) => waiting.push(resolve)),
    close: () => {},
  };
  const { io } = record("/", { listenForStop: () => requests });
  const stuck = {
    ...APP,
    gaveUp: Promise.resolve(new AppError("gaveUp", "Gave up on it")),
    stop: () => {
      waiting[0]!("SIGINT");
      return new Promise<void>(() => {});
    },
  };
  strictEqual(await waitUntilStopped(stuck, io, describe), 130);
});
