import { strictEqual, throws } from "node:assert";

import { Edits } from "./edits.ts";
import { prefixed, SHAPE, SHAPE_MASK, SINGLE } from "./opcode.ts";
import { Reader } from "./reader.ts";
import { scan } from "./scan.ts";
import { u32 } from "./sections.ts";
import { moduleOf, section, sized } from "./testdata/bytes.ts";

const FUNC = [0x60, 0, 0];
const BAD = 0xff;
const RANGES = { functions: 0, globals: 0, memories: 0, types: 0 };

// Type 0 is what the instruction may need; the last one is that of the function.
// deno-fmt-ignore
const TYPES = [
  [FUNC], [[0x5f, 1, 0x7f, 1], FUNC], [[0x5f, 1, 0x78, 1], FUNC],
  [[0x5e, 0x7f, 1], FUNC], [[0x5e, 0x78, 1], FUNC], [[0x5e, 0x70, 1], FUNC],
];

// What has to stand in front of some instructions.
// deno-fmt-ignore
const BEFORE: ReadonlyMap<string, number[]> = new Map([
  ["5", [0x41, 0, 0x04, 0x40]], // else: if
  ["7", [0x06, 0x40]], // catch: try
  ["9", [0x06, 0x40, 0x19]], // rethrow: try, catch_all
  ["11", [0x02, 0x40]], // end: block
  ["24", [0x06, 0x40]], // delegate: try
  ["25", [0x06, 0x40]], // catch_all: try
  ["251,24", [0x02, 0x63, 0]], // br_on_cast: block of a reference
  ["251,25", [0x02, 0x63, 0]],
]);

// First bytes of immediates that some instruction accepts; the others are 0.
const FIRST = [0, 1, 2, 3, 4, 0x6e];

/** Bytes of immediates that V8 reads; `undefined` if it does not know the instruction. */
function engineBytes(
  opcode: number[],
): { size: number; first: number } | undefined {
  for (const types of TYPES) {
    for (const first of FIRST) {
      for (let size = 0; size <= 18; size++) {
        const code = codeOf(opcode, first, size);
        if (isReadTo(types, code, code.length - 20)) return { size, first };
      }
    }
  }
  return undefined;
}

function codeOf(opcode: number[], first: number, size: number): number[] {
  const before = BEFORE.get(`${opcode}`) ?? [];
  const immediates = Array.from(
    { length: size },
    (_, at) => at === 0 ? first : 0,
  );
  if (opcode[0] === 0x1c) immediates.splice(0, 2, ...[1, 0x7f].slice(0, size));
  return [
    ...before,
    0x00,
    ...opcode,
    ...immediates,
    ...new Array(20).fill(BAD),
  ];
}

/** Whether V8 reads all before `end`, and there finds an instruction that it does not know. */
function isReadTo(types: number[][], code: number[], end: number): boolean {
  const data = section(11, [1, 0]);
  const module = moduleOf(
    section(1, ...types),
    section(3, [types.length - 1]),
    section(4, [0x70, 0, 1]),
    section(5, [3, 1, 1]),
    section(13, [0, types.length - 1]),
    section(6, [0x7f, 1, 0x41, 0, 0x0b]),
    section(9, [1, 0, 1, 0]),
    { id: 12, bytes: Uint8Array.of(1) },
    section(10, sized([1, 3, 0x7f, ...code])),
    data,
  );
  const start = module.length - code.length - 2 - data.bytes.length;
  try {
    new WebAssembly.Module(module);
    return false;
  } catch (error) {
    // The bytes behind are never valid, so this is how it always ends.
    const { message } = error as Error;
    return /invalid opcode 0xff/i.test(message) &&
      message.endsWith(`@+${start + end}`);
  }
}

/** Bytes of immediates that the rewriter reads. */
function ourBytes(opcode: number[], first: number, size: number): number {
  const code = codeOf(opcode, first, Math.max(size, 18));
  const before = code.length - 20 - Math.max(size, 18) - opcode.length;
  const bytes = Uint8Array.from(code);
  for (let count = 0; count <= 18; count++) {
    const reader = new Reader({ id: 10, offset: 0, bytes });
    reader.at = before;
    const end = before + opcode.length + count;
    if (isScanned(reader, end)) return count;
  }
  return -1;
}

function isScanned(reader: Reader, end: number): boolean {
  try {
    scan(reader, new Edits(), { moveFrom: 0, ranges: RANGES, end });
    return true;
  } catch {
    // Refused, which is an answer here.
    return false;
  }
}

// Up to where V8 has numbers in use, experimental ones too.
const PREFIXES = [[0xfb, 0x60], [0xfc, 0x30], [0xfd, 0x140], [0xfe, 0x80]];

const OPCODES: number[][] = [
  ...Array.from({ length: 0xfb }, (_, opcode) => [opcode]),
  ...PREFIXES.flatMap(([prefix, count]) =>
    Array.from({ length: count! }, (_, opcode) => [prefix!, ...u32(opcode)])
  ),
];

Deno.test("scan() reads as many bytes of every instruction as V8, and refuses the others", () => {
  for (const opcode of OPCODES) {
    const name = opcode.map((byte) => byte.toString(16)).join(" ");
    const [first, ...number] = opcode;
    const entry = number.length === 0
      ? SINGLE[first!]!
      : prefixed(first!, number[0]! % 128 + (number[1] ?? 0) * 128);
    const isKnown = (entry & SHAPE_MASK) !== SHAPE.none;
    const read = engineBytes(opcode);
    strictEqual(isKnown, read !== undefined, name);
    if (read === undefined) continue;
    strictEqual(ourBytes(opcode, read.first, read.size), read.size, name);
  }
});

Deno.test("scan() names the offset of an instruction that it does not know", () => {
  const bytes = Uint8Array.of(0x01, 0x01, 0x27, 0x0b);
  const reader = new Reader({ id: 10, offset: 50, bytes });
  throws(
    () => scan(reader, new Edits(), { moveFrom: 0, ranges: RANGES }),
    /unknown instruction: code section, offset 52$/,
  );
});

// deno-fmt-ignore
const CUT: [name: string, ...code: number[]][] = [
  ["an index", 0x10, 0x80], ["a memory argument", 0x28, 0x42, 0x00], ["a constant", 0x44, 0, 0, 0],
  ["a vector", 0xfd, 0x0c, 0, 0], ["a branch table", 0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0], ["a prefix", 0xfc],
  ["a list of types", 0x1c, 9, 0x7f], ["a block", 0x02], ["catch clauses", 0x1f, 0x40, 2, 0, 0, 0],
];

for (const [name, ...code] of CUT) {
  Deno.test(`scan() refuses ${name} that is cut`, () => {
    const bytes = Uint8Array.from(code);
    const reader = new Reader({ id: 10, offset: 0, bytes });
    throws(
      () =>
        scan(reader, new Edits(), {
          moveFrom: 0,
          ranges: RANGES,
          end: bytes.length,
        }),
      /(cut|unknown) instruction: code section, offset 0$/,
    );
  });
}
