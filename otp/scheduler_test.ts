import { deepStrictEqual, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import { systemHost } from "./host.ts";
import { REDUCTIONS_PER_SLICE } from "./limits.ts";
import { Runtime } from "./runtime.ts";
import { heapBytes } from "./testdata/gc.ts";
import { type Runnable, Scheduler } from "./scheduler.ts";

const SYSTEM = systemHost();

/** A scheduler whose macrotasks run one at a time, when the test says so. */
function stepped(reductionsPerSlice: number) {
  const macrotasks: (() => void)[] = [];
  const macrotask = (task: () => void) => void macrotasks.push(task);
  const host = { ...SYSTEM, macrotask };
  const scheduler = new Scheduler(host, reductionsPerSlice);
  async function turn(): Promise<void> {
    macrotasks.shift()!();
    await promises();
  }
  return { scheduler, macrotasks, turn };
}

function promises(): Promise<void> {
  return new Promise((resolve) => SYSTEM.macrotask(resolve));
}

Deno.test("ready() runs when the caller is done, in order", async () => {
  const { scheduler, macrotasks } = stepped(10);
  const order: number[] = [];
  for (const name of [1, 2, 3]) {
    scheduler.ready({ run: () => order.push(name) });
  }
  deepStrictEqual(order, []);
  await promises();
  deepStrictEqual(order, [1, 2, 3]);
  strictEqual(macrotasks.length, 0);
});

Deno.test("ready() leaves to later slices what this one has no room for", async () => {
  const { scheduler, macrotasks, turn } = stepped(4);
  const order: number[] = [];
  for (let name = 0; name < 10; name++) {
    scheduler.ready({ run: () => order.push(name) });
  }
  for (const count of [4, 8, 10]) {
    await (count === 4 ? promises() : turn());
    strictEqual(order.length, count);
  }
  deepStrictEqual(order, order.toSorted((one, other) => one - other));
  strictEqual(macrotasks.length, 0);
});

Deno.test("ready() waits for a later macrotask when the slice is spent, one for all", async () => {
  const { scheduler, macrotasks, turn } = stepped(10);
  while (scheduler.spend());
  const order: string[] = [];
  const again = { run: () => order.push("again") };
  for (const name of ["a", "b"]) {
    scheduler.ready({
      run() {
        order.push(name);
        scheduler.ready(again);
      },
    });
  }
  await promises();
  deepStrictEqual([order.length, scheduler.queueLength], [0, 2]);
  strictEqual(macrotasks.length, 1);
  await turn();
  deepStrictEqual(order, ["a", "b", "again", "again"]);
  strictEqual(scheduler.queueLength, 0);
});

Deno.test("spend() is false when the slice is spent, until the next", async () => {
  const { scheduler, turn } = stepped(2);
  const spends =
    () => [scheduler.spend(), scheduler.spend(), scheduler.spend()];
  deepStrictEqual(spends(), [true, true, false]);
  let inside: boolean[] = [];
  scheduler.ready({
    run() {
      inside = spends();
    },
  });
  await turn();
  deepStrictEqual(inside, [true, false, false]);
});

type Command = "ready" | "readyTwice" | "spend" | "turn";

Deno.test("Scheduler runs all once, no more per slice than it may", async () => {
  const commands = fc.array(
    fc.constantFrom<Command>("ready", "readyTwice", "spend", "turn"),
    { maxLength: 60 },
  );
  const slices = fc.integer({ min: 1, max: 5 });
  await fc.assert(fc.asyncProperty(commands, slices, async (all, perSlice) => {
    const { scheduler, macrotasks, turn } = stepped(perSlice);
    const runs: number[] = [];
    let names = 0;
    let runsBefore = 0;

    function named(then?: () => void): Runnable {
      const name = names++;
      const run = () => {
        runs.push(name);
        then?.();
      };
      return { run };
    }

    async function slice(): Promise<void> {
      await promises();
      if (macrotasks.length === 0) return;
      strictEqual(macrotasks.length, 1);
      runsBefore = runs.length;
      await turn();
      strictEqual(runs.length - runsBefore <= perSlice, true);
    }

    for (const command of all) {
      if (command === "turn") await slice();
      else if (command === "ready") scheduler.ready(named());
      else if (command === "spend") scheduler.spend();
      else scheduler.ready(named(() => scheduler.ready(named())));
    }
    while (scheduler.queueLength > 0) await slice();
    await promises();
    const once = Array.from({ length: names }, (_, name) => name);
    deepStrictEqual(runs.toSorted((one, other) => one - other), once);
  }));
});

Deno.test("ready() holds on to nothing that ran, when the queue is never empty", async () => {
  const { scheduler, macrotasks } = stepped(1);
  const again = { run: () => scheduler.ready(again) };
  again.run();
  again.run();
  const before = await heapBytes();
  for (let turn = 0; turn < 200_000; turn++) macrotasks.shift()!();
  const grown = await heapBytes() - before;
  strictEqual(scheduler.queueLength, 2);
  strictEqual(grown < 800_000, true, `${grown} bytes`);
});

Deno.test("spend() goes on in a slice that is shorter than asked for", () => {
  let nowMs = 100;
  const macrotasks: (() => void)[] = [];
  const macrotask = (task: () => void) => void macrotasks.push(task);
  const host = { ...SYSTEM, macrotask, now: () => nowMs };
  const scheduler = new Scheduler(host, 2, 1);
  const spendAll = (perSpendMs: number) => {
    let count = 0;
    for (; scheduler.spend(); count++) nowMs += perSpendMs;
    return count;
  };
  // Nobody knows when the first one began.
  strictEqual(spendAll(0), 2);
  const runs: number[] = [];
  scheduler.ready({ run: () => runs.push(spendAll(0.3)) });
  macrotasks.shift()!();
  // 0.3, when asked 0.9, and when asked again 1.2 ms: one went to the run.
  deepStrictEqual(runs, [5]);
  strictEqual(scheduler.load().reductions, 8);
  strictEqual(scheduler.load().slices, 1);
});

for (const reductions of [0, -1, 0.5, NaN, Infinity]) {
  Deno.test(`Scheduler throws when a slice is ${reductions}`, () => {
    throws(() => new Scheduler(SYSTEM, reductions), {
      name: "RangeError",
      message:
        `Cannot make a slice of less than one whole reduction: ${reductions}`,
    });
  });
}

// On the real machine, since a virtual clock stands still for busy processes.
Deno.test("A process that never stops leaves timers and macrotasks their turns", async () => {
  const runtime = new Runtime({ host: SYSTEM });
  let received = 0;
  const busy = runtime.spawn<string>(async (self) => {
    for (;; received++) {
      runtime.send(self.pid, "again");
      await self.receive();
    }
  });
  const receivedAt: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => SYSTEM.timer(0, resolve));
    await promises();
    receivedAt.push(received);
  }
  busy.kill();
  // The slice that was asked for still comes.
  for (let turn = 0; turn < 3; turn++) await promises();
  strictEqual(receivedAt[0]! > REDUCTIONS_PER_SLICE / 2, true);
  strictEqual(receivedAt[2]! > receivedAt[0]!, true);
});
