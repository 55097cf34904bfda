import { deepStrictEqual, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import type { Host } from "./host.ts";
import { TIMER_DELAY_MS_MAX } from "./limits.ts";
import { Sim } from "./sim.ts";
import { heapBytes } from "./testdata/gc.ts";
import { type Timer, Timers } from "./timer.ts";

type Command =
  | { readonly type: "start"; readonly delayMs: number }
  | { readonly type: "cancel"; readonly index: number }
  | { readonly type: "advance"; readonly ms: number };

const COMMANDS: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant("start"), delayMs: fc.nat(20) }),
    fc.record({ type: fc.constant("cancel"), index: fc.nat(40) }),
    fc.record({ type: fc.constant("advance"), ms: fc.nat(15) }),
  ) as fc.Arbitrary<Command>,
  { maxLength: 80 },
);

/** What the model knows of a timer. */
interface Entry {
  readonly timer: Timer;
  readonly dueMs: number;
  readonly index: number;
  isLive: boolean;
}

Deno.test("Timers fire what is live, in order, on time", async () => {
  await fc.assert(fc.asyncProperty(COMMANDS, async (commands) => {
    const sim = new Sim({ seed: 1 });
    const host = sim.host();
    const timers = new Timers(host);
    const entries: Entry[] = [];
    const fired: string[] = [];
    const expected: string[] = [];

    function start(delayMs: number): void {
      const index = entries.length;
      const dueMs = sim.nowMs + delayMs;
      const timer = timers.start(delayMs, () => {
        fired.push(`${index} at ${sim.nowMs}`);
      });
      entries.push({ timer, dueMs, index, isLive: true });
    }

    function cancel(entry: Entry): void {
      strictEqual(timers.cancel(entry.timer), entry.isLive);
      entry.isLive = false;
    }

    async function advance(ms: number): Promise<void> {
      await sim.advance(ms);
      for (const entry of dueEntries(entries, sim.nowMs)) {
        entry.isLive = false;
        expected.push(`${entry.index} at ${entry.dueMs}`);
      }
    }

    for (const command of commands) {
      if (command.type === "start") start(command.delayMs);
      else if (command.type === "advance") await advance(command.ms);
      else if (entries.length > 0) {
        cancel(entries[command.index % entries.length]!);
      }
      deepStrictEqual(fired, expected);
      const isAnyLive = entries.some(({ isLive }) => isLive);
      if (!isAnyLive) strictEqual(host.dueMs, Infinity);
    }
  }));
});

function dueEntries(entries: Entry[], nowMs: number): Entry[] {
  return entries
    .filter(({ isLive, dueMs }) => isLive && dueMs <= nowMs)
    .sort((one, other) => one.dueMs - other.dueMs || one.index - other.index);
}

Deno.test("start() never fires early when time has fractions", async () => {
  const delays = fc.array(fc.double({ min: 0, max: 5, noNaN: true }));
  await fc.assert(fc.asyncProperty(delays, async (delaysMs) => {
    const sim = new Sim({ seed: 1 });
    const timers = new Timers(sim.host());
    let left = 0;
    for (const delayMs of delaysMs) {
      await sim.advance(delayMs / 2);
      const dueMs = sim.nowMs + delayMs;
      left++;
      timers.start(delayMs, () => {
        left--;
        strictEqual(sim.nowMs >= dueMs && sim.nowMs < dueMs + 1.001, true);
      });
    }
    await sim.run();
    strictEqual(left, 0);
  }));
});

Deno.test("start() asks the host for no more than a timer can hold", () => {
  const clock = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(fc.property(clock, (nowMs) => {
    const host = new Frozen(nowMs);
    new Timers(host).start(TIMER_DELAY_MS_MAX, () => {});
    strictEqual(host.delayMs !== undefined, true);
    strictEqual(host.delayMs! <= TIMER_DELAY_MS_MAX, true);
  }));
});

/** A host whose clock stands still, and which keeps its last timer. */
class Frozen implements Host {
  readonly #nowMs: number;
  delayMs: number | undefined;
  fire: (() => void) | undefined;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  random(): number {
    return 0;
  }

  macrotask(): void {}

  timer(delayMs: number, task: () => void): () => void {
    this.delayMs = delayMs;
    this.fire = task;
    return () => {
      this.fire = undefined;
    };
  }
}

Deno.test("start() leaves the turn when a task starts another without delay", () => {
  const host = new Frozen(5);
  const timers = new Timers(host);
  let fired = 0;
  timers.start(0, function again() {
    fired++;
    timers.start(0, again);
  });
  for (const turn of [1, 2, 3]) {
    host.fire!();
    strictEqual(fired, turn);
  }
});

Deno.test("start() waits on when the host fires early", () => {
  const host = new Frozen(0);
  const timers = new Timers(host);
  timers.start(10, () => {
    throw new Error("It is not due");
  });
  host.fire!();
  strictEqual(host.delayMs, 10);
});

Deno.test("cancel() is in time until the task runs", async () => {
  const sim = new Sim();
  const timers = new Timers(sim.host());
  const answers: boolean[] = [];
  const second: Timer[] = [];
  const first = timers.start(1, () => {
    answers.push(timers.cancel(first), timers.cancel(second[0]!));
  });
  second.push(timers.start(1, () => answers.push(true)));
  await sim.run();
  deepStrictEqual(answers, [false, true]);
  strictEqual(timers.cancel(first), false);
});

Deno.test("cancel() lets go of the host when the timer before it has fired", async () => {
  const sim = new Sim();
  const host = sim.host();
  const timers = new Timers(host);
  const later = timers.start(1_000, () => {});
  timers.start(1, () => {});
  timers.cancel(later);
  await sim.advance(1);
  strictEqual(host.dueMs, Infinity);
});

Deno.test("cancel() lets go of its timers while another waits", async () => {
  const timers = new Timers(new Sim().host());
  timers.start(TIMER_DELAY_MS_MAX, () => {});
  const before = await heapBytes();
  for (let count = 0; count < 100_000; count++) {
    timers.cancel(timers.start(1_000, () => {}));
  }
  const grown = await heapBytes() - before;
  strictEqual(grown < 1_000_000, true, `${grown} bytes`);
});

for (const delayMs of [-1, NaN, TIMER_DELAY_MS_MAX + 1, Infinity]) {
  Deno.test(`start() throws when the delay is ${delayMs}`, () => {
    const host = new Frozen(0);
    throws(() => new Timers(host).start(delayMs, () => {}), {
      name: "RangeError",
      message: `Cannot start a timer outside 0 to 2147483647 ms: ${delayMs}`,
    });
    strictEqual(host.fire, undefined);
  });
}
