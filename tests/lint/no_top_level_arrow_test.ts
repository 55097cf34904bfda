import { checkRule } from "./check_rule.ts";

const FOUND = "Cannot keep a top-level function in a value";

checkRule("no-top-level-arrow", [
  ["otp/a.ts", "const f = () => 1;", FOUND],
  ["otp/a.ts", "export const f = async () => {};", FOUND],
  ["otp/a.ts", "const a = 1, f: F = (x) => x, g = () => 1;", FOUND, FOUND],
  ["otp/a.ts", "let f = function () {};", FOUND],
  ["otp/a.ts", "const f = (() => 1) as F;", FOUND],
  ["otp/a.ts", "const f = (() => 1) satisfies F as G;", FOUND],
  ["otp/a.ts", "export default () => 1;", FOUND],
  ["tests/a.ts", "const f = () => 1;", FOUND],
  ["otp/a.ts", "function f() {} export default function g() {}"],
  ["otp/a.ts", "function f() { const g = () => 1; return g; }"],
  ["otp/a.ts", "const a = { f: () => 1 }; const b = [1].map((x) => x);"],
  ["otp/a.ts", "for (const a of b) { const f = () => a; f(); }"],
  ["otp/a.ts", "const a = (() => 1)(); let b; declare const c: F;"],
]);
