/** An instance that was used before is no different from a new one. */

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";

import { Epoch } from "../epoch.ts";
import { assemble } from "../instrument/testdata/text.ts";
import {
  FUEL_STEPS,
  fuelExport,
  generated,
} from "../instrument/testdata/generate.ts";
import { RESET_EXPORT } from "../instrument/reserved.ts";
import { rewrite, type Rewritten } from "../instrument/rewrite.ts";
import { ownMemories } from "../instrument/testdata/run.ts";
import { LocalScheduler, moduleOf } from "../testdata/core/local_module.ts";
import {
  hasFirstSize,
  restoreMemory,
  restoreTables,
  saveMemory,
  saveTables,
  type TableImage,
} from "./image.ts";
import type { CoreModule } from "./module.ts";

const CAPS = {
  memoryBytesMax: 2 ** 20,
  tableEntriesMax: 1_000,
  bindsImports: true,
};

// Generated modules import what no guest can, so these are instantiated here,
// and put back by the same parts as in a pool.
class Life {
  readonly log: unknown[] = [];
  readonly exports: WebAssembly.Exports;
  readonly #memories: WebAssembly.Memory[];
  readonly #images;
  readonly #tables: TableImage;
  readonly #rewritten: Rewritten;
  readonly #imported = new WebAssembly.Memory({ initial: 1, maximum: 3 });

  constructor(rewritten: Rewritten) {
    this.#rewritten = rewritten;
    const own = ownMemories(rewritten);
    const log = (self: Life, value: number) => self.log.push(value) & 7;
    const imports = {
      env: { log, memory: this.#imported },
      $rusm: { epoch: new Epoch().memory, overrun: () => 0, ...own },
    };
    const module = new WebAssembly.Module(rewritten.bytes);
    this.exports = new WebAssembly.Instance(module, imports).exports;
    this.#memories = rewritten.memories.map(({ isOwn, field }) =>
      isOwn ? own[field]! : this.#imported
    );
    this.#images = this.#memories.map(saveMemory);
    this.#reset();
    this.#tables = saveTables(
      this.exports,
      rewritten as never as CoreModule,
    );
  }

  #reset(): void {
    (this.exports[RESET_EXPORT] as (self: Life) => void)(this);
  }

  /** Puts all back, if it can. */
  restore(): boolean {
    const { memories, isRestorable } = this.#rewritten;
    const isSame = this.#memories.every((memory, index) =>
      hasFirstSize(memory, memories[index]!)
    );
    if (!isRestorable || !isSame) return false;
    this.#memories.forEach((memory, index) =>
      restoreMemory(memory, this.#images[index]!)
    );
    this.#reset();
    restoreTables(this.#tables);
    this.log.length = 0;
    return true;
  }

  /** What can be seen after some calls. */
  trace(
    calls: Uint8Array,
    { signatures, fuel }: {
      signatures: readonly { params: readonly number[] }[];
      fuel: string;
    },
  ): unknown[] {
    const seen: unknown[] = [];
    for (const seed of calls) {
      (this.exports[fuel] as WebAssembly.Global).value = FUEL_STEPS;
      const index = seed % signatures.length;
      const args = signatures[index]!.params
        .map((type, nth) => type === 0x7e ? BigInt(seed + nth) : seed + nth);
      try {
        seen.push((this.exports[`f${index}`] as CallableFunction)(...args));
      } catch (error) {
        seen.push(String(error));
      }
    }
    for (const [name, value] of Object.entries(this.exports)) {
      if (value instanceof WebAssembly.Global) seen.push([name, value.value]);
      if (value instanceof WebAssembly.Table) seen.push([name, value.length]);
    }
    return [...seen, ...this.log, ...this.#memories.map(digest)];
  }
}

function digest({ buffer }: WebAssembly.Memory): unknown {
  const words = new Uint32Array(buffer);
  const hash = words.reduce(
    (sum, word) => Math.imul(sum ^ word, 0x01000193),
    7,
  );
  return [words.length, hash];
}

Deno.test("a recycled instance of any module does what a new one does, after any first life", () => {
  let restored = 0;
  const calls = fc.uint8Array({ minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(generated, calls, calls, (made, first, second) => {
      const rewritten = rewrite(made.module, CAPS);
      const fuel = fuelExport(new WebAssembly.Module(made.module));
      const plan = { signatures: made.signatures, fuel };
      const recycled = new Life(rewritten);
      recycled.trace(first, plan);
      if (!recycled.restore()) return;
      restored++;
      deepStrictEqual(
        recycled.trace(second, plan),
        new Life(rewritten).trace(second, plan),
      );
    }),
    { numRuns: 300 },
  );
  ok(restored > 100, `${restored}`);
});

// deno-fmt-ignore
const CORPUS: [name: string, text: string, isRecycled: boolean][] = [
  ["memory and segments", `(memory (export "memory") 1) (data (i32.const 8) "abc") (data (i32.const 65000) "z")
    (func $change (memory.fill (i32.const 0) (i32.const 9) (i32.const 65536)))
    (func $sum (result i32) (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 65000))))`, true],
  ["globals of all types", `(global $a (mut i32) (i32.const 1)) (global $b (mut i64) (i64.const 2)) (global $c (mut f32) (f32.const nan:0x200001))
    (global $v (mut v128) (v128.const i32x4 1 2 3 4)) (global $f (mut funcref) (ref.null func))
    (func $change (global.set $a (i32.const 9)) (global.set $b (i64.const 9)) (global.set $c (f32.const 9)) (global.set $v (v128.const i32x4 9 9 9 9)) (global.set $f (ref.func $sum)))
    (elem declare func $sum)
    (func $sum (result i32) (i32.add (i32.add (i32.add (global.get $a) (i32.reinterpret_f32 (global.get $c))) (i32x4.extract_lane 2 (global.get $v))) (ref.is_null (global.get $f))))`, true],
  ["a table that is written", `(table $t 4 funcref) (elem (i32.const 1) $one $one) (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
    (elem declare func $two)
    (func $change (table.set $t (i32.const 1) (ref.func $two)) (table.set $t (i32.const 3) (ref.func $two)) (table.set $t (i32.const 2) (ref.null func)))
    (func $sum (result i32) (i32.add (call_indirect $t (result i32) (i32.const 1)) (i32.add (ref.is_null (table.get $t (i32.const 3))) (ref.is_null (table.get $t (i32.const 2))))))`, true],
  ["a table of 64 bits that is written", `(table $t i64 2 funcref) (elem (i64.const 0) $sum) (func $change (table.set $t (i64.const 0) (ref.null func)))
    (func $sum (result i32) (ref.is_null (table.get $t (i64.const 0))))`, true],
  ["a start function", `(memory 1) (func $s (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))) (start $s)
    (func $change (i32.store (i32.const 0) (i32.const 99))) (func $sum (result i32) (i32.load (i32.const 0)))`, true],
  ["a memory that grows", `(memory 1 4) (func $change (i32.store (i32.const 0) (i32.const 9)) (drop (memory.grow (i32.const 1))))
    (func $sum (result i32) (i32.add (memory.size) (i32.load (i32.const 0))))`, false],
  ["segments that are dropped", `(memory 1) (data $d "abcd") (func $change (memory.init $d (i32.const 9) (i32.const 0) (i32.const 4)) (data.drop $d))
    (func $sum (result i32) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 4)) (i32.add (i32.load (i32.const 0)) (i32.load (i32.const 9))))`, true],
  ["segments of elements that are dropped", `(table $t 4 funcref) (elem $e funcref (ref.func $one)) (elem $f func $one) (func $one (result i32) (i32.const 1))
    (func $change (table.init $t $e (i32.const 2) (i32.const 0) (i32.const 1)) (elem.drop $e) (elem.drop $f))
    (func $sum (result i32) (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)) (table.init $t $f (i32.const 1) (i32.const 0) (i32.const 1))
      (i32.add (call_indirect $t (result i32) (i32.const 0)) (i32.add (call_indirect $t (result i32) (i32.const 1)) (ref.is_null (table.get $t (i32.const 2))))))`, true],
  ["a table that grows", `(table $t 1 10 funcref) (func $change (drop (table.grow $t (ref.null func) (i32.const 3)))) (func $sum (result i32) (table.size $t))`, false],
  ["a memory of 64 bits", `(memory i64 1) (func $change (i32.store (i64.const 7) (i32.const 9))) (func $sum (result i32) (i32.load (i64.const 7)))`, true],
];

for (const [name, text, isRecycled] of CORPUS) {
  Deno.test(`InstancePool hands out instances as new, with ${name}`, async () => {
    // The second life ends by a trap when it sees anything of the first one.
    const plain = await assemble(
      `(module ${text} (export "sum" (func $sum)))`,
    );
    const { exports } = (await WebAssembly.instantiate(plain)).instance;
    const sum = (exports["sum"] as () => number)();
    const module = await moduleOf(`${text}
      (func (export "first") (call $change))
      (func (export "second") (if (i32.ne (call $sum) (i32.const ${sum})) (then unreachable)) (call $change))`);
    for (let life = 0; life < 5; life++) {
      strictEqual(await module.run("first"), "normal");
      strictEqual(module.pool.idleCount, Number(isRecycled));
      strictEqual(await module.run("second"), "normal");
    }
  });
}

for (const isRestorable of [true, false]) {
  Deno.test(`10,000 lives see no secret of another, ${isRestorable ? "recycled" : "with memories that are zeroed"}`, async () => {
    const scheduler = new LocalScheduler();
    // Its secret is its pid, all over the memory, in a global and in a table.
    const grow = "(drop (table.grow $t (ref.null func) (i32.const 0)))";
    const spoil = isRestorable ? "" : grow;
    const module = await scheduler.module(
      `(memory 1) (data $d "x") (global $g (mut i64) (i64.const 0)) (table $t 8 funcref)
      (elem declare func $leave)
      (func $leave (local $at i32)
        (global.set $g (call $own_pid)) (table.fill $t (i32.const 0) (ref.func $leave) (i32.const 8)) ${spoil}
        (loop $l (i64.store (local.get $at) (i64.add (call $own_pid) (i64.const 1)))
          (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 512))) (i32.const 65536)))))
      (func (export "run") (local $at i32)
        (if (i64.ne (global.get $g) (i64.const 0)) (then unreachable))
        (loop $l (if (i32.eqz (ref.is_null (table.get $t (local.get $at)))) (then unreachable))
          (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 8))))
        (local.set $at (i32.const 0))
        (loop $l (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then unreachable))
          (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 65536))))
        (call $leave))`,
    );
    for (let round = 0; round < 100; round++) {
      const lives = Array.from({ length: 100 }, () => module.run());
      for (const reason of await Promise.all(lives)) {
        strictEqual(reason, "normal");
      }
    }
    strictEqual(module.pool.idleCount, Number(isRestorable));
  });
}
