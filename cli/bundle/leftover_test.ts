import { deepStrictEqual } from "node:assert";
import { findLeftovers } from "./leftover.ts";

const ROWS: readonly (readonly [string, readonly (string | undefined)[]])[] = [
  ["", []],
  ['var a = require("node:fs");', ["node:fs"]],
  ['f(() => require("a"), require("b"));', ["a", "b"]],
  ['import("node:os");', ["node:os"]],
  ["import(name);", [undefined]],
  // No import, although it looks like one.
  [`var a = 'require("a")', b = \`require("b")\`; // require("c")`, []],
  ['a.require("b");', []],
  // Answered by the code itself.
  ['(function (require, module) { require("./a"); })();', []],
  ['((require) => require("./a"))();', []],
  ['(function (module) { require("a"); })();', ["a"]],
  // Expected to fail.
  ['try { require("a"); } catch { require("b"); }', ["b"]],
  // Computed: a package asks what it runs in.
  ["var a = require; require(a);", []],
  // Not for this parser to report.
  ["var = ;", []],
  // What the runner's wrapper makes possible.
  ['if (1) return; require("a");', ["a"]],
];

for (const [code, specifiers] of ROWS) {
  Deno.test(`findLeftovers() finds ${specifiers.length} in ${code}`, () => {
    deepStrictEqual(
      findLeftovers(code).map(({ specifier }) => specifier),
      specifiers,
    );
  });
}

Deno.test("findLeftovers() says where it found one", () => {
  deepStrictEqual(
    findLeftovers('var a;\n  b(require("a"));\nimport("b");'),
    [
      { specifier: "a", line: 2, column: 4 },
      { specifier: "b", line: 3, column: 7 },
    ],
  );
});

Deno.test("findLeftovers() leaves a require out that the runner answers, and no import()", () => {
  const code = 'require("a/b"); require("a"); import("a/b");';
  const found = findLeftovers(code, "a/b").map(({ specifier }) => specifier);
  deepStrictEqual(found, ["a", "a/b"]);
});
