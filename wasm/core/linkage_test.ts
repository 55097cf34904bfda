import { deepStrictEqual, strictEqual } from "node:assert";

import {
  LocalScheduler,
  moduleOf,
  Probe,
  settle,
} from "../testdata/core/local_module.ts";

// Sends the 8 bytes at 0, which hold a pid, to the probe.
const TELL = `
  (memory 1 1) (data (i32.const 16) "probe")
  (func $tell (param $pid i64)
    (i64.store (i32.const 0) (local.get $pid))
    (call $send (call $whereis (i32.const 16) (i32.const 5)) (i32.const 0) (i32.const 8)))
  (type $pid (func (result i64)))`;

// deno-fmt-ignore
const WAYS: [way: string, text: string][] = [
  ["is called", `(func (export "run") (call $tell (call $own_pid)))`],
  ["is called through a table", `(table 2 funcref) (elem (i32.const 1) $own_pid)
    (func (export "run") (call $tell (call_indirect (type $pid) (i32.const 1))))`],
  ["is put into a table by a reference", `(table $t 1 funcref) (elem declare func $own_pid)
    (func (export "run") (table.set $t (i32.const 0) (ref.func $own_pid))
      (call $tell (call_indirect $t (type $pid) (i32.const 0))))`],
  ["is called last", `(func $last (result i64) (return_call $own_pid))
    (func (export "run") (call $tell (call $last)))`],
  ["is held by a global", `(table $t 1 funcref) (global $g funcref (ref.func $own_pid))
    (func (export "run") (table.set $t (i32.const 0) (global.get $g))
      (call $tell (call_indirect $t (type $pid) (i32.const 0))))`],
  ["is exported too", `(export "pid" (func $own_pid)) (func (export "run") (call $tell (call $own_pid)))`],
  ["is called in the start function", `(global $g (mut i64) (i64.const 0))
    (func $start (global.set $g (call $own_pid))) (start $start)
    (func (export "run") (call $tell (global.get $g)))`],
  ["is called again when others have run", `(func (export "run")
    (drop (call $receive (i32.const 64) (i32.const 8))) (call $tell (call $own_pid)))`],
  ["suspends through a table", `(type $take (func (param i32 i32) (result i32)))
    (table 1 funcref) (elem (i32.const 0) $receive)
    (func (export "run") (drop (call_indirect (type $take) (i32.const 64) (i32.const 8) (i32.const 0)))
      (call $tell (call $own_pid)))`],
];

for (const [way, text] of WAYS) {
  Deno.test(`an import that ${way} reaches the process that calls, of two of one module`, async () => {
    const scheduler = new LocalScheduler();
    const probe = new Probe(scheduler);
    const module = await scheduler.module(`${TELL} ${text}`);
    const guests = [module.spawn(), module.spawn(), module.spawn()];
    for (const { pid } of guests.toReversed()) {
      scheduler.runtime.send(pid, new Uint8Array(8));
    }
    const told: bigint[] = [];
    for (let left = guests.length; left > 0; left--) {
      const { buffer, byteOffset } = await probe.next();
      told.push(new DataView(buffer, byteOffset).getBigUint64(0, true));
    }
    const pids = guests.map(({ pid }) => pid.toBigInt());
    deepStrictEqual(told.toSorted(), pids.toSorted());
    for (const guest of guests) strictEqual(await guest.join(), "normal");
    probe.close();
  });
}

// deno-fmt-ignore
const ENTRIES: [what: string, text: string, entry: string][] = [
  ["an import that it exports", `(export "pid" (func $own_pid))`, "pid"],
  ["an import that suspends and that it exports", `(export "accept" (func $stream_accept))`, "accept"],
  ["an import as its start function", `(start $notify) (func (export "run"))`, "run"],
];

for (const [what, text, entry] of ENTRIES) {
  Deno.test(`a process runs ${what}`, async () => {
    const module = await moduleOf(text);
    const process = module.spawn(entry);
    await settle();
    const isOver = entry !== "accept";
    strictEqual(module.scheduler.runtime.isAlive(process.pid), !isOver);
    process.kill();
    strictEqual(await process.join(), isOver ? "normal" : "killed");
  });
}
