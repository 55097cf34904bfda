import { strictEqual, throws } from "node:assert";

import type { ValueType } from "../value_type.ts";
import {
  CanonicalTrap,
  type CoreValue,
  LIFTED_BYTES_MAX,
  type StringEncoding,
} from "./mod.ts";
import { liftExport, lowerImport } from "./testdata/alone.ts";
import { FakeGuest } from "./testdata/fake_guest.ts";
import {
  func,
  listOf,
  optionsFor,
  primitive,
  STRING,
  traps,
  trapsGuest,
  U32,
} from "./testdata/functions.ts";

const U8 = primitive("u8");
const CHAR = primitive("char");
const PAIR: ValueType = { kind: "tuple", types: [U8, U32] };
const ENUM: ValueType = { kind: "enum", names: ["a", "b", "c"] };
const OPTION: ValueType = { kind: "option", type: U32 };
const SEVENTEEN = Array.from({ length: 17 }, () => U32);
const PAGE = 64 * 1024;

// What a guest passes as a parameter.
const LIFTS: readonly (readonly [
  name: string,
  type: ValueType,
  flat: readonly CoreValue[],
  message: RegExp,
  bytes?: readonly number[],
  encoding?: StringEncoding,
])[] = [
  [
    "a char above the last",
    CHAR,
    [0x110000],
    /not a Unicode scalar value: 1114112$/,
  ],
  ["a char below zero", CHAR, [-1], /not a Unicode scalar value: 4294967295$/],
  ["the first surrogate as a char", CHAR, [0xd800], /scalar value: 55296$/],
  ["the last surrogate as a char", CHAR, [0xdfff], /scalar value: 57343$/],
  ["a case past the last of an enum", ENUM, [3], /a case of 3: 3$/],
  ["a case below zero", ENUM, [-1], /a case of 3: 4294967295$/],
  ["a case past the last of an option", OPTION, [2, 0], /a case of 2: 2$/],
  ["a case in memory past the last", listOf(ENUM), [0, 1], /a case of 3: 7$/, [
    7,
  ]],
  [
    "a string past the end",
    STRING,
    [PAGE - 1, 2],
    /beyond the memory: 2 bytes at 65535$/,
  ],
  ["an empty string past the end", STRING, [PAGE + 1, 0], /0 bytes at 65537$/],
  ["a string from -1", STRING, [-1, 1], /1 bytes at 4294967295$/],
  ["a string of -1", STRING, [0, -1], /too long: 4294967295 bytes$/],
  ["a string of 2 GiB less one", STRING, [0, 2 ** 31 - 1], /beyond the memory/],
  ["UTF-8 cut short", STRING, [0, 1], /not UTF-8: 1 bytes at 0$/, [0xc3]],
  ["UTF-8 in more bytes than needed", STRING, [0, 2], /not UTF-8/, [
    0xc0,
    0x80,
  ]],
  ["UTF-8 of a surrogate", STRING, [0, 3], /not UTF-8/, [0xed, 0xa0, 0x80]],
  ["UTF-8 past the last", STRING, [0, 4], /not UTF-8/, [
    0xf4,
    0x90,
    0x80,
    0x80,
  ]],
  ["a long string that is not UTF-8", STRING, [0, 40], /not UTF-8/, [
    ...Array(39).fill(65),
    0xff,
  ]],
  [
    "half of a pair in UTF-16",
    STRING,
    [0, 1],
    /not UTF-16/,
    [0, 0xd8],
    "utf16",
  ],
  [
    "UTF-16 at an odd pointer",
    STRING,
    [1, 1],
    /not aligned to 2: 1$/,
    [],
    "utf16",
  ],
  [
    "UTF-16 past the end",
    STRING,
    [PAGE - 2, 2],
    /4 bytes at 65534$/,
    [],
    "utf16",
  ],
  [
    "UTF-16 of 4 GiB",
    STRING,
    [0, 2 ** 31],
    /too long: 4294967296 bytes$/,
    [],
    "utf16",
  ],
  [
    "Latin-1 at an odd pointer",
    STRING,
    [1, 1],
    /not aligned to 2: 1$/,
    [],
    "latin1+utf16",
  ],
  [
    "Latin-1 past the end",
    STRING,
    [PAGE, 1],
    /1 bytes at 65536$/,
    [],
    "latin1+utf16",
  ],
  [
    "half of a pair, tagged",
    STRING,
    [0, 2 ** 31 + 1],
    /not UTF-16/,
    [0, 0xdc],
    "latin1+utf16",
  ],
  [
    "tagged UTF-16 past the end",
    STRING,
    [PAGE - 2, -(2 ** 31) + 2],
    /4 bytes/,
    [],
    "latin1+utf16",
  ],
  ["a list past the end", listOf(U8), [PAGE, 1], /1 bytes at 65536$/],
  [
    "a list that overflows 32 bits",
    listOf(PAIR),
    [0, 2 ** 29],
    /4294967296 bytes at 0$/,
  ],
  ["a list of -1", listOf(U32), [0, -1], /17179869180 bytes at 0$/],
  [
    "a list of numbers that is not aligned",
    listOf(U32),
    [2, 1],
    /not aligned to 4: 2$/,
  ],
  [
    "a list of pairs that is not aligned",
    listOf(PAIR),
    [1, 0],
    /not aligned to 4: 1$/,
  ],
  ["a string in a list past the end", listOf(STRING), [0, 1], /beyond/, [
    0,
    0,
    1,
    0,
    1,
  ]],
];

for (const [name, type, flat, message, bytes, encoding] of LIFTS) {
  Deno.test(`lowerImport() traps on ${name}`, () => {
    const guest = new FakeGuest(encoding);
    guest.memory().set(bytes ?? []);
    let calls = 0;
    const options = optionsFor(guest);
    const lowered = lowerImport(func([type]), options, () => calls++);
    trapsGuest(() => lowered(...flat), message);
    strictEqual(calls, 0);
    strictEqual(options.instance.mayEnter, false);
  });
}

Deno.test("lowerImport() traps on parameters in memory that are not there", () => {
  const lower = () => lowerImport(func(SEVENTEEN), optionsFor(), () => {});
  trapsGuest(() => lower()(2), /not aligned to 4: 2$/);
  trapsGuest(() => lower()(PAGE - 64), /68 bytes at 65472$/);
});

Deno.test("lowerImport() traps on a place for the result that is not there", () => {
  const lower = () => lowerImport(func([], PAIR), optionsFor(), () => [1, 2]);
  trapsGuest(() => lower()(2), /not aligned to 4: 2$/);
  trapsGuest(() => lower()(PAGE), /8 bytes at 65536$/);
  trapsGuest(() => lower()(-4), /8 bytes at 4294967292$/);
});

// What a guest answers when it is asked for memory.
const WILD: readonly (readonly [
  name: string,
  type: ValueType,
  value: unknown,
  pointers: readonly number[],
  message: RegExp,
  encoding?: StringEncoding,
])[] = [
  [
    "past the end, for a string",
    STRING,
    "abc",
    [PAGE - 2],
    /3 bytes at 65534$/,
  ],
  ["of -1, for a string", STRING, "abc", [-1], /3 bytes at 4294967295$/],
  [
    "past the end, when a string grows",
    STRING,
    "aé",
    [0, PAGE],
    /6 bytes at 65536$/,
  ],
  [
    "past the end, when a string shrinks",
    STRING,
    "aé",
    [0, 0, PAGE],
    /3 bytes at 65536$/,
  ],
  [
    "that is odd, for UTF-16",
    STRING,
    "abc",
    [1],
    /not aligned to 2: 1$/,
    "utf16",
  ],
  ["past the end, for UTF-16", STRING, "abc", [PAGE], /6 bytes/, "utf16"],
  [
    "that is odd, for Latin-1",
    STRING,
    "abc",
    [1],
    /aligned to 2: 1$/,
    "latin1+utf16",
  ],
  [
    "that is odd, when Latin-1 grows",
    STRING,
    "a€",
    [0, 3],
    /2: 3$/,
    "latin1+utf16",
  ],
  [
    "past the end, for bytes",
    listOf(U8),
    new Uint8Array(9),
    [PAGE - 8],
    /9 bytes/,
  ],
  ["that is odd, for numbers", listOf(U32), [1], [2], /not aligned to 4: 2$/],
  [
    "past the end, for no elements",
    listOf(U32),
    [],
    [PAGE + 4],
    /0 bytes at 65540$/,
  ],
  [
    "of 64 bits",
    STRING,
    "abc",
    [0n as unknown as number],
    /memories of 64 bits$/,
  ],
];

for (const [name, type, value, pointers, message, encoding] of WILD) {
  Deno.test(`liftExport() traps on a pointer ${name}`, () => {
    const guest = new FakeGuest(encoding);
    const left = [...pointers];
    guest.realloc = () => left.shift()!;
    const options = optionsFor(guest);
    const lifted = liftExport(func([type]), options, () => {});
    traps(() => lifted(value), message);
    traps(() => lifted(value), /Cannot enter/);
  });
}

Deno.test("liftExport() traps on a pointer to parameters that is not there", () => {
  const guest = new FakeGuest();
  guest.realloc = () => PAGE - 64;
  const lifted = liftExport(func(SEVENTEEN), optionsFor(guest), () => {});
  traps(() => lifted(...SEVENTEEN.keys()), /68 bytes at 65472$/);
});

Deno.test("liftExport() traps on a pointer to the result that is not there", () => {
  const lift = (pointer: number) =>
    liftExport(func([], PAIR), optionsFor(), () => pointer);
  traps(lift(2), /not aligned to 4: 2$/);
  traps(lift(PAGE), /8 bytes at 65536$/);
  traps(lift(-4), /8 bytes at 4294967292$/);
});

Deno.test("liftExport() passes on what the guest throws, and closes the instance", () => {
  const options = optionsFor();
  const thrown = new WebAssembly.RuntimeError("unreachable");
  for (const type of [func([U32]), func([STRING])]) {
    options.instance.reset();
    const lifted = liftExport(type, options, () => {
      throw thrown;
    });
    throws(() => lifted(type.params[0]!.type === U32 ? 1 : "a"), thrown);
    traps(() => lifted(type.params[0]!.type === U32 ? 1 : "a"), /Cannot enter/);
  }
});

Deno.test("lowerImport() traps when lists that share their bytes are too much for the heap", () => {
  const guest = new FakeGuest();
  guest.core.grow(15);
  const length = 16 * PAGE / 8;
  const view = new DataView(guest.memory().buffer);
  for (let at = 0; at < length; at++) {
    view.setUint32(at * 8 + 4, 16 * PAGE, true);
  }
  let lifted = 0;
  const lowered = lowerImport(
    func([listOf(listOf(U8))]),
    optionsFor(guest),
    () => lifted++,
  );
  trapsGuest(
    () => lowered(0, length),
    new RegExp(`more than ${LIFTED_BYTES_MAX} bytes`),
  );
  strictEqual(lifted, 0);
});

Deno.test("lowerImport() charges each call anew", () => {
  const guest = new FakeGuest();
  guest.core.grow(511);
  let lifted = 0;
  const lowered = lowerImport(
    func([STRING]),
    optionsFor(guest),
    ({ length }) => lifted += length,
  );
  for (let at = 0; at < 3; at++) lowered(0, 512 * PAGE);
  strictEqual(lifted, 3 * 512 * PAGE);
});

Deno.test("lowerImport() refuses a memory that is shared", () => {
  const core = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const options = { ...optionsFor(), memory: () => core };
  const lowered = lowerImport(func([STRING]), options, () => {});
  trapsGuest(() => lowered(0, 0), /memory that is shared$/);
});

Deno.test("CanonicalTrap is an Error with its own name", () => {
  strictEqual(
    `${new CanonicalTrap("Cannot go on")}`,
    "CanonicalTrap: Cannot go on",
  );
});
