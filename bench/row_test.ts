import { deepStrictEqual, strictEqual, throws } from "node:assert";
import type { Peer, RowPlan, Variant } from "./noun.ts";
import { isRate, rowOf } from "./row.ts";

const PEER: Peer = {
  name: "erlang",
  install: "apt-get install -y erlang-base",
  prepare: () => Promise.resolve(null),
};

const OURS: Variant = { name: "rusm", command: () => [] };
const THEIRS: Variant = { name: "Erlang", peer: PEER, command: () => [] };

function plan(unit: string, bar: number | null): RowPlan {
  const against = THEIRS;
  const what = "Something is timed.";
  const figure = "perSecond";
  return { name: "row", what, unit, figure, variant: OURS, against, bar };
}

const RATES = [["messages/s", true], ["bytes", false], ["ms", false]] as const;
for (const [unit, expected] of RATES) {
  Deno.test(`isRate() is ${expected} when the unit is ${unit}`, () => {
    strictEqual(isRate(unit), expected);
  });
}

const BARS = [
  // unit       ours theirs bar   holds
  ["messages/s", 300, 100, 3, true],
  ["messages/s", 299, 100, 3, false],
  ["messages/s", 35, 100, 0.35, true],
  ["bytes", 120, 100, 1.2, true],
  ["bytes", 121, 100, 1.2, false],
  ["bytes", 10, 100, 1.2, true],
  ["bytes", 10, 100, null, null],
] as const;

for (const [unit, ours, theirs, bar, holds] of BARS) {
  const case_ = `${ours} is held against ${theirs} ${unit}, bar ${bar}`;
  Deno.test(`rowOf() says holds is ${holds} when ${case_}`, () => {
    const row = rowOf(plan(unit, bar), [ours], [theirs]);
    strictEqual(row.ratio, ours / theirs);
    strictEqual(row.bar, bar);
    strictEqual(row.holds, holds);
  });
}

Deno.test("rowOf() holds medians against each other when there are several rounds", () => {
  const row = rowOf(plan("messages/s", 3), [9, 1, 6], [100, 2, 1]);
  deepStrictEqual(row, {
    name: "row",
    what: "Something is timed.",
    unit: "messages/s",
    value: 6,
    min: 1,
    max: 9,
    runs: 3,
    against: { name: "Erlang", value: 2 },
    ratio: 3,
    bar: 3,
    holds: true,
  });
});

Deno.test("rowOf() names the command and checks nothing when the peer is missing", () => {
  const row = rowOf(plan("messages/s", 3), [5], undefined);
  strictEqual(
    row.what,
    "Something is timed. Not compared, Erlang is not installed: apt-get install -y erlang-base",
  );
  deepStrictEqual(
    [row.value, row.against, row.ratio, row.bar, row.holds],
    [5, null, null, 3, null],
  );
});

Deno.test("rowOf() compares nothing when the plan does not", () => {
  const row = rowOf({ ...plan("ms", 3), against: null }, [5], undefined);
  strictEqual(row.what, "Something is timed.");
  deepStrictEqual([row.against, row.ratio, row.holds], [null, null, null]);
});

Deno.test("rowOf() names the figure when a variant is held against itself", () => {
  const against = { name: "idle", figure: "idlePerSecond" };
  const row = rowOf({ ...plan("ms", 3), against }, [6], [2]);
  deepStrictEqual(row.against, { name: "idle", value: 2 });
  deepStrictEqual([row.ratio, row.holds], [3, true]);
  strictEqual(row.what, "Something is timed.");
});

Deno.test("rowOf() throws when a side has no rounds", () => {
  throws(() => rowOf(plan("ms", 3), [], [1]), RangeError);
  throws(() => rowOf(plan("ms", 3), [1], []), RangeError);
});
