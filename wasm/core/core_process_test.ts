/** How processes of core modules run and end. */

import { deepStrictEqual, ok, strictEqual } from "node:assert";

import { formatReason } from "@rusm/otp";
import {
  LocalScheduler,
  moduleOf,
  Probe,
  settle,
} from "../testdata/core/local_module.ts";

const MEMORY = `(memory (export "memory") 1)`;
const RECEIVE = "(drop (call $receive (i32.const 0) (i32.const 16)))";

// deno-fmt-ignore
const ENDS: [name: string, text: string, reason: string | RegExp][] = [
  ["returns", `(func (export "run"))`, "normal"],
  ["returns a value", `(func (export "run") (result i64) (i64.const 7))`, "normal"],
  ["traps", `(func (export "run") unreachable)`, "crashed: RuntimeError: unreachable"],
  ["throws", `(tag $t) (func (export "run") (throw $t))`, /^crashed: /],
  ["overflows its stack", `(func $f (export "run") (call $f) (call $f))`, /^crashed: RangeError: Maximum call stack/],
  ["has no such export", `(func (export "ran"))`, /^crashed: TypeError: Cannot find an exported function without parameters: run$/],
  ["exports a memory by that name", `(memory (export "run") 1)`, /^crashed: TypeError: Cannot find/],
  ["exports a function with parameters", `(func (export "run") (param i64))`, /^crashed: TypeError: Cannot find/],
  ["exports a host function", `(export "run" (func $notify))`, "normal"],
  ["runs a start function first", `${MEMORY} (func $s (i32.store (i32.const 0) (i32.const 7))) (start $s)
    (func (export "run") (if (i32.ne (i32.load (i32.const 0)) (i32.const 7)) (then unreachable)))`, "normal"],
  ["traps in its start function", `(func $s unreachable) (start $s) (func (export "run"))`, "crashed: RuntimeError: unreachable"],
  ["has a segment that does not fit", `(memory 1) (data (i32.const 65535) "ab") (func (export "run"))`, /^crashed: RuntimeError: .*segment/],
  ["calls the host without a memory", `(func (export "run") ${RECEIVE})`, /^crashed: TypeError: Cannot reach a memory that a module does not have/],
];

for (const [name, text, expected] of ENDS) {
  Deno.test(`CoreProcess ends rightly when a guest ${name}`, async () => {
    const module = await moduleOf(text);
    for (const life of [1, 2]) {
      const reason = formatReason(await module.run());
      if (typeof expected === "string") {
        strictEqual(reason, expected, `${life}`);
      } else ok(expected.test(reason), reason);
    }
    strictEqual(module.pool.outCount, 0);
    strictEqual(module.scheduler.runQueue.tryEnter(), true);
  });
}

for (const reserved of ["$rusm.reset", "$rusm.start"]) {
  Deno.test(`CoreProcess does not run ${reserved}`, async () => {
    const module = await moduleOf(`(func $s) (start $s)`);
    const reason = formatReason(await module.run(reserved));
    ok(reason.endsWith(`without parameters: ${reserved}`), reason);
  });
}

Deno.test("CoreProcess receives in its start function", async () => {
  const module = await moduleOf(`${MEMORY} (func $s ${RECEIVE}) (start $s)
    (func (export "run") (if (i32.ne (i32.load8_u (i32.const 0)) (i32.const 9)) (then unreachable)))`);
  const handle = module.spawn();
  await settle();
  module.scheduler.runtime.send(handle.pid, Uint8Array.of(9));
  strictEqual(await handle.join(), "normal");
});

// Whatever the host throws, these try to go on.
// deno-fmt-ignore
const CATCHERS: [name: string, text: string][] = [
  ["catches all once", `(func (export "run") (try (do ${RECEIVE}) (catch_all)) (call $send (call $whereis (i32.const 100) (i32.const 5)) (i32.const 0) (i32.const 1)))`],
  ["catches all for ever", `(func (export "run") (loop $l (try (do ${RECEIVE}) (catch_all)) (br $l)))`],
  ["catches all in a table for ever", `(func (export "run") (loop $l (block $h (try_table (catch_all $h) ${RECEIVE})) (br $l)))`],
  ["only receives", `(func (export "run") ${RECEIVE})`],
  ["receives in its start function", `(func $s (try (do ${RECEIVE}) (catch_all))) (start $s) (func (export "run") ${RECEIVE})`],
];

for (const [name, text] of CATCHERS) {
  Deno.test(`stop() ends a guest that waits and ${name}`, async () => {
    const module = await moduleOf(
      `${MEMORY} (data (i32.const 100) "probe") ${text}`,
    );
    const { scheduler, pool } = module;
    const probe = new Probe(scheduler);
    const handle = module.spawn();
    await settle();
    strictEqual(pool.outCount, 1);
    handle.kill();
    strictEqual(await handle.join(), "killed");
    await settle();
    strictEqual(pool.outCount, 0);
    strictEqual(probe.waitingCount, 0);
    strictEqual(pool.idleCount, 1);
    strictEqual(scheduler.runQueue.tryEnter(), true);
    probe.close();
  });
}

Deno.test("a guest cannot catch what a host function throws", async () => {
  const module = await moduleOf(`${MEMORY} (func (export "run")
    (try (do (call $set_label (i32.const -1) (i32.const 2))) (catch_all)))`);
  strictEqual(
    formatReason(await module.run()),
    "crashed: RangeError: Cannot reach outside of the memory of 65536 bytes: 4294967295 to 4294967297",
  );
});

Deno.test("stop() ends a guest that kills itself at once", async () => {
  const module = await moduleOf(
    `${MEMORY} (data (i32.const 100) "probe") (func (export "run")
    (drop (call $kill (call $own_pid)))
    (call $send (call $whereis (i32.const 100) (i32.const 5)) (i32.const 0) (i32.const 1)))`,
  );
  const probe = new Probe(module.scheduler);
  strictEqual(await module.run(), "killed");
  await settle();
  strictEqual(probe.waitingCount, 0);
  strictEqual(module.pool.outCount, 0);
  probe.close();
});

Deno.test("stop() ends a guest whose start function kills it before its entry runs", async () => {
  const module = await moduleOf(`${MEMORY} (data (i32.const 100) "probe")
    (func $s (drop (call $kill (call $own_pid)))) (start $s)
    (func (export "run") (call $send (call $whereis (i32.const 100) (i32.const 5)) (i32.const 0) (i32.const 1)))`);
  const probe = new Probe(module.scheduler);
  strictEqual(await module.run(), "killed");
  await settle();
  strictEqual(probe.waitingCount, 0);
  probe.close();
});

Deno.test("stop() ends a process that waits for its turn, and takes no instance", async () => {
  const module = await moduleOf(`(func (export "run"))`);
  const { runQueue } = module.scheduler;
  ok(runQueue.tryEnter());
  const handle = module.spawn();
  await settle();
  strictEqual(runQueue.waitingCount, 1);
  handle.kill();
  runQueue.leave();
  await settle();
  strictEqual(module.pool.idleCount, 0);
  ok(runQueue.tryEnter());
});

Deno.test("stop() ends a process before its first turn", async () => {
  const module = await moduleOf(`(func (export "run"))`);
  const handle = module.spawn();
  handle.kill();
  strictEqual(await handle.join(), "killed");
  await settle();
  strictEqual(module.pool.idleCount, 0);
});

Deno.test("receive() resumes a guest only with its turn", async () => {
  const scheduler = new LocalScheduler();
  const module = await scheduler.module(
    `${MEMORY} (func (export "run") ${RECEIVE})`,
  );
  const handles = [module.spawn(), module.spawn(), module.spawn()];
  await settle();
  const { runQueue, runtime } = scheduler;
  ok(runQueue.tryEnter());
  const ended: number[] = [];
  handles.forEach((handle, index) =>
    void handle.join().then(() => ended.push(index))
  );
  for (const { pid } of handles.toReversed()) runtime.send(pid, "x");
  await settle();
  deepStrictEqual(ended, []);
  strictEqual(runQueue.waitingCount, 3);
  runQueue.leave();
  await settle();
  // In the order in which their messages came.
  deepStrictEqual(ended, [2, 1, 0]);
});
