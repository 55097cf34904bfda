import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import fc from "fast-check";
import { Sim } from "../sim.ts";
import type { SimScheduler } from "./cluster.ts";
import type { Fault } from "./fault.ts";
import { simulate } from "./simulate.ts";
import { plans } from "./testdata/faults.ts";

Deno.test("simulate() runs a property with one seed after the other", async () => {
  const seeds: number[] = [];
  await simulate({ seed: 5, runs: 3 }, (sim) => seeds.push(sim.seed));
  deepStrictEqual(seeds, [5, 6, 7]);
});

Deno.test("simulate() draws a seed, and runs 100 times, when not told", async () => {
  const firsts = new Set<number>();
  for (let drawn = 0; drawn < 8; drawn++) {
    const seeds: number[] = [];
    await simulate({}, (sim) => seeds.push(sim.seed));
    strictEqual(seeds.length, 100);
    firsts.add(seeds[0]!);
  }
  strictEqual(firsts.size > 1, true);
});

Deno.test("simulate() throws, with the seed, what the property threw", async () => {
  const cause = new TypeError("no");
  const seeds: number[] = [];
  const running = simulate({ seed: 40 }, async (sim) => {
    await sim.run();
    seeds.push(sim.seed);
    if (sim.seed === 42) throw cause;
  });
  await rejects(running, {
    message: "Cannot keep a property, as simulate({ seed: 42, runs: 1 }, …) " +
      "shows: crashed: TypeError: no",
    cause,
  });
  deepStrictEqual(seeds, [40, 41, 42]);
});

Deno.test("simulate() hands stepsMax on", async () => {
  const running = simulate({ seed: 1, stepsMax: 1 }, async (sim) => {
    const host = sim.host();
    host.macrotask(() => host.macrotask(() => {}));
    await sim.run();
  });
  await rejects(running, /Cannot end a simulation within 1 tasks/);
});

Deno.test("simulate() throws when the seed is none", async () => {
  await rejects(simulate({ seed: -1 }, () => {}), { name: "RangeError" });
});

/** What the copies of a counter hold after ten increments and all of `plan`. */
async function copies(seed: number, plan: Fault[]): Promise<number[]> {
  const sim = new Sim({ seed });
  const counts: number[] = [];
  const cluster = sim.cluster({ schedulers: 3, latencyMs: [1, 1] });
  const [leader, ...followers] = cluster.schedulers.map((scheduler) => {
    return scheduler.runtime.spawn(counter(scheduler, counts)).pid;
  });
  for (const fault of plan) cluster.inject(fault);
  const { runtime } = cluster.schedulers[0]!;
  for (let each = 1; each <= 10; each++) {
    // The planted bug: nobody asks whether the others have heard of it.
    runtime.sendAfter(leader!, each * 100, each);
    for (const copy of followers) runtime.sendAfter(copy, each * 100, each);
  }
  await sim.run();
  return counts;
}

/** Counts what it is sent; notes the count under its index. */
function counter({ index }: SimScheduler, counts: number[]) {
  counts[index] = 0;
  return async (self: { receive(): number | Promise<number> }) => {
    for (;;) {
      await self.receive();
      counts[index]!++;
    }
  };
}

Deno.test("a plan of faults shrinks to the one that matters", async () => {
  const property = fc.asyncProperty(fc.nat(), plans(), async (seed, plan) => {
    strictEqual(new Set(await copies(seed, plan)).size, 1);
  });
  const found = await fc.check(property, { seed: 1, numRuns: 200 });
  ok(found.failed && found.counterexample !== null);
  const [seed, plan] = found.counterexample;
  strictEqual(found.numShrinks > 0, true);
  strictEqual(plan.length, 1);
  strictEqual(new Set(await copies(seed, plan)).size > 1, true);
});
