import { match, rejects, strictEqual } from "node:assert";
import type { StopSignal } from "./process/stop.ts";
import { type Serving, waitUntilStopped } from "./serving.ts";
import { record } from "./testdata/recorder.ts";

const APP: Serving = {
  endpoints: [
    { label: "api", url: "http://127.0.0.1:8080" },
    { label: "a-very-long-label", url: "http://127.0.0.1:8081" },
  ],
  info: () => ({ started: 12, alive: 1 }),
  stop: () => Promise.resolve(),
};

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
  strictEqual(await waitUntilStopped(APP, io), 0);
  strictEqual(requests.closed(), 1);
  strictEqual(
    stdout(),
    `serving 2 endpoints:
  api              http://127.0.0.1:8080
  a-very-long-label http://127.0.0.1:8081
try: curl http://127.0.0.1:8080
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
  await waitUntilStopped(APP, io);
  strictEqual(heard, "");
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`waitUntilStopped() answers ${code} when ${signal} is second`, async () => {
    const requests = stopRequests(["SIGTERM", signal]);
    const { io, stdout } = record("/", { listenForStop: () => requests });
    const stuck = { ...APP, stop: () => new Promise<void>(() => {}) };
    strictEqual(await waitUntilStopped(stuck, io), code);
    match(stdout(), /stopping\n$/);
    strictEqual(requests.closed(), 1);
  });
}

Deno.test("waitUntilStopped() rejects when the app cannot stop", async () => {
  const requests = stopRequests(["SIGTERM"]);
  const { io } = record("/", { listenForStop: () => requests });
  const error = new Error("no");
  const broken = { ...APP, stop: () => Promise.reject(error) };
  await rejects(waitUntilStopped(broken, io), error);
  strictEqual(requests.closed(), 1);
});
