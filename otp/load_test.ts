import { deepStrictEqual, strictEqual } from "node:assert";
import { Runtime } from "./runtime.ts";
import { systemHost } from "./host.ts";
import { simulated } from "./testdata/simulated.ts";

/** The body of a process that does nothing. */
function forever(): Promise<never> {
  return new Promise(() => {});
}

Deno.test("load() of a runtime that has done nothing is none", () => {
  const { runtime } = simulated();
  deepStrictEqual(runtime.load(), {
    runQueueLength: 0,
    reductions: 0,
    slices: 0,
    busyMs: 0,
  });
});

Deno.test("load() counts processes that wait for their turn", async () => {
  const { sim, runtime } = simulated();
  for (let count = 0; count < 5; count++) runtime.spawn(forever);
  strictEqual(runtime.load().runQueueLength, 5);
  await sim.run();
  strictEqual(runtime.load().runQueueLength, 0);
});

// deno-fmt-ignore
const SLICES: [reductionsPerSlice: number, slices: number][] = [
  [1_000, 0], [101, 0], [100, 1], [10, 10], [1, 100],
];

for (const [reductionsPerSlice, slices] of SLICES) {
  Deno.test(`load() counts a start and 100 messages in slices of ${reductionsPerSlice}`, async () => {
    const { sim, runtime } = simulated({ reductionsPerSlice });
    const { pid } = runtime.spawn<number>(async (self) => {
      for (;;) await self.receive();
    });
    for (let count = 0; count < 100; count++) runtime.send(pid, count);
    await sim.run();
    const load = runtime.load();
    strictEqual(load.reductions >= 101, true, `${load.reductions}`);
    // A receive that has to wait for the next slice has a wake-up of its own.
    strictEqual(load.reductions <= 101 + load.slices, true);
    strictEqual(load.slices >= slices, true, `${load.slices}`);
    strictEqual(load.slices <= 2 * slices, true, `${load.slices}`);
  });
}

for (const isTracking of [false, true]) {
  Deno.test(`load() counts a reduction for each message when busy time is ${isTracking ? "" : "not "}tracked`, async () => {
    const { sim, runtime } = simulated();
    runtime.trackBusyTime(isTracking);
    const { pid } = runtime.spawn<number>(async (self) => {
      for (;;) await self.receive();
    });
    for (let count = 1; count <= 20; count++) {
      await sim.run();
      strictEqual(runtime.load().reductions, count);
      runtime.send(pid, count);
    }
  });
}

Deno.test(
  "load() counts no slice that was not spent when busy time is tracked",
  async () => {
    const { sim, runtime } = simulated();
    runtime.trackBusyTime(true);
    const { pid } = runtime.spawn<number>((self) => self.receiveEach(() => {}));
    for (let count = 0; count < 5; count++) {
      await sim.run();
      runtime.send(pid, count);
    }
    await sim.run();
    strictEqual(runtime.load().slices, 0);
  },
);

Deno.test(
  "trackBusyTime() turned off in the middle of a turn counts no reduction",
  async () => {
    const { sim, runtime } = simulated();
    runtime.trackBusyTime(true);
    const { pid } = runtime.spawn<number>(async (self) => {
      for (;;) await self.receive();
    });
    await sim.run();
    runtime.send(pid, 1);
    runtime.trackBusyTime(false);
    await sim.run();
    strictEqual(runtime.load().reductions, 2);
  },
);

/** A runtime whose clock the test sets, and whose macrotasks it runs. */
function clocked() {
  const clock = { nowMs: 0 };
  const tasks: (() => void)[] = [];
  const runtime = new Runtime({
    host: {
      ...systemHost(),
      now: () => clock.nowMs,
      macrotask: (task) => tasks.push(task),
    },
  });
  async function idle(): Promise<void> {
    do {
      for (let depth = 0; depth < 20; depth++) await undefined;
      tasks.shift()?.();
    } while (tasks.length > 0);
  }
  return { clock, runtime, idle };
}

Deno.test("load() counts the time in which processes ran", async () => {
  const { clock, runtime, idle } = clocked();
  runtime.trackBusyTime(true);
  const { pid } = runtime.spawn<number>((self) =>
    self.receiveEach((ms) => {
      clock.nowMs += ms;
    })
  );
  await idle();
  strictEqual(runtime.load().busyMs, 0);
  let busyMs = 0;
  for (const ms of [5, 7, 100]) {
    runtime.send(pid, ms);
    await idle();
    busyMs += ms;
    strictEqual(runtime.load().busyMs, busyMs);
    clock.nowMs += 1_000;
    await idle();
    strictEqual(runtime.load().busyMs, busyMs);
  }
});

Deno.test("load() counts no time before trackBusyTime(), or after it is off", async () => {
  const { clock, runtime, idle } = clocked();
  const { pid } = runtime.spawn<number>((self) =>
    self.receiveEach((ms) => {
      clock.nowMs += ms;
    })
  );
  await idle();
  const seen: number[] = [];
  for (const isOn of [false, true, true]) {
    runtime.trackBusyTime(isOn);
    runtime.send(pid, 10);
    await idle();
    seen.push(runtime.load().busyMs);
  }
  deepStrictEqual(seen, [0, 10, 20]);
  runtime.trackBusyTime(false);
  runtime.send(pid, 10);
  await idle();
  strictEqual(runtime.load().busyMs <= 20, true);
});
