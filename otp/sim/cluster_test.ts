import {
  deepStrictEqual,
  notStrictEqual,
  strictEqual,
  throws,
} from "node:assert";
import fc from "fast-check";
import { type Context, TIMEOUT } from "../context.ts";
import type { Pid } from "../pid.ts";
import { Sim } from "../sim.ts";
import type { Down } from "../signal.ts";
import type { SimCluster, SimClusterOptions, SimScheduler } from "./cluster.ts";
import type { Fault } from "./fault.ts";

interface Scene {
  readonly sim: Sim;
  readonly cluster: SimCluster;
  readonly members: readonly [SimScheduler, SimScheduler, SimScheduler];
}

/** Three schedulers, 10 ms from each other, that take 100 ms to see a loss. */
function scene(options: Partial<SimClusterOptions> = {}): Scene {
  const sim = new Sim();
  const latencyMs = [10, 10] as const;
  const detectMs = [100, 100] as const;
  const defaults = { schedulers: 3, latencyMs, detectMs };
  const cluster = sim.cluster({ ...defaults, ...options });
  const [one, two, three] = cluster.schedulers;
  return { sim, cluster, members: [one!, two!, three!] };
}

/** A process that notes what it receives, and when. */
function listener(
  { sim }: Scene,
  { runtime }: SimScheduler,
): { pid: Pid<unknown>; heard: string[] } {
  const heard: string[] = [];
  const { pid } = runtime.spawn<unknown>(async (self) => {
    for (;;) heard.push(`${await self.receive()} at ${sim.nowMs}`);
  });
  return { pid, heard };
}

/** A process that monitors `target`; notes the reason, and when it heard it. */
function watch({ sim }: Scene, from: SimScheduler, target: Pid): string[] {
  const heard: string[] = [];
  from.runtime.spawn<Down>(async (self) => {
    self.monitor(target);
    for (;;) heard.push(`${(await self.receive()).reason} at ${sim.nowMs}`);
  });
  return heard;
}

function wait(self: Context<never>) {
  return self.receive();
}

Deno.test("cluster() carries messages late, copied, and in order", async () => {
  const made = scene({ latencyMs: [5, 50] });
  const { sim, members: [here, there] } = made;
  const got: unknown[] = [];
  const { pid } = there.runtime.spawn<{ number: number }>(async (self) => {
    for (;;) got.push((await self.receive()).number);
  });
  const message = { number: 0 };
  for (; message.number < 20; message.number++) here.runtime.send(pid, message);
  await sim.advance(4);
  deepStrictEqual(got, []);
  await sim.advance(46);
  deepStrictEqual(got, Array.from({ length: 20 }, (_, number) => number));
});

Deno.test("partition() loses what is on its way and all to come", async () => {
  const made = scene();
  const { sim, cluster, members: [here, there, third] } = made;
  const { pid, heard } = listener(made, there);
  here.runtime.send(pid, "on its way");
  third.runtime.send(pid, "from the third");
  await sim.advance(5);
  cluster.partition(here, there);
  cluster.partition(there, here);
  strictEqual(here.runtime.send(pid, "void"), true);
  await sim.run();
  deepStrictEqual(heard, ["from the third at 10"]);
  strictEqual(here.runtime.send(pid, "known"), false);
});

Deno.test("partition() is told to each side after a time of its own", async () => {
  const made = scene({ detectMs: [50, 500] });
  const { sim, cluster, members: [here, there] } = made;
  const heard = [
    watch(made, here, there.runtime.spawn(wait).pid),
    watch(made, there, here.runtime.spawn(wait).pid),
  ];
  await sim.advance(20);
  cluster.partition(here, there);
  await sim.run();
  const times = heard.map(([only]) => Number(only!.split(" at ")[1]));
  deepStrictEqual(heard.map(({ length }) => length), [1, 1]);
  strictEqual(times.every((atMs) => atMs >= 70 && atMs <= 520), true);
});

Deno.test("heal() tells both sides first, and joins them then", async () => {
  const made = scene({ detectMs: [Infinity, Infinity] });
  const { sim, cluster, members: [here, there] } = made;
  const { pid, heard } = listener(made, there);
  const downs = watch(made, here, pid);
  await sim.advance(1_000);
  cluster.partition(here, there);
  await sim.run();
  deepStrictEqual(downs, []);
  cluster.heal(here, there);
  await sim.run();
  deepStrictEqual(downs, ["noconnection at 1000"]);
  here.runtime.send(pid, "again");
  await sim.run();
  deepStrictEqual(heard, ["again at 1010"]);
});

Deno.test("heal() waits for a side that cannot be told yet", async () => {
  const { sim, cluster, members: [here, there] } = scene();
  const { pid } = there.runtime.spawn(wait);
  cluster.partition(here, there);
  cluster.pause(there, 500);
  cluster.heal(here, there);
  await sim.advance(499);
  strictEqual(here.runtime.send(pid, undefined as never), false);
  await sim.advance(1);
  strictEqual(here.runtime.send(pid, undefined as never), true);
});

Deno.test("heal() does nothing when there was no partition", async () => {
  const made = scene();
  const { sim, cluster, members: [here, there] } = made;
  const { pid, heard } = listener(made, there);
  here.runtime.send(pid, "hello");
  cluster.heal(here, there);
  await sim.run();
  deepStrictEqual(heard, ["hello at 10"]);
});

Deno.test("crash() stops all that runs on a machine, at once", async () => {
  const made = scene();
  const { sim, cluster, members: [here, there] } = made;
  const { pid, heard } = listener(made, there);
  const ticks: number[] = [];
  there.runtime.spawn(async (self) => {
    for (;;) {
      await self.receive({ timeoutMs: 10 });
      ticks.push(sim.nowMs);
    }
  });
  const downs = watch(made, here, pid);
  here.runtime.sendAfter(pid, 20, "on its way");
  await sim.advance(25);
  cluster.crash(there);
  cluster.crash(there);
  strictEqual(there.isUp, false);
  there.host.macrotask(() => ticks.push(-1));
  there.host.timer(1, () => ticks.push(-1));
  here.runtime.send(pid, "to nobody");
  await sim.run();
  deepStrictEqual(ticks, [10, 20]);
  deepStrictEqual(heard, []);
  deepStrictEqual(downs, ["noconnection at 125"]);
});

Deno.test("crash() loses the latest part of what was sent", async () => {
  const kept = new Set<number>();
  for (let seed = 0; seed < 40; seed++) {
    const sim = new Sim({ seed });
    const cluster = sim.cluster({ schedulers: 2, latencyMs: [1, 20] });
    const [here, there] = cluster.schedulers as [SimScheduler, SimScheduler];
    const got: number[] = [];
    const { pid } = there.runtime.spawn<number>(async (self) => {
      for (;;) got.push(await self.receive());
    });
    for (let number = 0; number < 3; number++) here.runtime.send(pid, number);
    cluster.crash(here);
    await sim.run();
    deepStrictEqual(got, [0, 1, 2].slice(0, got.length));
    kept.add(got.length);
  }
  deepStrictEqual([...kept].sort(), [0, 1, 2]);
});

Deno.test("restart() runs another scheduler, which all can reach", async () => {
  const booted: number[] = [];
  const boot = ({ scheduler }: SimScheduler) => booted.push(scheduler);
  const made = scene({ boot, detectMs: [Infinity, Infinity] });
  const { sim, cluster, members: [here, there, third] } = made;
  const old = there.runtime.spawn(wait).pid;
  const downs = watch(made, here, old);
  await sim.advance(20);
  const { runtime, host } = there;
  cluster.restart(there);
  strictEqual(there.runtime, runtime);
  cluster.crash(there);
  cluster.partition(there, third);
  await sim.run();
  cluster.restart(there);
  deepStrictEqual(booted, [0, 1, 2, 3]);
  strictEqual(there.isUp && there.scheduler === 3, true);
  notStrictEqual(there.runtime, runtime);
  notStrictEqual(there.host, host);

  const { pid, heard } = listener(made, there);
  strictEqual(pid.equals(old), false);
  strictEqual(here.runtime.send(pid, "hello"), true);
  strictEqual(third.runtime.send(pid, "cut off"), false);
  await sim.run();
  deepStrictEqual(downs, ["noconnection at 20"]);
  deepStrictEqual(heard, ["hello at 30"]);
});

Deno.test("pause() lets all run late, and in order", async () => {
  const made = scene();
  const { sim, cluster, members: [here, there, third] } = made;
  const { pid, heard } = listener(made, there);
  for (const delayMs of [5, 15]) there.runtime.sendAfter(pid, delayMs, delayMs);
  here.runtime.send(pid, "from here");
  cluster.pause(there, 100);
  cluster.pause(there, 50);
  third.runtime.spawn(async (self) => {
    strictEqual(await self.receive({ timeoutMs: 20 }), TIMEOUT);
    strictEqual(sim.nowMs, 20);
  });
  await sim.run();
  deepStrictEqual(heard.map((each) => each.split(" at ")[1]), [
    "100",
    "100",
    "100",
  ]);
  const own = heard.filter((each) => /^\d/.test(each));
  deepStrictEqual(own, ["5 at 100", "15 at 100"]);
});

Deno.test("delay() makes what crosses later, for a while", async () => {
  const made = scene();
  const { sim, cluster, members: [here, there, third] } = made;
  const { pid, heard } = listener(made, there);
  cluster.delay(there, here, 1_000, 50);
  here.runtime.send(pid, "slow");
  third.runtime.send(pid, "other");
  await sim.advance(50);
  here.runtime.send(pid, "behind");
  await sim.run();
  deepStrictEqual(heard, ["other at 10", "slow at 1010", "behind at 1010"]);
});

// deno-fmt-ignore
const FAULTS: [fault: Fault, downs: string[], sends: boolean[]][] = [
  [{ type: "crash",     scheduler: 1,    atMs: 50, forMs: 500 },           ["noconnection at 150"], [true,  false, false]],
  [{ type: "partition", between: [1, 0], atMs: 50, forMs: 500 },           ["noconnection at 150"], [true,  false, true]],
  [{ type: "partition", between: [0, 1], atMs: 50, forMs: 20 },            ["noconnection at 70"],  [true,  true,  true]],
  [{ type: "partition", between: [0, 1], atMs: 50, forMs: Infinity },      ["noconnection at 150"], [true,  false, false]],
  [{ type: "partition", between: [0, 2], atMs: 50, forMs: Infinity },      [],                      [true,  true,  true]],
  [{ type: "pause",     scheduler: 1,    atMs: 50, forMs: 500 },           [],                      [true,  true,  true]],
  [{ type: "delay",     between: [0, 1], atMs: 50, forMs: 500, byMs: 90 }, [],                      [true,  true,  true]],
];

for (const [fault, expected, sends] of FAULTS) {
  Deno.test(`inject() does ${JSON.stringify(fault)}`, async () => {
    const made = scene();
    const { sim, cluster, members: [here, there] } = made;
    const { pid } = listener(made, there);
    const downs = watch(made, here, pid);
    cluster.inject(fault);
    const sent: boolean[] = [];
    for (const ms of [100, 200, 400]) {
      await sim.advance(ms);
      sent.push(here.runtime.send(pid, ms));
    }
    deepStrictEqual(downs, expected);
    deepStrictEqual(sent, sends);
  });
}

Deno.test("inject() begins at once when the time has passed", async () => {
  const { sim, cluster, members: [, there] } = scene();
  await sim.advance(100);
  cluster.inject({ type: "crash", scheduler: 1, atMs: 50, forMs: 10 });
  await sim.advance(0);
  strictEqual(there.isUp, false);
  await sim.advance(10);
  strictEqual(there.isUp, true);
});

Deno.test("inject() pauses the machine that is there by then", async () => {
  const made = scene();
  const { sim, cluster, members: [, there] } = made;
  cluster.inject({ type: "crash", scheduler: 1, atMs: 0, forMs: 10 });
  cluster.inject({ type: "pause", scheduler: 1, atMs: 20, forMs: 100 });
  await sim.advance(10);
  const { pid, heard } = listener(made, there);
  there.runtime.sendAfter(pid, 50, "late");
  await sim.run();
  deepStrictEqual(heard, ["late at 120"]);
});

Deno.test("chaos() is over when it said", async () => {
  await fc.assert(fc.asyncProperty(fc.maxSafeNat(), async (seed) => {
    const sim = new Sim({ seed });
    const cluster = sim.cluster({ schedulers: 3 });
    await sim.advance(10);
    const options = { crashes: 3, pauses: 3, partitions: 3, delays: 3 };
    const faults = cluster.chaos({ ...options, untilMs: 500 });
    strictEqual(faults.length, 12);
    await sim.advance(500);
    for (const one of cluster.schedulers) {
      strictEqual(one.isUp, true);
      const { pid } = one.runtime.spawn(wait);
      for (const other of cluster.schedulers) {
        strictEqual(other.runtime.send(pid, undefined as never), true);
      }
    }
  }));
});

// deno-fmt-ignore
const REFUSED: [options: Partial<SimClusterOptions>, message: string][] = [
  [{ schedulers: 0 },                "Cannot make a cluster without schedulers: 0"],
  [{ schedulers: 1.5 },              "Cannot make a cluster without schedulers: 1.5"],
  [{ schedulers: 257 },              "Cannot number a scheduler: 256"],
  [{ latencyMs: [-1, 5] },           "Cannot draw a delay from a span of no delays: -1 to 5"],
  [{ latencyMs: [5, 4] },            "Cannot draw a delay from a span of no delays: 5 to 4"],
  [{ latencyMs: [0, Infinity] },     "Cannot draw a delay from a span of no delays: 0 to Infinity"],
  [{ detectMs: [NaN, 5] },           "Cannot draw a delay from a span of no delays: NaN to 5"],
  [{ detectMs: [Infinity, 5] },      "Cannot draw a delay from a span of no delays: Infinity to 5"],
];

for (const [options, message] of REFUSED) {
  Deno.test(`cluster() throws: ${message}`, () => {
    throws(() => scene(options), { name: "RangeError", message });
  });
}

// deno-fmt-ignore
const WRONG: [what: string, act: (scene: Scene) => void, message: string][] = [
  ["partition()", ({ cluster, members: [one] }) => cluster.partition(one, one),           "Cannot find a cable from a scheduler to itself: 0"],
  ["delay()",     ({ cluster, members: [one, two] }) => cluster.delay(one, two, -1, 5),   "Cannot start a timer outside 0 to 2147483647 ms: -1"],
  ["pause()",     ({ cluster, members: [one] }) => cluster.pause(one, NaN),               "Cannot start a timer outside 0 to 2147483647 ms: NaN"],
  ["inject()",    ({ cluster }) => cluster.inject({ type: "crash", scheduler: 3, atMs: 0, forMs: 0 }),              "Cannot find a scheduler of the cluster: 3"],
  ["inject()",    ({ cluster }) => cluster.inject({ type: "pause", scheduler: 0, atMs: 0, forMs: Infinity }),       "Cannot start a timer outside 0 to 2147483647 ms: Infinity"],
  ["inject()",    ({ cluster }) => cluster.inject({ type: "delay", between: [0, 1], atMs: 0, forMs: 1, byMs: -1 }), "Cannot start a timer outside 0 to 2147483647 ms: -1"],
  ["chaos()",     ({ cluster }) => cluster.chaos({ untilMs: -1 }),                        "Cannot start a timer outside 0 to 2147483647 ms: -1"],
];

for (const [what, act, message] of WRONG) {
  Deno.test(`${what} throws: ${message}`, () => {
    throws(() => act(scene()), { name: "RangeError", message });
  });
}
