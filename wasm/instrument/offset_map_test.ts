import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";

import { type OffsetMap, OffsetRuns, originalOffset } from "./offset_map.ts";
import { rewrite } from "./rewrite.ts";
import { readSections, SECTION } from "./sections.ts";
import { generated } from "./testdata/generate.ts";
import { assemble } from "./testdata/text.ts";

const OPTIONS = { memoryBytesMax: 2 ** 20, tableEntriesMax: 1000 };

function mapOf(...runs: [original: number, rewritten: number][]): OffsetMap {
  const made = new OffsetRuns();
  const [original, rewritten] = runs.pop()!;
  for (const [from, to] of runs) made.add(from, to);
  made.end(original, rewritten);
  return made.finish(100, 200);
}

// Bytes 100 to 109 are at 200, 110 to 119 at 215, and two more were put in at the end.
const MAP = mapOf([0, 0], [10, 15], [12, 17], [20, 27]);

// deno-fmt-ignore
const ORIGINAL: [rewritten: number, original: number | undefined][] = [
  [199, undefined], [200, 100], [209, 109], [210, 110], [214, 110], [215, 110],
  [224, 119], [226, 120], [227, undefined], [999, undefined],
];

for (const [offset, original] of ORIGINAL) {
  Deno.test(`originalOffset() of ${offset} is ${original}`, () => {
    strictEqual(originalOffset(MAP, offset), original);
  });
}

Deno.test("OffsetRuns.add() makes one run of two that go on", () => {
  deepStrictEqual([...MAP.original], [100, 110, 120]);
});

Deno.test("originalOffset() finds all code of the original, and nothing else, in turns in ascending order", () => {
  fc.assert(
    fc.property(generated, ({ module }) => {
      const { bytes, offsets } = rewrite(module, OPTIONS);
      const code = readSections(module).find(({ id }) => id === SECTION.code)!;
      const end = code.offset + code.bytes.length;
      const found = new Set<number>();
      for (let at = offsets.rewritten[0]!; at < bytes.length; at++) {
        const original = originalOffset(offsets, at);
        if (original !== undefined && original < end) found.add(original);
      }
      // The first run begins behind the count and the size of what is first.
      const first = offsets.original[0]!;
      deepStrictEqual(
        [...found].sort((a, b) => a - b),
        Array.from({ length: end - first }, (_, nth) => first + nth),
      );
      ok(
        offsets.rewritten.every((at, nth) =>
          nth === 0 || at > offsets.rewritten[nth - 1]!
        ),
      );
    }),
    { numRuns: 100 },
  );
});

const TRAPS = `(module (import "env" "f" (func $f)) (memory 1)
  (func $deep (param i32) (loop (if (i32.eq (local.get 0) (i32.const 1)) (then unreachable)))
    (loop (loop (drop (i32.div_u (i32.const 1) (i32.sub (local.get 0) (i32.const 2))))))
    (drop (i32.load (i32.mul (local.get 0) (i32.const 20000)))))
  (func $middle (param i32) (loop (call $deep (local.get 0))))
  (func (export "run") (param i32) (call $f) (call $middle (local.get 0)) (nop)))`;

// Traps in the turn that the argument says, with a call below it.
const TURNS = `(module
  (func $loop (param i32) (local $i i32)
    (block $out (loop $l
      (br_if $out (i32.gt_u (local.get $i) (i32.const 12)))
      (drop (i32.div_u (i32.const 1) (i32.sub (local.get $i) (local.get 0))))
      (if (i32.eq (local.get $i) (i32.sub (local.get 0) (i32.const 20))) (then unreachable))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $l)))
    (if (i32.eq (local.get 0) (i32.const 15)) (then unreachable)))
  (func (export "run") (param i32) (nop) (call $loop (local.get 0)) (nop)))`;

Deno.test("originalOffset() finds a trap in any turn of an unrolled loop, and behind it", async () => {
  const module = await assemble(TURNS);
  const rewritten = rewrite(module, OPTIONS);
  ok(rewritten.bytes.length > module.length * 2);
  const epoch = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  const $rusm = { epoch, overrun: () => 0 };
  for (const argument of [0, 1, 2, 3, 4, 11, 15, 20, 21, 22, 23, 24]) {
    const plain = framesOf(module, {}, argument);
    const frames = framesOf(rewritten.bytes, { $rusm }, argument)
      .map((offset) => originalOffset(rewritten.offsets, offset));
    strictEqual(plain.length, 2);
    deepStrictEqual(frames, plain);
  }
});

Deno.test("originalOffset() finds each frame of a trap where it was in the original", async () => {
  const module = await assemble(TRAPS);
  const rewritten = rewrite(module, OPTIONS);
  const epoch = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 16 });
  const $rusm = { epoch, overrun: () => 0, "memory.0": memory };
  const env = { f() {} };
  for (const argument of [1, 2, 4]) {
    const plain = framesOf(module, { env }, argument);
    const frames = framesOf(rewritten.bytes, { env, $rusm }, argument)
      .map((offset) => originalOffset(rewritten.offsets, offset));
    strictEqual(plain.length, 3);
    deepStrictEqual(frames, plain);
  }
});

/** The offset of each frame, innermost first. */
function framesOf(
  module: Uint8Array<ArrayBuffer>,
  imports: WebAssembly.Imports,
  argument: number,
): number[] {
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(module),
    imports,
  );
  try {
    (exports.run as (argument: number) => void)(argument);
  } catch (error) {
    // The trap is what is looked at.
    const { stack } = error as Error;
    const frames = stack!.matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g);
    return [...frames].map(([, offset]) => parseInt(offset!, 16));
  }
  return [];
}
