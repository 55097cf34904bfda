/** Values of every type, through the linker into a guest and back. */

import { deepStrictEqual, rejects, strictEqual } from "node:assert";

import {
  CanonicalTrap,
  ComponentError,
} from "../../wasm/component/canonical/mod.ts";
import type { ComponentInstance } from "../../wasm/component/instance.ts";
import { LocalComponent } from "../../wasm/component/testdata/run.ts";
import { readGuest } from "./testdata/run.ts";

async function instanceOf(guest: string): Promise<ComponentInstance> {
  return (await LocalComponent.load(await readGuest(guest))).instance();
}

/** Calls `interface function`. */
function call(
  instance: ComponentInstance,
  name: string,
  ...values: unknown[]
): Promise<unknown> {
  const [home, rest] = name.split(" ");
  return instance.call(`rusm:values/${home}@0.1.0#${rest}`, ...values);
}

type Row = readonly [name: string, values: readonly unknown[], result: unknown];

function check(guest: string, rows: readonly Row[]): void {
  for (const [name, values, result] of rows) {
    Deno.test(`${guest}: ${name} of ${shown(values)} gives ${shown(result)}`, async () => {
      deepStrictEqual(
        await call(await instanceOf(guest), name, ...values),
        result,
      );
    });
  }
}

function shown(value: unknown): string {
  const text = Deno.inspect(value, { breakLength: Infinity });
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

const PERSON = {
  name: "Ada",
  age: 35,
  home: { x: 1, y: -2 },
  tags: ["a", "ß"],
};
const NOBODY = { name: "", age: 255, home: undefined, tags: [] };

function flags(
  count: number,
  set: (nth: number) => boolean,
): Record<string, boolean> {
  const names = Array.from(
    { length: count },
    (_, nth) => [`b${nth}`, set(nth)],
  );
  return Object.fromEntries(names);
}

// deno-fmt-ignore
check("values", [
  ["numbers not",          [true],                     false],
  ["numbers next-u8",      [255],                      0],
  ["numbers next-s8",      [127],                      -128],
  ["numbers next-u16",     [65535],                    0],
  ["numbers next-s16",     [32767],                    -32768],
  ["numbers next-u32",     [4294967295],               0],
  ["numbers next-s32",     [2147483647],               -2147483648],
  ["numbers next-u64",     [18446744073709551615n],    0n],
  ["numbers next-s64",     [9223372036854775807n],     -9223372036854775808n],
  ["numbers next-char",    ["\u{d7ff}"],               "\u{e000}"],
  ["numbers next-char",    ["\u{10ffff}"],             "\0"],
  ["numbers same-f32",     [1.5],                      1.5],
  ["numbers same-f64",     [NaN],                      NaN],
  ["numbers same-f64",     [-0],                       -0],
  ["numbers bits-of-f32",  [-0],                       0x80000000],
  ["numbers bits-of-f64",  [NaN],                      0x7ff8000000000000n],
  ["numbers f32-of-bits",  [0x7fc00001],               NaN],
  ["numbers f64-of-bits",  [0xfff0000000000000n],      -Infinity],
  ["numbers all",          [true, 1, -2, 3, -4, 5, -6, 7n, -8n, 1.5, -2.5, "ß"], [true, 1, -2, 3, -4, 5, -6, 7n, -8n, 1.5, -2.5, "ß"]],
  ["numbers many",         [1, 1, 1, 1n, 1, 1, 1, 1n, 1, 1, 1, 1n, 1, 1, 1, 1n, 2], 170n],
  ["texts same",           ["aß\u{1f600}\0"],          "aß\u{1f600}\0"],
  ["texts join",           ["aß", "\u{1f600}"],        "aß\u{1f600}"],
  ["texts units",          ["aß\u{1f600}"],            7],
  ["texts twice",          [["a", ""]],                ["a", "a", "", ""]],
  ["lists same-bool",      [[true, false]],            [true, false]],
  ["lists same-u8",        [new Uint8Array([1, 255])], new Uint8Array([1, 255])],
  ["lists same-s8",        [Int8Array.of(-128, 127)], Int8Array.of(-128, 127)],
  ["lists same-u16",       [Uint16Array.of(0, 65535)], Uint16Array.of(0, 65535)],
  ["lists same-s16",       [Int16Array.of(-32768)], Int16Array.of(-32768)],
  ["lists same-u32",       [Uint32Array.of(4294967295)], Uint32Array.of(4294967295)],
  ["lists same-s32",       [Int32Array.of(-2147483648)], Int32Array.of(-2147483648)],
  ["lists same-u64",       [BigUint64Array.of(18446744073709551615n)], BigUint64Array.of(18446744073709551615n)],
  ["lists same-s64",       [BigInt64Array.of(-1n)], BigInt64Array.of(-1n)],
  ["lists same-f32",       [Float32Array.of(1.5, Infinity)], Float32Array.of(1.5, Infinity)],
  ["lists same-f64",       [Float64Array.of(0.1, NaN)], Float64Array.of(0.1, NaN)],
  ["lists same-char",      [["a", "\u{1f600}"]],       ["a", "\u{1f600}"]],
  ["lists same-string",    [["", "ß"]],                ["", "ß"]],
  ["lists same-list",      [[new Uint8Array([1]), new Uint8Array()]], [new Uint8Array([1]), new Uint8Array()]],
  ["lists same-tuple",     [[[1, 2n, "x"]]],           [[1, 2n, "x"]]],
  ["lists same-option",    [[1, undefined]],           [1, undefined]],
  ["lists same-result",    [[{ tag: "ok", val: 1n }, { tag: "err", val: "e" }]], [{ tag: "ok", val: 1n }, { tag: "err", val: "e" }]],
  ["lists reversed",       [Uint16Array.of(1, 2, 3)],  Uint16Array.of(3, 2, 1)],
  ["lists sum",            [[-5, 2]],                  -3n],
  ["lists bytes",          [3],                        new Uint8Array([0, 1, 2])],
  ["compounds turn",       [{ x: 1, y: 2 }],           { x: 2, y: 1 }],
  ["compounds birthday",   [PERSON],                   { ...PERSON, age: 36 }],
  ["compounds birthdays",  [[PERSON, NOBODY]],         [{ ...PERSON, age: 36 }, { ...NOBODY, age: 0 }]],
  ["compounds next",       ["blue"],                   "red"],
  ["compounds grow",       [{ tag: "nothing" }],       { tag: "nothing" }],
  ["compounds grow",       [{ tag: "circle", val: 1.5 }], { tag: "circle", val: 3 }],
  ["compounds grow",       [{ tag: "box", val: { x: 1, y: -2 } }], { tag: "box", val: { x: -4, y: 2 } }],
  ["compounds grow",       [{ tag: "label", val: "ab" }], { tag: "label", val: "abab" }],
  ["compounds shapes",     [[{ tag: "circle", val: 1 }, { tag: "label", val: "a" }]], [{ tag: "circle", val: 2 }, { tag: "label", val: "aa" }]],
  ["compounds exchange",   [[7, "x"]],                 ["x", 7]],
  ["compounds list-flags9", [[flags(9, () => true)]],  [flags(9, () => false)]],
  ["compounds option",     [1],                        2],
  ["compounds option",     [undefined],                undefined],
  ["compounds option-string", ["x"],                   "x"],
  ["compounds nested-option", [{ tag: "some", val: 9 }], 9],
  ["compounds nested-option", [{ tag: "some", val: undefined }], 2],
  ["compounds nested-option", [{ tag: "none" }],       1],
  ["compounds nested-option", [undefined],             0],
  ["compounds option-none", [],                        { tag: "none" }],
  ["compounds option-some-none", [],                   { tag: "some", val: undefined }],
  ["compounds result",     [9],                        9],
  ["compounds result-no-ok", [9],                      undefined],
  ["compounds result-no-error", [9],                   9],
  ["compounds result-nothing", [9],                    undefined],
  ["compounds result-turned", [{ tag: "err", val: "x" }], "x"],
  ["compounds result-nested", [{ tag: "ok", val: { tag: "err", val: 7 } }], 107],
  ["compounds result-nested", [{ tag: "err", val: 8 }], 1108],
  ["compounds joined",     [{ tag: "ok", val: 1 }],    0x3f800000n],
  ["compounds joined",     [{ tag: "err", val: 1n << 63n }], 1n << 63n],
  ["counters alive",       [],                         0],
  ["lies as-bool",         [2],                        true],
  ["lies as-u8",           [0x1ff],                    255],
  ["lies as-s8",           [0xff],                     -1],
  ["lies as-u16",          [0x1ffff],                  65535],
  ["lies as-s16",          [0xffff],                   -1],
  ["lies as-flags9",       [0xffffffff],               flags(9, () => true)],
]);

for (const count of [1, 8, 9, 16, 17, 32]) {
  check("values", [[
    `compounds invert${count}`,
    [flags(count, (nth) => nth % 3 === 0)],
    flags(count, (nth) => nth % 3 !== 0),
  ]]);
}

// deno-fmt-ignore
check("values_utf16", [
  ["texts same",  ["aß\u{1f600}\0"],   "aß\u{1f600}\0"],
  ["texts join",  ["aß", "\u{1f600}"], "aß\u{1f600}"],
  ["texts units", ["aß\u{1f600}"],     4],
  ["texts twice", [["a", ""]],         ["a", "a", "", ""]],
]);

// deno-fmt-ignore
check("values_latin1", [
  ["texts same",  ["aß\0"],            "aß\0"],
  ["texts same",  ["aß\u{1f600}"],     "aß\u{1f600}"],
  ["texts join",  ["a", "ß"],          "aß"],
  ["texts join",  ["aß", "\u{1f600}"], "aß\u{1f600}"],
  ["texts join",  ["\u{1f600}", "ß"],  "\u{1f600}ß"],
  ["texts units", ["aß"],              2],
  ["texts units", ["aß\u{1f600}"],     4],
  ["texts twice", [["ß", "€"]],        ["ß", "ß", "€", "€"]],
]);

// deno-fmt-ignore
const ERRORS: readonly Row[] = [
  ["compounds result",          [10],                    "too many: 10"],
  ["compounds result-no-ok",    [10],                    "too many: 10"],
  ["compounds result-no-error", [10],                    undefined],
  ["compounds result-nothing",  [10],                    undefined],
  ["compounds result-turned",   [{ tag: "ok", val: 3 }], 3],
];

for (const [name, values, payload] of ERRORS) {
  Deno.test(`values: ${name} of ${shown(values)} fails with ${payload}`, async () => {
    const instance = await instanceOf("values");
    await rejects(
      call(instance, name, ...values),
      (error) => error instanceof ComponentError && error.payload === payload,
    );
  });
}

// deno-fmt-ignore
const TRAPS: readonly (readonly [name: string, ...values: number[]])[] = [
  ["lies as-char", 0xd800],
  ["lies as-char", 0x110000],
  ["lies as-colour", 3],
  ["lies as-string", 0xfffffff0, 32],
  ["lies as-bytes", 0, 0xffffffff],
  ["lies as-numbers", 4, 1],
  ["lies as-numbers", 0, 0x20000000],
  ["lies as-byte", 0x80],
  ["lies as-pair", 2],
  ["lies as-pair", 0xfffffffc],
];

for (const [name, ...values] of TRAPS) {
  Deno.test(`values: ${name} of ${values} is a trap`, async () => {
    const instance = await instanceOf("values");
    await rejects(call(instance, name, ...values), CanonicalTrap);
  });
}

Deno.test("values: counters lives and counts by handle", async () => {
  const instance = await instanceOf("values");
  const counter = await call(instance, "counters [constructor]counter", 4);
  const next = "counters [method]counter.next";
  strictEqual(await call(instance, next, counter), 4);
  strictEqual(await call(instance, next, counter), 5);
  const pair = await call(
    instance,
    "counters [static]counter.pair",
    8,
  ) as unknown[];
  const isAhead = "counters [method]counter.is-ahead";
  strictEqual(await call(instance, isAhead, pair[0], counter), true);
  strictEqual(await call(instance, "counters least", [...pair, counter]), 6);
  await call(instance, "counters [method]counter.absorb", counter, pair[1]);
  strictEqual(await call(instance, next, counter), 15);
  strictEqual(await call(instance, "counters alive"), 2);
  strictEqual(await call(instance, "counters dropped"), 1);
});
