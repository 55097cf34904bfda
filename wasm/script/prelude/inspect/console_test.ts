import { deepStrictEqual, strictEqual } from "node:assert";

import { Guest } from "../../testdata/guest.ts";

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

// deno-fmt-ignore
const MORE: [name: string, code: string, logs: [level: number, text: string][]][] = [
  ["count() counts by label", `console.count(); console.count("a"); console.count(); console.countReset(); console.count()`,
    [[2, "default: 1"], [2, "a: 1"], [2, "default: 2"], [2, "default: 1"]]],
  ["countReset() warns of a label that was not counted", `console.countReset("a")`, [[1, "Count for 'a' does not exist"]]],
  ["group() indents until groupEnd()", `console.group("g"); console.warn("a\\nb"); console.groupCollapsed(); console.dir([1]); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log("c")`,
    [[2, "g"], [1, "  a\n  b"], [2, "    [ 1 ]"], [2, "c"]]],
  ["timeLog() and timeEnd() warn of a timer that is not there", `console.timeLog("a"); console.timeEnd()`,
    [[1, "Timer 'a' does not exist"], [1, "Timer 'default' does not exist"]]],
  ["time() warns of a timer that is there", `console.time("a"); console.time("a")`, [[1, "Timer 'a' already exists"]]],
  ["dirxml() and clear() are there", `console.clear(); console.dirxml("a", 1)`, [[2, "a 1"]]],
  ["table() of what is none is as log()", `console.table(1)`, [[2, "1"]]],
  ["is tagged", `console.log(String(console))`, [[2, "[object console]"]]],
];

for (const [name, code, logs] of MORE) {
  Deno.test(`console ${name}`, async () => {
    using guest = await Guest.create();
    guest.evaluate(code);
    deepStrictEqual(guest.logs, logs);
  });
}

Deno.test("console.timeEnd() tells the time and ends the timer", async () => {
  using guest = await Guest.create();
  guest.evaluate(
    `console.time("a"); console.timeLog("a", 1); console.timeEnd("a"); console.timeEnd("a")`,
  );
  const texts = guest.logs.map(([, text]) => text.replace(/\d+ms/, "Nms"));
  deepStrictEqual(texts, [
    "a: Nms 1",
    "a: Nms",
    "Timer 'a' does not exist",
  ]);
});

// deno-fmt-ignore
const TABLES: [args: string, lines: string[]][] = [
  [`[{ a: 1, b: "x" }, { a: 22, c: null }]`, [
    "┌───────┬────┬─────┬──────┐",
    "│ (idx) │ a  │ b   │ c    │",
    "├───────┼────┼─────┼──────┤",
    '│     0 │  1 │ "x" │      │',
    "│     1 │ 22 │     │ null │",
    "└───────┴────┴─────┴──────┘"]],
  [`{ x: { a: 1, b: 2 }, y: 5 }, ["b"]`, [
    "┌───────┬───┐",
    "│ (idx) │ b │",
    "├───────┼───┤",
    "│ x     │ 2 │",
    "│ y     │   │",
    "└───────┴───┘"]],
  [`{ x: { a: 1 }, y: 5 }`, [
    "┌───────┬───┬────────┐",
    "│ (idx) │ a │ Values │",
    "├───────┼───┼────────┤",
    "│ x     │ 1 │        │",
    "│ y     │   │      5 │",
    "└───────┴───┴────────┘"]],
  [`new Map([["k", { a: 1 }]])`, [
    "┌────────────┬─────┬──────────┐",
    "│ (iter idx) │ Key │ Values   │",
    "├────────────┼─────┼──────────┤",
    '│          0 │ "k" │ { a: 1 } │',
    "└────────────┴─────┴──────────┘"]],
  [`new Set([1])`, [
    "┌────────────┬────────┐",
    "│ (iter idx) │ Values │",
    "├────────────┼────────┤",
    "│          0 │      1 │",
    "└────────────┴────────┘"]],
];

for (const [args, lines] of TABLES) {
  Deno.test(`console.table(${args}) is that of Deno`, async () => {
    using guest = await Guest.create();
    guest.evaluate(`console.table(${args})`);
    deepStrictEqual(guest.logs[0]?.[1].split("\n"), lines);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", `console.table(${args})`],
      env: { NO_COLOR: "1" },
    }).output();
    deepStrictEqual(
      new TextDecoder().decode(stdout).trimEnd().split("\n"),
      lines,
    );
  });
}
