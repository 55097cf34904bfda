import { deepStrictEqual } from "node:assert";
import { addTallies, countSteps, countTests } from "./tally.ts";

// deno-fmt-ignore
const TESTS: readonly [output: string, status: number, passed: number, failed: number][] = [
  ["ok | 12 passed | 0 failed (1s)",                               0, 12, 0],
  ["ok | 3 passed (14 steps) | 0 failed (31ms)",                   0, 3, 0],
  ["ok | 3 passed | 0 failed | 2 ignored | 1 filtered out (31ms)", 0, 3, 0],
  ["FAILED | 9 passed (1 step) | 2 failed (3 steps) (1m2s)",       1, 9, 2],
  ["\x1b[0m\x1b[32mok\x1b[0m | 5 passed | 0 failed \x1b[0m(1s)",   0, 5, 0],
  ["ok | 4 passed | 0 failed (1s)\r\n\r\n",                        0, 4, 0],
  ["FAILED | 1 passed | 1 failed (1s)\nok | 7 passed | 0 failed (2s)\n", 0, 7, 0],
  ["  ok | 99 passed | 0 failed (1s)\nok | 1 passed | 0 failed (2s)",    0, 1, 0],
  // A failure that is no test: a type error, a leak at the end, a crash.
  ["ok | 4 passed | 0 failed (1s)\nerror: a module threw",         1, 4, 1],
  ["error: Type checking failed.",                                 1, 0, 1],
  ["",                                                             134, 0, 1],
  ["",                                                             NaN, 0, 1],
  ["ok | 0 passed | 0 failed (0ms)",                               0, 0, 0],
];

for (const [output, status, passed, failed] of TESTS) {
  Deno.test(`countTests() after ${status}: ${JSON.stringify(output)}`, () => {
    deepStrictEqual(countTests({ status, output }), { passed, failed });
  });
}

// deno-fmt-ignore
const STEPS: readonly [output: string, status: number, failed: number][] = [
  ["✓ fmt         0.4 s\n✓ lint        12.0 s",            0, 0],
  ["✓ fmt         0.4 s\n✗ lint        1.2 s\nx\n✗ doc         0.0 s\n", 1, 2],
  ["\x1b[31m✗\x1b[39m lint        1.2 s",                  1, 1],
  ["✗ a mark in some other text",                          0, 0],
  ["error: Uncaught (in promise)",                         1, 1],
];

for (const [output, status, failed] of STEPS) {
  Deno.test(`countSteps() after ${status}: ${JSON.stringify(output)}`, () => {
    deepStrictEqual(countSteps({ status, output }), { passed: 0, failed });
  });
}

Deno.test("addTallies() adds what passed and what failed", () => {
  const sum = addTallies({ passed: 1, failed: 2 }, { passed: 3, failed: 4 });
  deepStrictEqual(sum, { passed: 4, failed: 6 });
});
