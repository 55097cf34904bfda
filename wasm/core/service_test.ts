/** Services: with an instance between two messages, and without. */

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";

import { formatReason } from "@rusm/otp";
import {
  LocalScheduler,
  Probe,
  settle,
} from "../testdata/core/local_module.ts";

// Keeps sums of all types, a memory that it grows, and a log of what it was sent.
const SERVICE =
  `(memory (export "memory") 1 4) (data (i32.const 100) "probe") (data (i32.const 4000) "\\01\\02\\03\\04")
  (global $i (mut i32) (i32.const 1)) (global $l (mut i64) (i64.const 1)) (global $f (mut f32) (f32.const 0.5)) (global $d (mut f64) (f64.const -0.0))
  (global $at (mut i32) (i32.const 3996))
  (func $s (i32.store (i32.const 200) (i32.add (i32.load (i32.const 200)) (i32.const 1)))) (start $s)
  (func (export "rusm_message") (result i32) (local $byte i32)
    (drop (call $receive (i32.const 0) (i32.const 8)))
    (local.set $byte (i32.load8_u (i32.const 0)))
    (global.set $i (i32.mul (i32.add (global.get $i) (local.get $byte)) (i32.const 31)))
    (global.set $l (i64.add (i64.mul (global.get $l) (i64.const -3037000500)) (i64.extend_i32_u (local.get $byte))))
    (global.set $f (f32.mul (global.get $f) (f32.const 1.1)))
    (global.set $d (f64.sub (global.get $d) (f64.convert_i32_u (local.get $byte))))
    (if (i32.eq (local.get $byte) (i32.const 200)) (then
      (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then (global.set $at (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 8)))))))
    (if (i32.eq (local.get $byte) (i32.const 201)) (then (memory.fill (i32.const 4000) (i32.const 0) (i32.const 4))))
    (if (i32.eq (local.get $byte) (i32.const 202)) (then unreachable))
    (i32.store (global.get $at) (i32.add (i32.load (global.get $at)) (local.get $byte)))
    (i32.store (i32.const 16) (global.get $i)) (i64.store (i32.const 24) (global.get $l))
    (f32.store (i32.const 32) (global.get $f)) (f64.store (i32.const 40) (global.get $d))
    (i32.store (i32.const 48) (i32.load (global.get $at))) (i32.store (i32.const 52) (memory.size)) (i32.store (i32.const 56) (i32.load (i32.const 4000)))
    (i32.store (i32.const 60) (i32.load (i32.const 200)))
    (call $send (call $whereis (i32.const 100) (i32.const 5)) (i32.const 16) (i32.const 48))
    (i32.eq (local.get $byte) (i32.const 203)))`;

/** What a service answers, and how it ends. */
async function answersOf(
  messages: readonly number[],
  alwaysHibernates: boolean,
): Promise<unknown[]> {
  const scheduler = new LocalScheduler();
  const module = await scheduler.module(SERVICE);
  module.alwaysHibernates = alwaysHibernates;
  const probe = new Probe(scheduler);
  const handle = module.spawn("service");
  const seen: unknown[] = [];
  let reason: string | undefined;
  handle.join().then((end) => reason = formatReason(end));
  for (const byte of messages) {
    await Promise.resolve();
    scheduler.runtime.send(handle.pid, Uint8Array.of(byte));
    const answer = await Promise.race([probe.next(), handle.join()]);
    seen.push(
      answer instanceof Uint8Array
        ? [...answer]
        : formatReason(answer as never),
    );
    if (reason !== undefined || byte > 201) break;
  }
  if (
    alwaysHibernates && reason === undefined &&
    messages.every((byte) => byte < 202)
  ) {
    await settle();
    strictEqual(module.pool.outCount, 0);
  }
  handle.kill();
  await settle();
  strictEqual(module.pool.outCount, 0);
  probe.close();
  return [...seen, await handle.join()];
}

Deno.test("hibernating between any two messages never changes what a service answers", async () => {
  const byte = fc.oneof(
    { weight: 4, arbitrary: fc.nat(199) },
    { weight: 2, arbitrary: fc.constantFrom(200, 201) },
    { weight: 1, arbitrary: fc.constantFrom(202, 203) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(byte, { maxLength: 12 }), async (messages) => {
      deepStrictEqual(
        await answersOf(messages, true),
        await answersOf(messages, false),
      );
    }),
    { numRuns: 25 },
  );
});

// deno-fmt-ignore
const ENDS: [name: string, text: string, reason: string][] = [
  ["returns anything but 0", `(func (export "rusm_message") (result i32) (i32.const 2))`, "normal"],
  ["does not take its message", `(global $n (mut i32) (i32.const 0)) (func (export "rusm_message") (result i32)
    (global.set $n (i32.add (global.get $n) (i32.const 1))) (i32.eq (global.get $n) (i32.const 3)))`, "normal"],
  ["waits for a second message", `(memory 1) (func (export "rusm_message") (result i32)
    (drop (call $receive (i32.const 0) (i32.const 9))) (drop (call $receive (i32.const 0) (i32.const 9))) (i32.load8_u (i32.const 0)))`, "normal"],
  ["traps", `(func (export "rusm_message") (result i32) unreachable)`, "crashed: RuntimeError: unreachable"],
  ["has no such function", `(func (export "run"))`, "crashed: TypeError: Cannot find an exported function without parameters: rusm_message"],
];

for (const [name, text, reason] of ENDS) {
  for (const alwaysHibernates of [true, false]) {
    Deno.test(`a service ends rightly that ${name}, ${alwaysHibernates ? "hibernating" : "sitting"}`, async () => {
      const module = await new LocalScheduler().module(text);
      module.alwaysHibernates = alwaysHibernates;
      const handle = module.spawn("service");
      for (const byte of [1, 2, 3]) {
        await settle();
        module.scheduler.runtime.send(handle.pid, Uint8Array.of(byte));
      }
      strictEqual(formatReason(await handle.join()), reason);
      strictEqual(module.pool.outCount, 0);
    });
  }
}

// deno-fmt-ignore
const KEPT: [name: string, globals: string, change: string][] = [
  ["a vector", "(global $g (mut v128) (v128.const i32x4 0 0 0 0))", ""],
  ["a reference", "(global $g (mut funcref) (ref.null func))", ""],
  ["what is not a number", "(global $g (mut f64) (f64.const 0))", "(global.set $g (f64.const nan:0x8000000000123))"],
  ["a segment that it drops", `(data $d "x")`, "(data.drop $d)"],
  ["a table that is written", "(table $t 1 funcref)", "(table.set $t (i32.const 0) (ref.null func))"],
];

for (const [name, globals, change] of KEPT) {
  Deno.test(`a service keeps its instance that has ${name}`, async () => {
    const module = await new LocalScheduler().module(
      `${globals} (func (export "rusm_message") (result i32) ${change} (i32.const 0))`,
    );
    module.alwaysHibernates = true;
    const handle = module.spawn("service");
    for (let count = 0; count < 3; count++) {
      module.scheduler.runtime.send(handle.pid, "x");
      await settle();
    }
    strictEqual(module.pool.outCount, 1);
    handle.kill();
    await settle();
    strictEqual(module.pool.outCount, 0);
  });
}

Deno.test("a killed service that hibernates leaves nothing", async () => {
  const module = await new LocalScheduler().module(SERVICE);
  module.alwaysHibernates = true;
  const handle = module.spawn("service");
  await settle();
  strictEqual(module.pool.outCount, 0);
  handle.kill();
  strictEqual(await handle.join(), "killed");
  await settle();
  ok(module.scheduler.runQueue.tryEnter());
});
