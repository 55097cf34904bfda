/** Rewritten modules as bytes, and what tells one rewriter from the next. */

import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";

import { rewrite } from "../instrument/rewrite.ts";
import { generated } from "../instrument/testdata/generate.ts";
import { assemble } from "../instrument/testdata/text.ts";
import { decodeStored, encodeStored, STORED_VERSION } from "./stored_module.ts";

const CAPS = { memoryBytesMax: 2 ** 24, tableEntriesMax: 1_000 };

// What random modules do not have.
const TEXTS = [
  `(func $s) (start $s) (func (export "run") (call $s))`,
  `(memory 1 2) (data $d "x") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $d))
   (func (memory.fill (i32.const 0) (i32.const 0) (memory.grow (i32.const 1))))`,
  `(table $t 2 funcref) (elem $e func $f) (func $f (elem.drop $e) (table.set $t (i32.const 0) (ref.func $f)))
   (func (drop (table.grow $t (ref.null func) (i32.const 1))))`,
  `(tag $e) (func (try (do (throw $e)) (catch_all))) (func $t (return_call $t))`,
  `(memory i64 1) (memory 1) (global $g (mut v128) (v128.const i64x2 1 2)) (global (mut externref) (ref.null extern))`,
  `(memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0))))`,
  `(import "env" "memory" (memory 1)) (import "env" "f" (func $f)) (import "env" "g" (global i32)) (elem declare func $f)
   (func (param i32) (loop $l (call $f) (br_if $l (local.get 0))) (loop (loop)))
   (func (param i32) (local $i i32) (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_s (local.get $i) (i32.const 10)))))`,
];

async function corpus(): Promise<Uint8Array<ArrayBuffer>[]> {
  const random = fc.sample(generated, { seed: 1, numRuns: 60 });
  const url = import.meta.resolve("quickjs-wasi/quickjs.wasm");
  return [
    ...await Promise.all(
      TEXTS.map((text) => assemble(`(module ${text})`, true)),
    ),
    ...random.map(({ module }) => module),
    await Deno.readFile(new URL(url)),
  ];
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

Deno.test("STORED_VERSION is that of what the rewriter makes", async () => {
  const digests: number[] = [];
  for (const module of await corpus()) {
    for (const bindsImports of [false, true, [true, false]]) {
      const rewritten = rewrite(module, { ...CAPS, bindsImports });
      digests.push(...await digestOf(await encodeStored("", rewritten)));
    }
  }
  const digest = await digestOf(new Uint8Array(digests));
  strictEqual(
    STORED_VERSION,
    digest.toHex().slice(0, 16),
    "The rewriter has changed: set STORED_VERSION to what is expected here, so that nobody uses what older ones made",
  );
});

Deno.test("decodeStored() gives what encodeStored() was given", async () => {
  for (const module of await corpus()) {
    const rewritten = rewrite(module, CAPS);
    const stored = await encodeStored("key", rewritten);
    deepStrictEqual(await decodeStored("key", stored), rewritten);
  }
});

Deno.test("decodeStored() copies the offsets, which are posted, and nothing else with them", async () => {
  const [module] = await corpus();
  const stored = await encodeStored("key", rewrite(module!, CAPS));
  const { original, rewritten } = (await decodeStored("key", stored))!.offsets;
  strictEqual(original.buffer.byteLength, original.byteLength);
  strictEqual(rewritten.buffer.byteLength, rewritten.byteLength);
});

Deno.test("decodeStored() gives nothing when a bit differs, a part is missing, or the key is another", async () => {
  const [module] = await corpus();
  const stored = await encodeStored("key", rewrite(module!, CAPS));
  strictEqual(await decodeStored("other", stored), undefined);
  await fc.assert(
    fc.asyncProperty(fc.nat(stored.length * 8 - 1), async (bit) => {
      const broken = stored.slice();
      broken[bit >> 3]! ^= 1 << (bit & 7);
      strictEqual(await decodeStored("key", broken), undefined);
      const cut = stored.slice(0, bit >> 3);
      strictEqual(await decodeStored("key", cut), undefined);
    }),
  );
});
