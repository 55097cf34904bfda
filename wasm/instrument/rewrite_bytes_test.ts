/** Modules that no assembler here knows, byte by byte: plain and rewritten. */

import { ok } from "node:assert";

import { rewrite } from "./rewrite.ts";
import { SECTION } from "./sections.ts";
import {
  body,
  exported,
  imported,
  moduleOf,
  section,
  sized,
} from "./testdata/bytes.ts";
import { type Call, insistSame } from "./testdata/run.ts";

const I32 = 0x7f;
const I64 = 0x7e;
const FUNCREF = 0x70;
const FUNC = 0x60;
const STRUCT = 0x5f;
const ARRAY = 0x5e;
const SUB = 0x50;
const REC = 0x4e;
const REF = 0x64;
const NULLABLE = 0x63;
const VAR = 1;
const END = 0x0b;
const CALL = 0x10;

function i32(value: number): number[] {
  return [0x41, value & 0x3f];
}

function get(local: number): number[] {
  return [0x20, local];
}

function gc(opcode: number, ...immediates: number[]): number[] {
  return [0xfb, opcode, ...immediates];
}

function refFunc(index: number): number[] {
  return [0xd2, index];
}

// Types 0 to 7.
// deno-fmt-ignore
const TYPES = section(SECTION.type,
  [STRUCT, 2, I32, VAR, 0x78, VAR], // (field (mut i32) (mut i8))
  [ARRAY, I32, VAR],
  [REC, 2, SUB, 0, STRUCT, 1, I32, VAR, SUB, 1, 2, STRUCT, 2, I32, VAR, I64, 0], // 2, and its subtype 3
  [FUNC, 0, 1, I32], // 4
  [FUNC, 1, I32, 1, I32], // 5
  [ARRAY, NULLABLE, 4, VAR], // 6: of (ref null 4)
  [FUNC, 1, I32, 0], // 7
);

// deno-fmt-ignore
const BODIES: [name: string, type: number, ...code: number[][]][] = [
  ["struct", 4, i32(7), i32(9), gc(0x00, 0), gc(0x04, 0, 1)],
  ["structDefault", 4, gc(0x01, 0), gc(0x02, 0, 0)],
  ["structNull", 4, [0xd0, 0], gc(0x03, 0, 1)],
  ["array", 5, i32(5), get(0), gc(0x06, 1), i32(2), gc(0x0b, 1)],
  ["arrayFixed", 4, i32(3), i32(4), i32(5), gc(0x08, 1, 3), gc(0x0f)],
  ["arrayDefault", 5, get(0), gc(0x07, 1), get(0), gc(0x0b, 1)],
  ["arrayData", 5, get(0), i32(2), gc(0x09, 1, 0), i32(1), gc(0x0b, 1)],
  ["arrayElements", 5, get(0), i32(2), gc(0x0a, 6, 0), i32(1), gc(0x0b, 6), [0x14, 4]],
  ["arrayFill", 4, i32(6), gc(0x07, 1), i32(1), i32(8), i32(2), gc(0x10, 1), i32(9)],
  ["arrayCopy", 4, i32(6), gc(0x07, 1), i32(1), i32(4), gc(0x07, 1), i32(0), i32(3), gc(0x11, 1, 1), i32(9)],
  ["arrayInit", 5, i32(6), gc(0x07, 1), i32(1), get(0), i32(2), gc(0x12, 1, 0), i32(6), gc(0x07, 6), i32(0), i32(0), get(0), gc(0x13, 6, 0), i32(1)],
  ["isSubtype", 5, get(0), [0x04, NULLABLE, 2], i32(1), gc(0x00, 2), [0x05], gc(0x01, 3), [END], gc(0x14, 3)],
  ["cast", 5, get(0), [0x04, REF, 2], i32(1), gc(0x00, 2), [0x05], gc(0x01, 3), [END], gc(0x17, 3), gc(0x02, 3, 0)],
  ["branchOnCast", 5, [0x02, REF, 3], get(0), [0x04, REF, 2], i32(1), gc(0x00, 2), [0x05], gc(0x01, 3), [END], gc(0x18, 0, 0, 2, 3), [0x1a], i32(30), [0x0f], [END], [0x1a], i32(31)],
  ["branchOnCastFail", 5, [0x02, REF, 2], get(0), [0x04, REF, 2], i32(1), gc(0x00, 2), [0x05], gc(0x01, 3), [END], gc(0x19, 0, 0, 2, 3), [0x1a], i32(30), [0x0f], [END], [0x1a], i32(31)],
  ["i31", 5, get(0), gc(0x1c), gc(0x1d)],
  ["convert", 5, get(0), gc(0x1c), gc(0x1b), gc(0x1a), gc(0x16, 0x6c), gc(0x1e)],
  ["equal", 4, gc(0x01, 0), gc(0x01, 0), [0xd3]],
  ["callRef", 4, refFunc(0), [0x14, 4]],
  ["returnCallRef", 4, refFunc(1), [0x15, 4]],
  ["nonNull", 4, refFunc(0), [0xd4, 0x14, 4]],
  ["branchOnNull", 4, [0x02, 0x40], [0xd0, 4], [0xd5, 0], [0x14, 4], [0x0f], [END], i32(12)],
  ["branchOnNonNull", 4, [0x02, REF, 4], refFunc(0), [0xd6, 0], i32(13), [0x0f], [END], [0x14, 4]],
  ["loopOfReference", 4, [0x03, NULLABLE, 4], refFunc(0), [END], [0x14, 4]],
  ["selectReference", 5, refFunc(0), refFunc(1), get(0), [0x1c, 1, NULLABLE, 4], [0x14, 4]],
];

const CALLS: Call[] = BODIES.flatMap(([name, type]): Call[] =>
  type === 4 ? [[name]] : [[name, 0], [name, 1], [name, 5]]
);

const GARBAGE_COLLECTED = moduleOf(
  TYPES,
  section(SECTION.function, ...BODIES.map(([, type]) => [type])),
  section(
    SECTION.export,
    ...BODIES.map(([name], index) => exported(name, 0, index)),
  ),
  section(SECTION.element, [
    5,
    NULLABLE,
    4,
    3,
    ...refFunc(0),
    END,
    ...refFunc(1),
    END,
    0xd0,
    4,
    END,
  ]),
  { id: SECTION.dataCount, bytes: Uint8Array.of(1) },
  section(SECTION.code, ...BODIES.map(([, , ...code]) => body(...code))),
  section(SECTION.data, [1, ...sized([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])]),
);

Deno.test("rewrite() keeps the meaning of garbage collection and function references", () => {
  const { results } = insistSame(GARBAGE_COLLECTED, { calls: CALLS });
  ok(results.length === CALLS.length + 1);
  ok(results.some((result) => result === "RuntimeError: illegal cast"));
});

// In text: (block $h (try_table (catch… $h) (call $fail (local.get 0)))).
function tryTable(...clause: number[]): number[][] {
  const call = [...get(0), CALL, 0];
  return [[0x1f, 0x40, 1, ...clause], call, [END], i32(1), [0x0f]];
}

// deno-fmt-ignore
const EXCEPTIONS = moduleOf(
  section(SECTION.type, [FUNC, 1, I32, 0], [FUNC, 1, I32, 1, I32], [FUNC, 0, 2, I32, 0x69]),
  section(SECTION.import, imported("fail", 0, 0)),
  section(SECTION.function, [1], [1], [1], [1], [1]),
  section(SECTION.tag, [0, 0]),
  section(SECTION.export, ...["catch", "catchRef", "catchAll", "catchAllRef", "throw"].map((name, index) => exported(name, 0, index + 1))),
  section(SECTION.code,
    body([0x02, I32], ...tryTable(0x00, 0, 0), [END]),
    body([0x02, 2], ...tryTable(0x01, 0, 0), [END], [0x0a]),
    body([0x02, 0x40], ...tryTable(0x02, 0), [END], i32(2)),
    body([0x02, 0x69], ...tryTable(0x03, 0), [END], [0x0a]),
    body([0x02, 0x40], [0x02, I32], [0x1f, 0x40, 2, 0x00, 0, 0, 0x02, 1], get(0), [0x08, 0], [END], i32(3), [END], [0x0f], [END], i32(4))),
);

Deno.test("rewrite() keeps the meaning of try_table and throw_ref", () => {
  const fail = (value: number) => {
    if (value > 0) throw new RangeError(`${value}`);
  };
  const calls = ["catch", "catchRef", "catchAll", "catchAllRef", "throw"]
    .flatMap((name): Call[] => [[name, 0], [name, 1]]);
  insistSame(EXCEPTIONS, { calls, imports: () => ({ env: { fail } }) });
});

// deno-fmt-ignore
const FILLED = moduleOf(
  section(SECTION.type, [FUNC, 0, 1, I32], [FUNC, 1, I32, 1, I32]),
  section(SECTION.import, imported("log", 0, 0)),
  section(SECTION.function, [0], [1], [1]),
  // Two tables: (ref null 0) filled with function 1; (ref func) filled with function 0.
  section(SECTION.table, [0x40, 0, NULLABLE, 0, 1, 3, 9, ...refFunc(1), END], [0x40, 0, REF, FUNCREF, 0, 2, ...refFunc(0), END]),
  section(SECTION.memory, [0, 1], [1, 1, 2]),
  section(SECTION.global, [REF, 0, 1, ...refFunc(1), END]),
  section(SECTION.export, exported("one", 0, 1), exported("call", 0, 2), exported("null", 0, 3), exported("a", 2, 0), exported("b", 2, 1)),
  section(SECTION.element, [6, 0, ...i32(1), END, NULLABLE, 0, 1, ...refFunc(0), END], [7, FUNCREF, 1, 0xd0, FUNCREF, END]),
  section(SECTION.code,
    body(i32(17)),
    body(get(0), [0x11, 0, 0]),
    body(get(0), [0x25, 0], [0xd1], [0x23, 0, 0x14, 0, 0x6a])),
  section(SECTION.data, [2, 1, ...i32(4), END, ...sized("second")], [0, ...i32(1), END, ...sized("first")]),
);

Deno.test("rewrite() keeps the meaning of filled tables, and of data for a second memory", () => {
  const calls: Call[] = [
    ["one"],
    ["call", 0],
    ["call", 1],
    ["call", 2],
    ["call", 3],
    ["null", 0],
    ["null", 3],
  ];
  insistSame(FILLED, { calls, imports: () => ({ env: { log: () => 3 } }) });
});

Deno.test("rewrite() finds what a module can do to the engine's heap", () => {
  const options = { memoryBytesMax: 2 ** 20, tableEntriesMax: 1000 };
  const { allocates, isRestorable } = rewrite(GARBAGE_COLLECTED, options);
  ok(allocates && isRestorable);
  ok(!rewrite(EXCEPTIONS, options).allocates);
});
