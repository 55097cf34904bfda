import { strictEqual } from "node:assert";

import { printable } from "./printable.ts";

// deno-fmt-ignore
const TEXTS: readonly (readonly [string, string])[] = [
  ["",                        ""],
  ["std::vec<int, 4>::f(é)",  "std::vec<int, 4>::f(é)"],
  ["a\nb\r\tc",               "a\ufffdb\ufffd\ufffdc"],
  ["\x1b[2J\x9b",             "\ufffd[2J\ufffd"],
  ["\u202eabc\u2066",         "\ufffdabc\ufffd"],
  ["\u2028\u2029\ufeff\u200b", "\ufffd\ufffd\ufffd\ufffd"],
  ["\ud800x",                 "\ufffdx"],
  ["\ue000\u0378",            "\ufffd\ufffd"],
  ["12345678",                "12345678"],
  ["123456789012345678901234", "1234567890123456789012…".slice(0, 22) + "…"],
  ["123456789012345678901😀",  "123456789012345678901\ufffd…"],
];

for (const [text, expected] of TEXTS) {
  Deno.test(`printable() of ${JSON.stringify(text)}`, () => {
    strictEqual(printable(text, 22), expected);
  });
}
