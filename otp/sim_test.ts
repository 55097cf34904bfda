import {
  deepStrictEqual,
  match,
  notDeepStrictEqual,
  rejects,
  strictEqual,
  throws,
} from "node:assert";
import fc from "fast-check";
import type { Host } from "./host.ts";
import type { Pid } from "./pid.ts";
import { Runtime } from "./runtime.ts";
import { Sim, type SimHost } from "./sim.ts";
import { cluster } from "./testdata/wire.ts";

Deno.test("random() is between 0 and 1, and even", () => {
  const host = new Sim({ seed: 1 }).host();
  const counts = new Array<number>(10).fill(0);
  for (let drawn = 0; drawn < 10_000; drawn++) {
    const number = host.random();
    strictEqual(number >= 0 && number < 1, true);
    counts[Math.floor(number * 10)]!++;
  }
  strictEqual(counts.every((count) => count > 900 && count < 1_100), true);
});

/** Three hosts with five macrotasks and a timer each; returns the order in which they ran. */
async function interleaving(seed: number): Promise<string[]> {
  const sim = new Sim({ seed });
  const order: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const host = sim.host();
    host.timer(0, () => order.push(`${name} timer`));
    for (let task = 0; task < 5; task++) {
      host.macrotask(() => order.push(`${name}${task}`));
    }
  }
  await sim.run();
  return order;
}

Deno.test("run() repeats itself when the seed is the same", async () => {
  const seeds = fc.maxSafeNat();
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      deepStrictEqual(await interleaving(seed), await interleaving(seed));
    }),
    { numRuns: 20, examples: [[0], [Number.MAX_SAFE_INTEGER]] },
  );
});

Deno.test("run() differs when the seed does", async () => {
  const one = await interleaving(1);
  notDeepStrictEqual(await interleaving(2), one);
  notDeepStrictEqual(one, one.toSorted());
});

Deno.test("run() keeps the order of one host whatever the seed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const order = await interleaving(seed);
      strictEqual(order.length, 18);
      for (const name of ["a", "b", "c"]) {
        const own = order.filter((task) => /\d/.test(task) && task[0] === name);
        deepStrictEqual(own, own.toSorted());
      }
    }),
    { numRuns: 50 },
  );
});

/** Processes of three schedulers that pass numbers around at random; returns who got what when. */
async function passing(seed: number): Promise<string[]> {
  const sim = new Sim({ seed });
  const ends = cluster(sim, 3);
  const log: string[] = [];
  const pids = ends.map(({ runtime, host }) =>
    runtime.spawn<number>(async (self) => {
      for (;;) {
        const number = await self.receive();
        log.push(`${self.pid} ${number} ${host.now()}`);
        const to = pids[Math.floor(host.random() * 3)]!;
        await self.receive({ match: () => false, timeoutMs: number % 3 });
        if (number > 0) runtime.send(to, number - 1);
      }
    }).pid
  );
  for (const pid of pids) ends[0]!.runtime.send(pid, 20);
  await sim.run();
  return log;
}

Deno.test("run() repeats what processes do, across schedulers", async () => {
  for (const seed of [1, 2, 3]) {
    const log = await passing(seed);
    strictEqual(log.length > 60, true);
    deepStrictEqual(await passing(seed), log);
  }
  notDeepStrictEqual(await passing(1), await passing(2));
});

/** The trace of what goes on while much goes wrong, and how often it chose. */
async function chaos(seed: number): Promise<string> {
  const sim = new Sim({ seed });
  const spawn = ({ runtime, host }: { runtime: Runtime; host: Host }) => {
    const { pid } = runtime.spawn<number>(async (self) => {
      for (;;) {
        const number = await self.receive();
        const to = pids[Math.floor(host.random() * pids.length)]!;
        if (number > 0) runtime.send(to, number - 1);
      }
    });
    pids.push(pid);
    runtime.send(pid, 50);
  };
  const pids: Pid<number>[] = [];
  const cluster = sim.cluster({ schedulers: 4, boot: spawn });
  const faults = { crashes: 3, pauses: 3, partitions: 3, delays: 3 };
  cluster.chaos({ ...faults, untilMs: 300 });
  await sim.run();
  return sim.trace;
}

Deno.test("trace is the same when the seed is, and only then", async () => {
  const traces = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const trace = await chaos(seed);
    match(trace, /^[0-9a-f]{16}$/);
    strictEqual(await chaos(seed), trace);
    traces.add(trace);
  }
  strictEqual(traces.size, 20);
});

Deno.test("trace changes with every task, and when one was due later", async () => {
  const traces: string[] = [];
  for (const delayMs of [1, 2]) {
    const sim = new Sim({ seed: 1 });
    const host = sim.host();
    host.timer(delayMs, () => {});
    host.timer(5, () => {});
    traces.push(sim.trace);
    await sim.advance(4);
    traces.push(sim.trace);
    await sim.run();
    traces.push(sim.trace);
  }
  strictEqual(traces[0], traces[3]);
  strictEqual(new Set(traces).size, 5);
});

Deno.test("run() settles every promise between two tasks", async () => {
  const sim = new Sim();
  const host = sim.host();
  let settled = 0;
  for (let task = 1; task <= 100; task++) {
    host.macrotask(async () => {
      strictEqual(settled, task - 1);
      for (let depth = 0; depth < 50; depth++) await undefined;
      settled = task;
    });
  }
  await sim.run();
  strictEqual(settled, 100);
});

Deno.test("run() runs what promises start before it looks for tasks", async () => {
  const sim = new Sim();
  const runtime = new Runtime({ host: sim.host() });
  const sleeper = runtime.spawn((self) => self.receive({ timeoutMs: 1_000 }));
  await sim.run();
  strictEqual(await sleeper.join(), "normal");
  strictEqual(sim.nowMs, 1_000);
});

Deno.test("run() moves the clock only when nothing else is left", async () => {
  const sim = new Sim();
  const [one, other] = [sim.host(), sim.host()];
  const times: number[] = [];
  one.timer(5, () => {
    times.push(one.now());
    other.macrotask(() => times.push(other.now()));
    other.timer(0, () => times.push(other.now()));
  });
  other.timer(7.5, () => times.push(one.now()));
  await sim.run();
  deepStrictEqual(times, [5, 5, 5, 7.5]);
});

Deno.test("timer() fires in the order of start when due at once", async () => {
  const sim = new Sim();
  const host = sim.host();
  const fired: number[] = [];
  const starts: [number, number][] = [[3, 0], [1, 1], [3, 2], [1, 3], [2, 4]];
  for (const [delayMs, name] of starts) {
    host.timer(delayMs, () => fired.push(name));
  }
  await sim.run();
  deepStrictEqual(fired, [1, 3, 4, 0, 2]);
});

Deno.test("timer() never fires when it was stopped", async () => {
  const sim = new Sim();
  const host = sim.host();
  const stop = host.timer(1, () => {
    throw new Error("It was stopped");
  });
  stop();
  strictEqual(host.dueMs, Infinity);
  await sim.run();
  const stopLate = host.timer(1, () => {});
  host.timer(1, () => {});
  await sim.advance(0);
  stopLate();
  await sim.run();
  stopLate();
});

Deno.test("pause() stops one machine, and lets time go on", async () => {
  const sim = new Sim();
  const [paused, other] = [sim.host(), sim.host()];
  const ran: string[] = [];
  for (const [name, host] of Object.entries({ paused, other })) {
    host.macrotask(() => ran.push(`${name} ${sim.nowMs}`));
    host.timer(5, () => ran.push(`${name} ${sim.nowMs}`));
  }
  paused.pause(3);
  paused.pause(2);
  await sim.advance(4);
  paused.pause(4);
  await sim.run();
  deepStrictEqual(ran, ["other 0", "paused 3", "other 5", "paused 8"]);
  throws(() => paused.pause(-1), { name: "RangeError" });
});

Deno.test("crash() drops what waits, and what is added later", async () => {
  const sim = new Sim();
  const host = sim.host();
  let ran = 0;
  host.macrotask(() => ran++);
  const stop = host.timer(5, () => ran++);
  strictEqual(host.isUp, true);
  host.crash();
  host.crash();
  host.macrotask(() => ran++);
  host.timer(5, () => ran++);
  stop();
  await sim.run();
  strictEqual(ran, 0);
  strictEqual(host.isUp, false);
  strictEqual(sim.nowMs, 0);
});

Deno.test("advance() runs what is due in its span, ends included", async () => {
  const sim = new Sim();
  const host = sim.host();
  const fired: string[] = [];
  for (const delayMs of [1, 10, 11]) {
    host.timer(delayMs, () => fired.push(`${delayMs} at ${sim.nowMs}`));
  }
  host.macrotask(() => fired.push("macrotask"));

  await sim.advance(0);
  deepStrictEqual(fired.splice(0), ["macrotask"]);
  await sim.advance(10);
  deepStrictEqual(fired.splice(0), ["1 at 1", "10 at 10"]);
  strictEqual(sim.nowMs, 10);
  await sim.advance(0.5);
  strictEqual(sim.nowMs, 10.5);
  await sim.run();
  deepStrictEqual(fired, ["11 at 11"]);
});

Deno.test("advance() throws when the span is no delay", async () => {
  await rejects(new Sim().advance(-1), {
    name: "RangeError",
    message: "Cannot start a timer outside 0 to 2147483647 ms: -1",
  });
});

// deno-fmt-ignore
const ENDLESS: [string, (host: SimHost) => void][] = [
  ["macrotasks", (host) => host.macrotask(function again() { host.macrotask(again); })],
  ["timers",     (host) => host.timer(0, function again() { host.timer(1, again); })],
];

for (const [what, start] of ENDLESS) {
  Deno.test(`run() throws, with the seed, when ${what} never end`, async () => {
    const sim = new Sim({ seed: 99, stepsMax: 100 });
    start(sim.host());
    await rejects(sim.run(), {
      message: "Cannot end a simulation within 100 tasks, with seed: 99",
    });
  });
}

Deno.test("run() ends when it takes as many tasks as it may", async () => {
  const sim = new Sim({ stepsMax: 2 });
  const host = sim.host();
  host.macrotask(() => host.macrotask(() => {}));
  await sim.run();
  host.macrotask(() => host.macrotask(() => host.macrotask(() => {})));
  await rejects(sim.run(), /Cannot end a simulation within 2 tasks/);
});

Deno.test("run() throws, with the seed, what a task threw, and can go on", async () => {
  const sim = new Sim({ seed: 7 });
  const host = sim.host();
  const cause = new TypeError("no");
  let isDone = false;
  host.macrotask(() => {
    throw cause;
  });
  host.macrotask(() => {
    isDone = true;
  });
  await rejects(sim.run(), {
    message: "Cannot simulate on, with seed 7: crashed: TypeError: no",
    cause,
  });
  await sim.run();
  strictEqual(isDone, true);
});

Deno.test("run() throws when the simulation runs already", async () => {
  const sim = new Sim();
  const running = sim.run();
  await rejects(sim.advance(1), {
    name: "TypeError",
    message: "Cannot run a simulation that is running",
  });
  await running;
  await sim.run();
});

for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
  Deno.test(`Sim throws when the seed is ${seed}`, () => {
    throws(() => new Sim({ seed }), {
      name: "RangeError",
      message: `Cannot simulate with a seed that is no u53: ${seed}`,
    });
  });
}

Deno.test("Sim draws a seed when it is given none", () => {
  const seeds = Array.from({ length: 8 }, () => new Sim().seed);
  strictEqual(new Set(seeds).size > 1, true);
  match(String(seeds[0]), /^\d+$/);
  const sim = new Sim({ seed: 3 });
  strictEqual(sim.host().seed, sim.seed);
});

Deno.test("host() gives every host numbers of its own, by the seed", () => {
  const numbers = (seed: number) => {
    const sim = new Sim({ seed });
    const [one, other] = [sim.host(), sim.host()];
    return [one.random(), other.random(), one.random()];
  };
  strictEqual(new Set(numbers(1)).size, 3);
  deepStrictEqual(numbers(1), numbers(1));
});
