import { checkRule } from "./check_rule.ts";

const FOUND = "Cannot keep what an object literal's accessor closes over";

checkRule("no-literal-accessor", [
  ["otp/a.ts", "const a = { get b() { return 1; } };", FOUND],
  ["serve/a.ts", "f({ ...a, set b(value) {} });", FOUND],
  ["wasm/a.ts", "const a = { b: { get c() { return 1; } } };", FOUND],
  [
    "wasm/a.ts",
    "const a = { get b() { return 1; }, set b(c) {} };",
    FOUND,
    FOUND,
  ],
  ["otp/a_test.ts", "const a = { get b() { return 1; } };"],
  ["wasm/script/prelude/a.ts", "const a = { get b() { return 1; } };"],
  ["otp/a.ts", "class A { get b() { return 1; } }"],
  ["otp/a.ts", "const a = { get: 1, set() {}, b: () => 1 };"],
]);
