import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import { assemble } from "../testdata/wat.ts";
import { NotRewritable } from "./errors.ts";
import { capMemory, PAGE_BYTES } from "./memory_cap.ts";

interface Grower {
  memory: WebAssembly.Memory;
  grow(pages: number): number;
}

async function growerOf(limits: string, capPages: number): Promise<Grower> {
  const module = await assemble(`(module
    (memory (export "memory") ${limits})
    (func (export "grow") (param i32) (result i32)
      (memory.grow (local.get 0))))`);
  const capped = capMemory(module, capPages * PAGE_BYTES);
  const { instance } = await WebAssembly.instantiate(capped);
  return instance.exports as unknown as Grower;
}

// deno-fmt-ignore
const CAPS: [limits: string, capPages: number, pagesMax: number][] = [
  // declared  cap  grows to
  ["1",        3,   3],
  ["1 2",      3,   2],
  ["1 9",      3,   3],
  ["3",        3,   3],
  ["0",        1,   1],
  ["1 65536",  200, 200],
];

for (const [limits, capPages, pagesMax] of CAPS) {
  Deno.test(`capMemory() of ${limits} at ${capPages} lets it grow to ${pagesMax} pages`, async () => {
    const { memory, grow } = await growerOf(limits, capPages);
    const pages = memory.buffer.byteLength / PAGE_BYTES;
    strictEqual(grow(pagesMax - pages + 1), -1);
    strictEqual(grow(pagesMax - pages), pages);
    strictEqual(grow(1), -1);
    strictEqual(memory.buffer.byteLength, pagesMax * PAGE_BYTES);
  });
}

Deno.test("capMemory() keeps the module valid and its cap exact", async () => {
  const range = fc.tuple(fc.nat(400), fc.option(fc.nat(400)), fc.nat(600));
  await fc.assert(
    fc.asyncProperty(range, async ([pages, more, capPages]) => {
      fc.pre(pages <= capPages);
      const limits = more === null ? `${pages}` : `${pages} ${pages + more}`;
      const { grow } = await growerOf(limits, capPages);
      const pagesMax = Math.min(capPages, pages + (more ?? Infinity));
      strictEqual(grow(pagesMax - pages + 1), -1);
      strictEqual(grow(pagesMax - pages), pages);
    }),
    { numRuns: 40 },
  );
});

Deno.test("capMemory() rounds down to whole pages, and leaves its argument alone", async () => {
  const module = await assemble(`(module (memory 1 9))`);
  const before = module.slice();
  const capped = capMemory(module, 3 * PAGE_BYTES - 1);
  deepStrictEqual(capped, await assemble(`(module (memory 1 2))`));
  deepStrictEqual(module, before);
});

// deno-fmt-ignore
const REFUSED: [name: string, text: string, message: RegExp][] = [
  ["no memory", "(module)", /without a memory: memory section, offset 0$/],
  ["an imported memory", `(module (import "a" "b" (memory 1)))`, /without a memory: memory section, offset 0$/],
  ["two memories", "(module (memory 1) (memory 1))", /one plain 32-bit memory: memory section, offset 10$/],
  ["a shared memory", "(module (memory 1 2 shared))", /one plain 32-bit memory: memory section, offset 10$/],
  ["a 64-bit memory", "(module (memory i64 1))", /one plain 32-bit memory: memory section, offset 10$/],
  ["a memory above the cap", "(module (memory 5))", /5 pages at 4 pages: memory section, offset 11$/],
];

for (const [name, text, message] of REFUSED) {
  Deno.test(`capMemory() refuses ${name}`, async () => {
    const module = await assemble(text);
    throws(
      () => capMemory(module, 4 * PAGE_BYTES),
      (error: Error) =>
        error instanceof NotRewritable &&
        message.test(error.message),
    );
  });
}

Deno.test("capMemory() of a mutilated module gives a module or a NotRewritable", async () => {
  const module = await assemble(
    `(module (memory 1 2) (func (export "f") (result i32) memory.size))`,
  );
  const edit = fc.tuple(fc.nat(module.length - 1), fc.integer({ max: 255 }));
  fc.assert(
    fc.property(fc.array(edit), fc.nat(module.length), (edits, length) => {
      const mutilated = module.slice(0, length);
      for (const [at, byte] of edits) mutilated[at % length] = byte;
      try {
        capMemory(mutilated, 4 * PAGE_BYTES);
      } catch (error) {
        ok(error instanceof NotRewritable, String(error));
        ok(error.offset <= module.length, error.message);
      }
    }),
    { numRuns: 500 },
  );
});
