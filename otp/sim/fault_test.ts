import { deepStrictEqual, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import { type ChaosOptions, drawFaults, type Fault } from "./fault.ts";
import { splitmix } from "./random.ts";

const options = fc.record({
  untilMs: fc.nat(2_000),
  crashes: fc.nat(5),
  pauses: fc.nat(5),
  partitions: fc.nat(5),
  delays: fc.nat(5),
});

function draw(seed: number, schedulers: number, options: ChaosOptions) {
  const random = splitmix(BigInt(seed));
  return drawFaults({ random, schedulers, nowMs: 1_000 }, options);
}

/** Whom a fault is about. */
function places(fault: Fault): readonly number[] {
  return "between" in fault ? fault.between : [fault.scheduler];
}

Deno.test("drawFaults() draws as many as it was told, of those there are", () => {
  const schedulers = fc.integer({ min: 2, max: 5 });
  fc.assert(fc.property(fc.nat(), schedulers, options, (seed, count, told) => {
    const faults = draw(seed, count, told);
    const counted = Object.groupBy(faults, ({ type }) => type);
    strictEqual(counted.crash?.length ?? 0, told.crashes);
    strictEqual(counted.pause?.length ?? 0, told.pauses);
    strictEqual(counted.partition?.length ?? 0, told.partitions);
    strictEqual(counted.delay?.length ?? 0, told.delays);
    for (const fault of faults) {
      strictEqual(fault.atMs >= 1_000 && fault.forMs >= 0, true);
      strictEqual(fault.atMs + fault.forMs <= 1_000 + told.untilMs, true);
      strictEqual(places(fault).every((at) => at >= 0 && at < count), true);
      strictEqual(new Set(places(fault)).size, places(fault).length);
    }
    const times = faults.map(({ atMs }) => atMs);
    deepStrictEqual(times, times.toSorted((one, other) => one - other));
    deepStrictEqual(draw(seed, count, told), faults);
  }));
});

Deno.test("drawFaults() finds every machine, and every pair", () => {
  const told = { untilMs: 100, crashes: 100, partitions: 100 };
  const seen = draw(1, 3, told).map((fault) => places(fault).join());
  const all = ["0", "0,1", "0,2", "1", "1,0", "1,2", "2", "2,0", "2,1"];
  deepStrictEqual([...new Set(seen)].sort(), all);
});

Deno.test("drawFaults() draws none when it is told of none", () => {
  deepStrictEqual(draw(1, 1, { untilMs: 0 }), []);
});

Deno.test("drawFaults() throws when the time is no delay", () => {
  throws(() => draw(1, 3, { untilMs: NaN }), {
    name: "RangeError",
    message: "Cannot start a timer outside 0 to 2147483647 ms: NaN",
  });
});
