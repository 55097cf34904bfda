/** Whatever runs for ever is asked again and again whether it may go on. */

import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";

import { promising, suspending } from "../fiber.ts";
import { rewrite } from "./rewrite.ts";
import { body, exported, moduleOf, section } from "./testdata/bytes.ts";
import { ownMemories } from "./testdata/run.ts";
import { assemble } from "./testdata/text.ts";

const MEMORY_BYTES_MAX = 2 ** 20;

/** Runs `check` while a Worker moves the epoch on. */
async function withTicker(
  check: (epoch: WebAssembly.Memory) => void | Promise<void>,
): Promise<void> {
  const epoch = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  const url = new URL("./testdata/ticker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const ended = new Promise((resolve) => worker.onmessage = resolve);
  worker.postMessage({ epoch: epoch.buffer });
  try {
    await check(epoch);
  } finally {
    const words = new Int32Array(epoch.buffer);
    Atomics.store(words, 1, 1);
    Atomics.notify(words, 1);
    await ended;
    worker.terminate();
  }
}

function exportsOf(
  module: Uint8Array<ArrayBuffer>,
  epoch: WebAssembly.Memory,
  overrun: WebAssembly.ImportValue,
): Record<string, () => void> {
  const rewritten = rewrite(module, {
    memoryBytesMax: MEMORY_BYTES_MAX,
    tableEntriesMax: 10_000_000,
  });
  const imports = { $rusm: { epoch, overrun, ...ownMemories(rewritten) } };
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(rewritten.bytes),
    imports,
  );
  return exports as Record<string, () => void>;
}

const TABLE =
  "(type $t (func)) (table 2 funcref) (elem (i32.const 0) $run $other)";

// deno-fmt-ignore
const ENDLESS: [name: string, text: string][] = [
  ["a loop", `(func $run (export "run") (loop (br 0)))`],
  ["a loop of a conditional branch", `(func $run (export "run") (loop (br_if 0 (i32.const 1))))`],
  ["a loop of a branch table", `(func $run (export "run") (loop (br_table 0 0 (i32.const 1))))`],
  ["a loop from within blocks", `(func $run (export "run") (loop $l (block (if (i32.const 1) (then (br $l))))))`],
  ["a loop with values", `(func $run (export "run") (i32.const 1) (loop (param i32) (br 0 (i32.const 2))))`],
  ["loops in loops", `(func $run (export "run") (local $i i32) (loop $o (local.set $i (i32.const 9)) (loop $i (br_if $i (local.tee $i (i32.sub (local.get $i) (i32.const 1))))) (br $o)))`],
  ["a tail call of itself", `(func $run (export "run") (return_call $run))`],
  ["tail calls of each other", `(func $run (export "run") (return_call $other)) (func $other (return_call $run))`],
  ["an indirect tail call", `${TABLE} (func $run (export "run") (return_call_indirect (type $t) (i32.const 0))) (func $other)`],
  ["indirect tail calls of each other", `${TABLE} (func $run (export "run") (return_call_indirect (type $t) (i32.const 1))) (func $other (return_call_indirect (type $t) (i32.const 0)))`],
  ["recursion that branches", `(func $fib (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 1))))) (else (i32.const 1)))) (func $run (export "run") (drop (call $fib (i32.const 60))))`],
  ["a loop that calls a leaf", `(func $leaf) (func $run (export "run") (loop (call $leaf) (br 0)))`],
  ["a loop that catches all", `(func $run (export "run") (loop (try (do (loop (br 0))) (catch_all)) (br 0)))`],
  ["a loop that catches all, in a table", `(func $run (export "run") (loop $l (block $h (try_table (catch_all $h) (loop (br 0)))) (br $l)))`],
  ["long instructions in a row", `(memory 16) (func $run (export "run") ${"(memory.fill (i32.const 0) (i32.const 1) (i32.const 1048576))".repeat(20_000)})`],
];

for (const [name, text] of ENDLESS) {
  Deno.test(`rewrite() lets ${name} be asked again and again, and be ended`, async () => {
    const module = await assemble(`(module ${text})`);
    await withTicker((epoch) => {
      let asked = 0;
      const { run } = exportsOf(module, epoch, () => ++asked < 4 ? 0 : 1);
      throws(run!, /RuntimeError: unreachable/);
      strictEqual(asked, 4);
    });
  });
}

Deno.test("rewrite() lets a tail call of a reference be asked again and again, and be ended", () =>
  withTicker((epoch) => {
    const module = moduleOf(
      section(1, [0x60, 0, 0]),
      section(3, [0]),
      section(7, exported("run", 0, 0)),
      section(10, body([0xd2, 0, 0x15, 0])),
    );
    let asked = 0;
    const { run } = exportsOf(module, epoch, () => ++asked < 4 ? 0 : 1);
    throws(run!, /RuntimeError: unreachable/);
    strictEqual(asked, 4);
  }));

Deno.test("rewrite() lets a loop be parked, go on, and be ended while it is parked", async () => {
  const module = await assemble(`(module (func (export "run") (loop (br 0))))`);
  await withTicker(async (epoch) => {
    const verdicts: number[] = [];
    const overrun = suspending(async () => {
      await Promise.resolve();
      return verdicts.push(0) < 3 ? 0 : 1;
    });
    const { run } = exportsOf(module, epoch, overrun);
    await rejects(promising(run!)(), /RuntimeError: unreachable/);
    deepStrictEqual(verdicts, [0, 0, 0]);
  });
});

Deno.test("rewrite() asks nothing while the epoch stands still", async () => {
  const module = await assemble(`(module (func (export "run") (local $i i32)
    (loop (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10000))))))`);
  const epoch = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  let asked = 0;
  const { run } = exportsOf(module, epoch, () => {
    asked++;
    return 0;
  });
  run!();
  strictEqual(asked, 0);
  new Int32Array(epoch.buffer)[0] = -1;
  run!();
  run!();
  strictEqual(asked, 1);
});

// deno-fmt-ignore
const SIZES: [name: string, text: string, checks: number][] = [
  ["a short leaf", "(func (nop))", 0],
  ["three kilobytes in a row", `(func ${"(nop)".repeat(3 * 1024)})`, 3],
  ["a loop of three kilobytes", `(func (loop ${"(nop)".repeat(3 * 1024)}))`, 4],
  ["a loop that is unrolled", "(func (local i32) (loop (br_if 0 (local.get 0))))", 1],
  ["a kilobyte in a row behind a loop that is not", `(func (local i32) (loop ${"(nop)".repeat(100)}) ${"(nop)".repeat(850)})`, 2],
  ["a kilobyte in a row behind a loop that is unrolled", `(func (local i32) (loop ${"(nop)".repeat(100)} (br_if 0 (local.get 0))) ${"(nop)".repeat(850)})`, 3],
  ["a function that grows its memory", "(memory 1) (func (drop (memory.grow (i32.const 0))))", 1],
  ["twenty calls in a row", `(func $f) (func ${"(call $f)".repeat(20)})`, 2],
  ["a long leaf", `(func ${"(nop)".repeat(130)})`, 1],
  ["a function that calls", "(func $f (call $f))", 1],
  ["a leaf with a loop", "(func (loop (nop)))", 1],
  ["a function with two loops that calls", "(func $f (loop (loop (call $f))))", 3],
];

for (const [name, text, checks] of SIZES) {
  Deno.test(`rewrite() puts ${checks} checks into ${name}`, async () => {
    const module = await assemble(`(module ${text})`);
    const { bytes } = rewrite(module, {
      memoryBytesMax: MEMORY_BYTES_MAX,
      tableEntriesMax: 10_000_000,
    });
    strictEqual(countOf(bytes, [0x41, 0x00, 0x28, 0x42]), checks + 1);
  });
}

// Of the instruction that loads the epoch; the function that checks call has one too.
function countOf(bytes: Uint8Array, pattern: number[]): number {
  return bytes.filter((_, at) =>
    pattern.every((byte, nth) => bytes[at + nth] === byte)
  ).length;
}
