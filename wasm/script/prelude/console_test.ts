import { deepStrictEqual, strictEqual } from "node:assert";

import { Guest } from "../testdata/guest.ts";

// deno-fmt-ignore
const LEVELS = [
  // method   level
  ["error",   0],
  ["warn",    1],
  ["info",    2],
  ["log",     2],
  ["debug",   3],
] as const;

for (const [method, level] of LEVELS) {
  Deno.test(`console.${method}() logs at level ${level}`, async () => {
    using guest = await Guest.create();
    guest.evaluate(`console.${method}("a", 1, { b: "c" }, "d")`);
    deepStrictEqual(guest.logs, [[level, 'a 1 { b: "c" } d']]);
  });
}

// deno-fmt-ignore
const FORMATS: [args: string, text: string][] = [
  // arguments                            text
  [``,                                    ""],
  [`"a"`,                                 "a"],
  [`"100%%"`,                             "100%%"],
  [`"%s"`,                                "%s"],
  [`"%% %s", 1`,                          "% 1"],
  [`"%s and %s", "a", "b", "c", 4`,       "a and b c 4"],
  [`"%s %s", "a"`,                        "a %s"],
  [`"%s", "%s", "x"`,                     "%s x"],
  [`"%s %s %s", 1n, Symbol("x"), null`,   "1n Symbol(x) null"],
  [`"%s", { a: [1] }`,                    "{ a: [ 1 ] }"],
  [`"%d %d %d", "1.5", 2n, "x"`,          "1.5 2n NaN"],
  [`"%d %d", {}, Symbol()`,               "NaN NaN"],
  [`"%i %i", "2.7", "x"`,                 "2 NaN"],
  [`"%f %f", "1.5px", "x"`,               "1.5 NaN"],
  [`"%o %O", { a: 1 }, ["b"]`,            '{ a: 1 } [ "b" ]'],
  [`"%j %j", { a: [1] }, undefined`,      '{"a":[1]} undefined'],
  [`"%cred%c", "color: red", ""`,         "red"],
  [`"%x", 1`,                             "%x 1"],
  [`1, "%s", "x"`,                        "1 %s x"],
  [`undefined, null, true`,               "undefined null true"],
];

for (const [args, text] of FORMATS) {
  Deno.test(`console.log(${args})`, async () => {
    using guest = await Guest.create();
    guest.evaluate(`console.log(${args})`);
    deepStrictEqual(guest.logs, [[2, text]]);
  });
}

// deno-fmt-ignore
const ASSERTIONS: [args: string, text: string | undefined][] = [
  [`true, "a"`,            undefined],
  [``,                     "Assertion failed"],
  [`false`,                "Assertion failed"],
  [`false, "a %s", "b"`,   "Assertion failed: a b"],
  [`0, { a: 1 }`,          "Assertion failed: { a: 1 }"],
];

for (const [args, text] of ASSERTIONS) {
  Deno.test(`console.assert(${args})`, async () => {
    using guest = await Guest.create();
    guest.evaluate(`console.assert(${args})`);
    deepStrictEqual(guest.logs, text === undefined ? [] : [[0, text]]);
  });
}

Deno.test("console.dir() does not format", async () => {
  using guest = await Guest.create();
  guest.evaluate(`console.dir("%s", "x")`);
  deepStrictEqual(guest.logs, [[2, '"%s"']]);
});

Deno.test("console.trace() logs the guest's stack", async () => {
  using guest = await Guest.create();
  guest.evaluate(`function inner() { console.trace("at %s", 1) } inner()`);
  strictEqual(
    guest.logs[0]?.[1],
    "Trace: at 1\n    at inner (guest.js:1:27)\n    at <eval> (guest.js:1:47)",
  );
  strictEqual(guest.logs[0]?.[0], 3);
});

Deno.test("console methods can be taken off", async () => {
  using guest = await Guest.create();
  guest.evaluate(`const { log } = console; [1].forEach(log)`);
  deepStrictEqual(guest.logs, [[2, "1 0 [ 1 ]"]]);
});

Deno.test("console.log() replaces lone surrogates", async () => {
  using guest = await Guest.create();
  guest.evaluate(`console.log("a\\ud800")`);
  deepStrictEqual(guest.logs, [[2, "a\ufffd"]]);
});
