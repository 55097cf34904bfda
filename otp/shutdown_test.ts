import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import { Pid } from "./pid.ts";
import { Runtime } from "./runtime.ts";
import { SHUTDOWN_DEADLINE_MS, SHUTDOWN_KILLS_MAX } from "./limits.ts";
import { shutdown, type ShutdownResult } from "./shutdown.ts";
import type { ExitMessage } from "./signal.ts";
import { endsOf, plant, type Tree } from "./testdata/forest.ts";
import { puppet } from "./testdata/puppet.ts";
import { type Simulated, simulated } from "./testdata/simulated.ts";

interface Scene extends Simulated {
  /** Labels of the processes that ended, in order. */
  readonly ended: string[];
}

function scene(): Scene {
  const ended: string[] = [];
  const simulation = simulated({
    observer: { exited: (_pid, _reason, label) => ended.push(label ?? "") },
  });
  return { ...simulation, ended };
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

/** Ends when it is asked to, `delayMs` later. */
function spawnSlow(runtime: Runtime, label: string, delayMs: number): Pid {
  return runtime.spawn<ExitMessage>(async (self) => {
    self.trapExits(true);
    await self.receive();
    await self.receive({ timeoutMs: delayMs });
    self.exit("shutdown");
  }, { label }).pid;
}

/** Runs the simulation until the shutdown is done. */
async function done(
  { sim }: Scene,
  result: Promise<ShutdownResult>,
): Promise<ShutdownResult> {
  await sim.run();
  return await result;
}

Deno.test("shutdown() ends one root after the other, the youngest first", async () => {
  const stage = scene();
  const { runtime, sim, ended } = stage;
  runtime.spawn(forever, { label: "plain" });
  spawnSlow(runtime, "slow", 100);
  spawnSlow(runtime, "slower", 200);
  await sim.run();
  const result = shutdown(runtime);
  await sim.advance(200);
  deepStrictEqual(ended, ["slower"]);
  await sim.advance(99);
  deepStrictEqual(ended, ["slower"]);
  deepStrictEqual(await done(stage, result), {
    killed: [],
    left: [],
    tookMs: 300,
  });
  deepStrictEqual(ended, ["slower", "slow", "plain"]);
  strictEqual(sim.nowMs, 300);
});

Deno.test("shutdown() leaves the children of a supervisor to it", async () => {
  const stage = scene();
  const { runtime, sim, ended } = stage;
  const worker: Tree = { kind: "heeding", isAwaited: true };
  plant(runtime, [{ children: [worker, worker] }]);
  await sim.run();
  const { killed } = await done(stage, shutdown(runtime));
  deepStrictEqual(killed, []);
  deepStrictEqual(ended, ["0.1", "0.0", "0"]);
});

Deno.test("shutdown() kills what is left at the deadline, asked or not", async () => {
  const stage = scene();
  const { runtime, sim, ended } = stage;
  const old = runtime.spawn(forever, { label: "old" });
  const stubborn = puppet(runtime, true);
  const young = runtime.spawn(forever, { label: "young" });
  await sim.run();
  const result = shutdown(runtime);
  await sim.advance(SHUTDOWN_DEADLINE_MS - 1);
  deepStrictEqual(ended, ["young"]);
  deepStrictEqual(await done(stage, result), {
    killed: [old.pid, stubborn.pid],
    left: [],
    tookMs: SHUTDOWN_DEADLINE_MS,
  });
  strictEqual(await young.join(), "shutdown");
  strictEqual(await old.join(), "killed");
});

Deno.test("shutdown() asks whoever has lost its parent next", async () => {
  const stage = scene();
  const { runtime, sim, ended } = stage;
  runtime.spawn((self) => {
    const { pid } = self.spawnLink(forever, { label: "child" });
    self.unlink(pid);
    return forever();
  }, { label: "parent" });
  await sim.run();
  const { killed } = await done(stage, shutdown(runtime));
  deepStrictEqual([killed, ended], [[], ["parent", "child"]]);
});

Deno.test("shutdown() ends what is spawned meanwhile", async () => {
  const stage = scene();
  const { runtime, sim } = stage;
  spawnSlow(runtime, "slow", 100);
  await sim.run();
  const result = shutdown(runtime);
  await sim.advance(50);
  const late = runtime.spawn(forever);
  deepStrictEqual((await done(stage, result)).killed, []);
  strictEqual(await late.join(), "shutdown");
});

Deno.test("shutdown() gives up on processes that spawn others as they end", async () => {
  let pids: Pid[] = [];
  const { sim, runtime } = simulated();
  const spawn = () => {
    pids = [...pids, runtime.spawn({ start: forever, stop: spawn }).pid];
  };
  spawn();
  await sim.run();
  const result = shutdown(runtime, { deadlineMs: 20 });
  await sim.run();
  const { killed, left, tookMs } = await result;
  strictEqual(tookMs, 20);
  ok(pids.length > SHUTDOWN_KILLS_MAX);
  deepStrictEqual(killed, [pids.at(-1 - SHUTDOWN_KILLS_MAX)]);
  deepStrictEqual(left, [pids.at(-1)]);
});

Deno.test("shutdown() joins the one that is under way, and can hurry it", async () => {
  const stage = scene();
  const { runtime, sim } = stage;
  puppet(runtime, true);
  await sim.run();
  const first = shutdown(runtime, { deadlineMs: 1_000 });
  await sim.advance(100);
  strictEqual(shutdown(runtime, { deadlineMs: 50 }), first);
  strictEqual(shutdown(runtime, { deadlineMs: 5_000 }), first);
  strictEqual((await done(stage, first)).tookMs, 150);
  strictEqual(sim.nowMs, 150);

  const again = await done(stage, shutdown(runtime));
  deepStrictEqual(again, { killed: [], left: [], tookMs: 0 });
});

Deno.test("shutdown() joins the one that ends the process that calls it", async () => {
  const { sim, runtime } = simulated();
  const results: Promise<ShutdownResult>[] = [];
  const stop = () => results.push(shutdown(runtime));
  runtime.spawn({ start: forever, stop });
  await sim.run();
  const first = shutdown(runtime);
  await sim.run();
  deepStrictEqual(results, [first]);
  strictEqual(results[0], first);
});

Deno.test("shutdown() leaves out the process that calls it", async () => {
  const { sim, runtime } = simulated();
  const caller = runtime.spawn<ExitMessage>(async (self) => {
    self.trapExits(true);
    const child = self.spawnLink(forever);
    const other = runtime.spawn(forever);
    const except = self.alias();
    const { killed } = await shutdown(runtime, { except });
    deepStrictEqual(killed, []);
    deepStrictEqual(runtime.list(), [self.pid]);
    strictEqual(await child.join(), "shutdown");
    strictEqual(await other.join(), "shutdown");
  });
  await sim.run();
  strictEqual(await caller.join(), "normal");
});

Deno.test("shutdown() throws when it is to leave out a child", async () => {
  const { sim, runtime } = simulated();
  const parent = runtime.spawn(async (self) => {
    const { pid } = self.spawnLink(forever);
    const read = Pid.fromBigInt(pid.toBigInt());
    throws(() => shutdown(runtime, { except: pid }), TypeError);
    throws(() => shutdown(runtime, { except: read }), TypeError);
    await Promise.resolve();
  });
  await sim.run();
  strictEqual(await parent.join(), "normal");
});

for (const deadlineMs of [-1, NaN, Infinity]) {
  Deno.test(`shutdown() throws when told deadlineMs ${deadlineMs}`, () => {
    throws(() => shutdown(new Runtime(), { deadlineMs }), RangeError);
  });
}

Deno.test("shutdown() works on a real machine", async () => {
  const runtime = new Runtime();
  plant(runtime, [
    { children: [{ kind: "heeding", isAwaited: true }] },
    { kind: "stubborn", isAwaited: true },
  ]);
  await new Promise((resolve) => setTimeout(resolve));
  const { killed, left } = await shutdown(runtime, { deadlineMs: 5 });
  ok(killed.length > 0);
  deepStrictEqual([left, runtime.list()], [[], []]);
});

const { tree: TREE } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({
      kind: fc.constantFrom("plain", "heeding", "stubborn"),
      isAwaited: fc.boolean(),
    }) as fc.Arbitrary<Tree>,
    fc.record({ children: fc.array(tie("tree"), { maxLength: 3 }) }),
  ),
}));

// No multiple of what a worker has, so that the two never coincide.
const DEADLINE_MS = 300;

Deno.test("shutdown() ends every tree in order, and in time", async () => {
  const property = fc.asyncProperty(
    fc.array(TREE, { maxLength: 4 }),
    async (trees) => {
      const stage = scene();
      const { runtime, sim, ended } = stage;
      plant(runtime, trees);
      await sim.run();
      const count = runtime.list().length;
      const result = shutdown(runtime, { deadlineMs: DEADLINE_MS });
      const { killed, left, tookMs } = await done(stage, result);
      const { names, isLate } = endsOf(trees, DEADLINE_MS);
      deepStrictEqual(ended.slice(0, count - killed.length), names);
      strictEqual(killed.length > 0, isLate);
      ok(isLate ? tookMs === DEADLINE_MS : tookMs < DEADLINE_MS);
      deepStrictEqual([left, runtime.list()], [[], []]);
    },
  );
  await fc.assert(property);
});
