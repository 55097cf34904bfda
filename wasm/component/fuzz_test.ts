/** Mutilated components: an error of our own, or a plan; nothing else. */

import { ok } from "node:assert";
import fc from "fast-check";

import { describeComponent } from "./describe.ts";
import { InvalidComponent, NeedsPreview3 } from "./errors.ts";
import { planComponent } from "./plan_component.ts";
import { fixture, FIXTURES } from "./testdata/fixture.ts";

/** A change to bytes: at a place, how many are taken away, and what is put there. */
interface Change {
  readonly at: number;
  readonly taken: number;
  readonly put: Uint8Array;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  taken: fc.nat(3),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    // Sizes and counts that cannot be, and indices that are likely there.
    fc.constant(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)),
    fc.uint8Array({ minLength: 1, maxLength: 1, max: 0x20 }),
    fc.constant(new Uint8Array()),
  ),
});

function mutilate(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  return changes.reduce((before, { at, taken, put }) => {
    const start = Math.floor(at * before.length);
    const rest = before.subarray(Math.min(before.length, start + taken));
    return Uint8Array.of(...before.subarray(0, start), ...put, ...rest);
  }, bytes);
}

for (const name of FIXTURES) {
  Deno.test(`planComponent() of a mutilated ${name} plans or refuses`, () => {
    const bytes = fixture(name);
    const plans = { count: 0, refusals: 0 };
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (changes, isInPlace) => {
          const same = changes.map((one) => ({
            ...one,
            taken: one.put.length,
          }));
          attempt(mutilate(bytes, isInPlace ? same : changes), plans);
        },
      ),
      { numRuns: 1000 },
    );
    ok(plans.refusals > 100, `${plans.refusals}`);
  });

  Deno.test(`planComponent() refuses each part of ${name} that is cut off`, () => {
    const bytes = fixture(name);
    const plans = { count: 0, refusals: 0 };
    const step = Math.ceil(bytes.length / 500);
    for (let end = 0; end < bytes.length; end += step) {
      attempt(bytes.subarray(0, end), plans);
    }
    ok(plans.refusals > plans.count);
  });
}

Deno.test("planComponent() of any bytes behind a header plans or refuses", () => {
  const header = fixture("values").subarray(0, 8);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      attempt(Uint8Array.of(...header, ...bytes), { count: 0, refusals: 0 });
    }),
    { numRuns: 2000 },
  );
});

function attempt(
  bytes: Uint8Array,
  plans: { count: number; refusals: number },
): void {
  const start = performance.now();
  for (const read of [planComponent, describeComponent]) {
    try {
      read(bytes);
      plans.count++;
    } catch (error) {
      const isOwn = error instanceof InvalidComponent ||
        error instanceof NeedsPreview3;
      if (!isOwn) throw error;
      plans.refusals++;
    }
  }
  ok(performance.now() - start < 2000);
}
