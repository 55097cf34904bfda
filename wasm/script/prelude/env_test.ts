import { deepStrictEqual, strictEqual } from "node:assert";

import { Guest } from "../testdata/guest.ts";

const env = { A: "1", EMPTY: "", "odd name": "2" };

// deno-fmt-ignore
const EXPRESSIONS: [code: string, value: unknown][] = [
  // expression                                      value
  [`process.env.A`,                                  "1"],
  [`process.env.EMPTY`,                              ""],
  [`process.env["odd name"]`,                        "2"],
  [`process.env.B`,                                  undefined],
  [`"A" in process.env`,                             true],
  [`"B" in process.env`,                             false],
  [`Object.keys(process.env)`,                       ["A", "EMPTY", "odd name"]],
  [`({ ...process.env })`,                           env],
  [`JSON.stringify(process.env)`,                    JSON.stringify(env)],
  [`Object.hasOwn(process.env, "A")`,                true],
  [`Object.hasOwn(process.env, "B")`,                false],
  [`process.env[Symbol.iterator]`,                   undefined],
  [`"toString" in process.env`,                      false],
  [`String(process.env)`,                            "[object Object]"],
  [`Object.keys(process)`,                           ["env"]],
];

for (const [code, value] of EXPRESSIONS) {
  Deno.test(`process.env: ${code}`, async () => {
    using guest = await Guest.create("", { env });
    deepStrictEqual(guest.evaluate(code), value);
  });
}

for (
  const change of [
    `process.env.A = "2"`,
    `delete process.env.A`,
    `Object.defineProperty(process.env, "B", { value: "1" })`,
  ]
) {
  Deno.test(`process.env refuses ${change}`, async () => {
    using guest = await Guest.create("", { env });
    const code =
      `"use strict"; try { ${change}; "done" } catch (error) { error.name }`;
    strictEqual(guest.evaluate(code), "TypeError");
    strictEqual(guest.evaluate("process.env.A"), "1");
  });
}

Deno.test("process.env reads the host anew each time", async () => {
  const changing: Record<string, string> = { A: "1" };
  using guest = await Guest.create("", { env: changing });
  strictEqual(guest.evaluate("process.env.A"), "1");
  changing.A = "2";
  strictEqual(guest.evaluate("process.env.A"), "2");
});
