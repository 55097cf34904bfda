import { deepStrictEqual, ok, strictEqual } from "node:assert";

import { readHints } from "./branch_hint.ts";
import { rewrite } from "./rewrite.ts";
import { readSections, SECTION, type Section } from "./sections.ts";
import { moduleOf, section, sized } from "./testdata/bytes.ts";
import { assemble } from "./testdata/text.ts";

const OPTIONS = { memoryBytesMax: 65_536, tableEntriesMax: 1000 };
const IF = 0x04;

/** Each branch that is hinted: its opcode, and the hint; by index of the function. */
function hintedBranches(
  module: Uint8Array,
): Record<number, [opcode: number, hint: number][]> {
  const sections = readSections(module);
  const bodies = bodiesOf(sections.find(({ id }) => id === SECTION.code)!);
  const functions = [...readHints(sections)].map(
    ([index, { offsets, values }]) => {
      const body = bodies[index - importedOf(sections)]!;
      return [index, offsets.map((offset, nth) => [body[offset], values[nth]])];
    },
  );
  return Object.fromEntries(functions);
}

// Of the modules here: one function, which the rewriter adds.
function importedOf(sections: readonly Section[]): number {
  return sections.some(({ id }) => id === SECTION.import) ? 1 : 0;
}

// All bodies here are shorter than 128 bytes, or have a size of two bytes.
function bodiesOf({ bytes }: Section): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  for (let at = 1; at < bytes.length;) {
    const isLong = bytes[at]! >= 128;
    const size = isLong ? bytes[at]! % 128 + bytes[at + 1]! * 128 : bytes[at]!;
    const first = at + (isLong ? 2 : 1);
    bodies.push(bytes.subarray(first, first + size));
    at = first + size;
  }
  return bodies;
}

Deno.test("rewrite() marks each check as unlikely", async () => {
  const module = await assemble(
    `(module (func (nop)) (func $f (loop (loop (call $f)))) (func (loop)))`,
  );
  deepStrictEqual(hintedBranches(rewrite(module, OPTIONS).bytes), {
    2: [[IF, 0], [IF, 0], [IF, 0]],
    3: [[IF, 0]],
  });
});

Deno.test("rewrite() keeps hints that are there, at the branches they are of", async () => {
  const module = await assemble(`(module
    (func (param i32) (nop))
    (func $f (param i32) (local i64)
      (local.get 0) (@metadata.code.branch_hint "\\01") if (call $f (i32.const 1)) end
      (loop (local.get 0) (@metadata.code.branch_hint "\\00") br_if 0)
      (local.get 0) (@metadata.code.branch_hint "\\01") if end)
    (func (param i32) (local.get 0) (@metadata.code.branch_hint "\\00") if end))`);
  deepStrictEqual(hintedBranches(module), {
    1: [[IF, 1], [0x0d, 0], [IF, 1]],
    2: [[IF, 0]],
  });
  deepStrictEqual(hintedBranches(rewrite(module, OPTIONS).bytes), {
    // The loop's branch is there in each of four turns.
    2: [
      [IF, 0],
      [IF, 1],
      [IF, 0],
      ...Array.from({ length: 4 }, (): [number, number] => [0x0d, 0]),
      [IF, 1],
    ],
    3: [[IF, 0]],
  });
});

// deno-fmt-ignore
const IGNORED: [name: string, content: number[]][] = [
  ["is cut", [1, 0, 1]],
  ["has offsets that do not ascend", [1, 0, 2, 4, 1, 0, 4, 1, 1]],
  ["has a hint of another size", [1, 0, 1, 4, 2, 0, 0]],
  ["has more in it", [0, 9]],
];

for (const [name, content] of IGNORED) {
  Deno.test(`readHints() finds none in a section that ${name}`, () => {
    const bytes = Uint8Array.from([
      ...sized("metadata.code.branch_hint"),
      ...content,
    ]);
    const module = moduleOf({ id: SECTION.custom, bytes });
    strictEqual(readHints(readSections(module)).size, 0);
    ok(WebAssembly.validate(rewrite(module, OPTIONS).bytes));
  });
}

Deno.test("readHints() finds none behind the code", () => {
  const bytes = Uint8Array.from([
    ...sized("metadata.code.branch_hint"),
    1,
    0,
    1,
    4,
    1,
    0,
  ]);
  const module = moduleOf(section(SECTION.code), { id: SECTION.custom, bytes });
  strictEqual(readHints(readSections(module)).size, 0);
});
