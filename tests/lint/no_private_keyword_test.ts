import { checkRule } from "./check_rule.ts";

const FOUND = "Cannot keep a secret with the keyword: private";

checkRule("no-private-keyword", [
  ["otp/a.ts", "class A { private a = 1; }", FOUND],
  ["otp/a.ts", "class A { private static readonly a = 1; }", FOUND],
  ["otp/a.ts", "class A { private a() {} }", FOUND],
  ["otp/a.ts", "class A { private get a() { return 1; } }", FOUND],
  ["otp/a.ts", "class A { constructor(private a: B) {} }", FOUND],
  [
    "otp/a.ts",
    "const é = '😀'; class A { constructor(b: B, private a: C) {} }",
    FOUND,
  ],
  ["tests/a.ts", "const a = class { private readonly a = 1; };", FOUND],
  ["otp/a.ts", "class A { #a = 1; readonly b = 2; c() { return this.#a; } }"],
  ["otp/a.ts", "class A { private constructor() {} }"],
  ["otp/a.ts", "const a = { private: 1 };"],
]);
