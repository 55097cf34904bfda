import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { type ExitReason, Pid, type Signal } from "@rusm/otp";

import { BUILT_IN_PROFILES, permissionsOf } from "./capability.ts";
import { SchedulerFailed } from "./errors.ts";
import { HEARTBEATS_MISSED_MAX, START_HEARTBEATS_MAX } from "./limits.ts";
import { RemoteScheduler } from "./remote_scheduler.ts";
import { Exchange } from "./ring/exchange.ts";
import { bake } from "./script/image.ts";
import { beatUntil, countingWorkers } from "./testdata/workers.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;

/** What was heard of a scheduler, one text each, in order. */
class Heard {
  readonly all: string[] = [];
  /** Called with each, before what came behind it is taken. */
  onHeard: () => void = () => {};
  #waiting: [count: number, resolve: () => void][] = [];

  note(what: string): void {
    this.all.push(what);
    this.onHeard();
    for (const [count, resolve] of this.#waiting) {
      if (this.all.length >= count) resolve();
    }
  }

  /** Resolves when `count` things were heard. */
  count(count: number): Promise<void> {
    if (this.all.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push([count, resolve]));
  }
}

/** Runs `test` with scheduler 1, on which component 0 logs and ends, or another program. */
async function withScheduler(
  test: (scheduler: RemoteScheduler, heard: Heard) => Promise<void>,
  program?: URL,
): Promise<void> {
  const heard = new Heard();
  const permissions = permissionsOf(SANDBOXED);
  const exchange = new Exchange();
  const scheduler = new RemoteScheduler(
    { node: 0, scheduler: 1, permissions, exchange, ...program && { program } },
    {
      signalled: (signal: Signal) => heard.note(`signal ${signal.type}`),
      exited: (pid, component, reason: ExitReason) =>
        heard.note(`exited ${pid} ${component} ${reason}`),
      logged: (pid, _component, level, text) =>
        heard.note(`logged ${pid} ${level} ${text}`),
      dumped: () => {},
      refused: (to) => heard.note(`refused ${to}`),
      linking: ({ type }) => heard.note(type),
      opened: ({ type }) => heard.note(type),
      named: ({ type }) => heard.note(type),
      untagged: (tag) => heard.note(`untagged ${tag}`),
      asked: (_pid, _component, { type }) => ({ value: type }),
      lost: (why) => heard.note(`lost ${why}`),
    },
  );
  try {
    await test(scheduler, heard);
  } finally {
    await scheduler.close();
    exchange.close();
  }
}

async function loadInto(scheduler: RemoteScheduler): Promise<void> {
  const bundle = "exports.default = () => console.log('ran')";
  const image = await bake("ran", bundle, SANDBOXED, () => {});
  scheduler.load({
    type: "load",
    component: 0,
    code: { type: "script", image },
    capability: SANDBOXED,
  });
}

function pid(serial: number): Pid {
  return new Pid(0, 1, serial);
}

Deno.test("RemoteScheduler takes commands before it is ready, and tells in order", async () => {
  await withScheduler(async (scheduler, heard) => {
    await loadInto(scheduler);
    for (const serial of [0, 1]) {
      scheduler.spawn(pid(serial), 0, { entry: "run" });
    }
    deepStrictEqual([...scheduler.living], [[0, 0], [1, 0]]);
    await heard.count(4);
    deepStrictEqual(heard.all.toSorted(), [
      "exited <0.1.0> 0 normal",
      "exited <0.1.1> 0 normal",
      "logged <0.1.0> 2 ran",
      "logged <0.1.1> 2 ran",
    ]);
    strictEqual(scheduler.living.size, 0);
    await scheduler.ready;
  });
});

Deno.test("RemoteScheduler carries signals there and back", async () => {
  await withScheduler(async (scheduler, heard) => {
    const watcher = new Pid(0, 0, 7);
    const ref = 3 as Extract<Signal, { type: "monitor" }>["ref"];
    strictEqual(
      scheduler.send({ type: "monitor", to: pid(99), watcher, ref }),
      true,
    );
    await heard.count(1);
    deepStrictEqual(heard.all, ["signal down"]);
  });
});

Deno.test("RemoteScheduler tells of a message that cannot be copied, and sends the others", async () => {
  await withScheduler(async (scheduler, heard) => {
    await loadInto(scheduler);
    const message = () => 1;
    strictEqual(
      scheduler.send({ type: "message", to: pid(5), message }),
      false,
    );
    scheduler.spawn(pid(0), 0, { entry: "run" });
    await heard.count(3);
    strictEqual(heard.all[0], "refused <0.1.5>");
    strictEqual(heard.all.at(-1), "exited <0.1.0> 0 normal");
  });
});

Deno.test("RemoteScheduler is given up when it owes too many signs of life", async () => {
  await withScheduler(async (scheduler, heard) => {
    await scheduler.ready;
    // It cannot answer as long as this turn lasts.
    for (let count = 0; count < HEARTBEATS_MISSED_MAX; count++) {
      scheduler.ping();
    }
    deepStrictEqual(heard.all, []);
    beatUntil(() => heard.all.length > 0, () => scheduler.ping());
    for (let count = 0; count < 3; count++) scheduler.ping();
    deepStrictEqual(heard.all, ["lost it gave no sign of life 5 times"]);
    strictEqual(
      scheduler.send({ type: "message", to: pid(0), message: "x" }),
      false,
    );
  });
});

// Who floods has its answers behind the flood.
Deno.test("RemoteScheduler gives a sign of life with whatever it sends", async () => {
  await withScheduler(async (scheduler, heard) => {
    await scheduler.ready;
    heard.onHeard = () => {
      for (let count = 0; count < HEARTBEATS_MISSED_MAX; count++) {
        scheduler.ping();
      }
    };
    const ref = 3 as Extract<Signal, { type: "monitor" }>["ref"];
    const watcher = new Pid(0, 0, 7);
    scheduler.send({ type: "monitor", to: pid(99), watcher, ref });
    scheduler.ping();
    await heard.count(1);
    deepStrictEqual(heard.all, ["signal down"]);
  });
});

const SLOW = new URL("./testdata/slow_scheduler.ts", import.meta.url);

/** Runs `test` with a scheduler that takes and sends a piece at a time, when it is told to. */
async function withSlowScheduler(
  test: (
    scheduler: RemoteScheduler,
    heard: Heard,
    step: (what: "take" | "send") => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  const steps = new BroadcastChannel("rusm slow scheduler");
  const step = (what: string) =>
    new Promise<void>((resolve) => {
      steps.onmessage = () => resolve();
      steps.postMessage(what);
    });
  try {
    await withScheduler(async (scheduler, heard) => {
      await scheduler.ready;
      await test(scheduler, heard, step);
    }, SLOW);
  } finally {
    steps.close();
  }
}

// More than the ring holds, in more pieces than there are questions.
const LARGE = { to: pid(7), message: new Uint8Array(8 * 1024 * 1024) } as const;

for (const what of ["take", "send"] as const) {
  Deno.test(`RemoteScheduler gives a sign of life with each piece that it has to ${what}`, () =>
    withSlowScheduler(async (scheduler, heard, step) => {
      scheduler.send({ type: "message", ...LARGE });
      for (let count = 0; count < 3 * HEARTBEATS_MISSED_MAX; count++) {
        await step(what);
        scheduler.ping();
        strictEqual(scheduler.isSilent, false);
      }
      deepStrictEqual(heard.all, []);
    }));
}

Deno.test("RemoteScheduler that goes on with nothing large is given up", () =>
  withSlowScheduler(async (scheduler, heard, step) => {
    scheduler.send({ type: "message", ...LARGE });
    await step("take");
    await step("send");
    for (let count = 0; count <= HEARTBEATS_MISSED_MAX; count++) {
      scheduler.ping();
    }
    deepStrictEqual(heard.all, ["lost it gave no sign of life 5 times"]);
  }));

// A Worker that reads and checks its program is silent for longer.
Deno.test("RemoteScheduler that has not started is given more time", async () => {
  await withScheduler((scheduler, heard) => {
    for (let count = 0; count < START_HEARTBEATS_MAX; count++) scheduler.ping();
    deepStrictEqual(heard.all, []);
    scheduler.ping();
    deepStrictEqual(heard.all, ["lost it gave no sign of life 60 times"]);
    return Promise.resolve();
  });
});

Deno.test("RemoteScheduler owes no signs of life for the time before it started", async () => {
  await withScheduler(async (scheduler, heard) => {
    for (let count = 0; count < START_HEARTBEATS_MAX; count++) scheduler.ping();
    await scheduler.ready;
    for (let count = 0; count < HEARTBEATS_MISSED_MAX; count++) {
      scheduler.ping();
    }
    deepStrictEqual(heard.all, []);
  });
});

Deno.test("RemoteScheduler that answers is not given up, however often it is asked", async () => {
  await withScheduler(async (scheduler, heard) => {
    await loadInto(scheduler);
    for (let count = 0; count < 3 * HEARTBEATS_MISSED_MAX; count++) {
      scheduler.ping();
      // What is told of the process comes behind the answer.
      scheduler.spawn(pid(count), 0, { entry: "run" });
      await heard.count(2 * (count + 1));
    }
    strictEqual(heard.all.some((what) => what.startsWith("lost")), false);
  });
});

Deno.test("RemoteScheduler knows how much there is to do since its last sign of life", async () => {
  await withScheduler(async (scheduler, heard) => {
    await loadInto(scheduler);
    strictEqual(scheduler.lastLoad, undefined);
    scheduler.ping();
    // What is told of the process comes behind the answer.
    scheduler.spawn(pid(0), 0, { entry: "run" });
    await heard.count(1);
    const { waitingCount, heapBytes } = scheduler.lastLoad!;
    strictEqual(waitingCount, 0);
    strictEqual(heapBytes > 100_000, true);
  });
});

Deno.test("RemoteScheduler is lost when its Worker throws, once", async () => {
  await withScheduler(async (scheduler, heard) => {
    await scheduler.ready;
    // There is no such component.
    scheduler.spawn(pid(0), 42, { entry: "run" });
    await heard.count(1);
    strictEqual(heard.all[0]!.startsWith("lost Uncaught TypeError"), true);
    scheduler.lose("again");
    strictEqual(heard.all.length, 1);
  });
});

for (const end of ["close", "lose"] as const) {
  Deno.test(`RemoteScheduler.${end}() terminates the Worker`, () =>
    countingWorkers(() =>
      withScheduler(async (scheduler) => {
        await scheduler.ready;
        scheduler[end]("no reason");
      })
    ));
}

Deno.test("RemoteScheduler.ready rejects when it is lost before", async () => {
  await withScheduler(async (scheduler, heard) => {
    scheduler.lose("no reason");
    scheduler.lose("another");
    await rejects(
      scheduler.ready,
      new SchedulerFailed("Cannot start a scheduler: no reason"),
    );
    deepStrictEqual(heard.all, ["lost no reason"]);
  });
});

Deno.test("RemoteScheduler.ready rejects when it is closed before, and nothing is told", async () => {
  await withScheduler(async (scheduler, heard) => {
    const closing = scheduler.close();
    strictEqual(scheduler.close(), closing);
    await rejects(
      scheduler.ready,
      new SchedulerFailed("Cannot start a scheduler: it was closed"),
    );
    scheduler.lose("too late");
    deepStrictEqual(heard.all, []);
  });
});

Deno.test({
  name: "RemoteScheduler cannot be made to do more than this thread may",
  permissions: { read: true, net: false },
  fn() {
    const permissions = { ...permissionsOf(SANDBOXED), net: true };
    const exchange = new Exchange();
    const options = { node: 0, scheduler: 1, permissions, exchange };
    try {
      new RemoteScheduler(options, {} as never).close();
    } catch (error) {
      strictEqual((error as Error).name, "NotCapable");
      return;
    }
    throw new Error("It was made");
  },
});
