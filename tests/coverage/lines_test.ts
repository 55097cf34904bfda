import { deepStrictEqual, strictEqual } from "node:assert";
import { formatLines, parseLcov, percentOf, unloadedLines } from "./lines.ts";

Deno.test("parseLcov() counts lines and names those that were not run", () => {
  const report = [
    ...["SF:/otp/a.ts", "FN:1,f", "FNDA:0,f", "FNF:1", "FNH:0"],
    ...["BRDA:2,0,0,0", "DA:1,3", "DA:2,0", "DA:10,0", "DA:11,1"],
    ...["LH:2", "LF:4", "end_of_record"],
    ...["SF:/otp/b c.ts", "DA:1,0", "LH:0", "LF:1", "end_of_record", ""],
  ];
  deepStrictEqual(parseLcov(report.join("\n")), [
    { path: "/otp/a.ts", count: 4, missed: [2, 10] },
    { path: "/otp/b c.ts", count: 1, missed: [1] },
  ]);
});

Deno.test("parseLcov() finds nothing in an empty report", () => {
  deepStrictEqual(parseLcov(""), []);
});

// deno-fmt-ignore
const UNLOADED: readonly [javascript: string, missed: number[]][] = [
  ["",                                []],
  ["/** a\n * b\n */\n\n// c\n",      []],
  ["// a\nf();\n\ng(); // b\n",       [2, 4]],
  ["/* a */ f(/* b\n */);",           [1, 2]],
  [`f("/*");\ng();\nh("*/");`,        [1, 3]],
];

for (const [javascript, missed] of UNLOADED) {
  Deno.test(`unloadedLines() of ${JSON.stringify(javascript)}`, () => {
    const lines = { path: "a.ts", count: missed.length, missed };
    deepStrictEqual(unloadedLines("a.ts", javascript), lines);
  });
}

// deno-fmt-ignore
const FORMATTED: readonly [count: number, missed: number[], percent: number, line: string][] = [
  [4,  [2],              75,  "a.ts: 75.0 % of 4 lines, but not 2"],
  [8,  [2, 3, 4, 6],     50,  "a.ts: 50.0 % of 8 lines, but not 2-4, 6"],
  [20, [1, 3, 8, 9, 10], 75,  "a.ts: 75.0 % of 20 lines, but not 1, 3, 8-10"],
  [2,  [1, 2],           0,   "a.ts: 0.0 % of 2 lines, but not 1-2"],
];

for (const [count, missed, percent, line] of FORMATTED) {
  Deno.test(`formatLines() prints ${line}`, () => {
    const file = { path: "a.ts", count, missed };
    strictEqual(percentOf(file), percent);
    strictEqual(formatLines(file), line);
  });
}

Deno.test("percentOf() is 100 for a file without code", () => {
  strictEqual(percentOf({ path: "a.ts", count: 0, missed: [] }), 100);
});
