import { deepStrictEqual, strictEqual } from "node:assert";
import type { Measured } from "./measured.ts";
import { loadOptionsOf } from "./options.ts";
import { Tally } from "./tally.ts";
import { argsOf } from "./testdata/args.ts";
import { judge, parseThreshold } from "./threshold.ts";

const READ = [
  ["p99<50ms", "p99", "<", 50, "ms"],
  ["p99.9 <= 1.5s", "p99.9", "<=", 1_500, "ms"],
  ["p100<1m", "p100", "<", 60_000, "ms"],
  ["mean<800us", "mean", "<", 0.8, "ms"],
  ["gap-max < 2s", "gap-max", "<", 2_000, "ms"],
  ["errors<1%", "errors", "<", 0.01, "part"],
  ["errors<=10", "errors", "<=", 10, "count"],
  ["rate>=1_000", "rate", ">=", 1_000, "count"],
  ["good>5", "good", ">", 5, "count"],
] as const;

for (const [text, metric, operator, bound, unit] of READ) {
  Deno.test(`parseThreshold() reads "${text}"`, () => {
    const expected = { text, metric, operator, bound, unit };
    deepStrictEqual(parseThreshold(text), expected);
  });
}

const REFUSED = [
  ...["", "p99", "p99<", "p99<50", "p99=50ms", "p101<1s", "p<1s", "50ms>p99"],
  ...["errors<1ms", "rate>1s", "rate>1%", "good>x", "p99<50%", "gap-errors<1"],
  ...["latency<1s", "p99<1.2.3s", "rate>1.2.3"],
];

for (const text of REFUSED) {
  Deno.test(`parseThreshold() is undefined when given "${text}"`, () => {
    strictEqual(parseThreshold(text), undefined);
  });
}

/** 98 answers of 10 ms, 1 of 90 ms, 1 failure, in two seconds. */
async function measured(): Promise<Measured> {
  const args = argsOf("http", "http://127.0.0.1/");
  const { plan } = await loadOptionsOf(args, "/");
  const tally = new Tally();
  for (let count = 0; count < 98; count++) tally.answer(0, 5, 10);
  tally.answer(0, 5, 90);
  tally.fail("status 500");
  return { plan, state: tally.state(), seconds: 2, wasStopped: false };
}

// deno-fmt-ignore
const VERDICTS = [
  // threshold      value     holds
  ["p50<=10.07ms",  10.047,   true],
  ["p50<10ms",      10.047,   false],
  ["p98<20ms",      10.047,   true],
  ["p99.9<90ms",    90,       false],
  ["max<=90ms",     90,       true],
  ["mean>10ms",     10.80808, true],
  ["gap-p99<1s",    null,     false],
  ["errors<=1%",    0.01,     true],
  ["errors<1%",     0.01,     false],
  ["errors<2",      1,        true],
  ["rate>49",       49.5,     true],
  ["rate>=50",      49.5,     false],
  ["good>=99",      99,       true],
] as const;

for (const [text, value, holds] of VERDICTS) {
  Deno.test(`judge() says ${holds} of "${text}" when it is ${value}`, async () => {
    const verdict = judge(await measured(), parseThreshold(text)!);
    const rounded = verdict.value === null
      ? null
      : Math.round(verdict.value * 1e5) / 1e5;
    deepStrictEqual({ ...verdict, value: rounded }, {
      threshold: text,
      value,
      holds,
    });
  });
}
