/** What `rusm` does for guests, and to those that lie to it. */

import { deepStrictEqual, match, strictEqual } from "node:assert";

import { formatReason } from "@rusm/otp";
import {
  CONTROLLING,
  LocalScheduler,
  moduleOf,
  Probe,
  ROOMY,
  settle,
} from "../testdata/core/local_module.ts";

const MEMORY = `(memory (export "memory") 1 20)
  (data (i32.const 100) "probe") (data (i32.const 200) "\\ff\\fe")`;
const TELL = `(func $tell (param i32) (i32.store (i32.const 0) (local.get 0))
  (call $send (call $whereis (i32.const 100) (i32.const 5)) (i32.const 0) (i32.const 4)))`;

// Each calls a function with what no honest guest has.
// deno-fmt-ignore
const OUTSIDE: [call: string, range: string][] = [
  ["(call $send (i64.const 0) (i32.const 65536) (i32.const 1))", "65536 to 65537"],
  ["(call $send (i64.const 0) (i32.const -1) (i32.const -1))", "4294967295 to 8589934590"],
  ["(call $send (i64.const 0) (i32.const 0) (i32.const 0x80000000))", "0 to 2147483648"],
  ["(drop (call $receive (i32.const 65530) (i32.const 7)))", "65530 to 65537"],
  ["(drop (call $receive (i32.const 1) (i32.const -1)))", "1 to 4294967296"],
  ["(drop (call $list_processes (i32.const 0) (i32.const -1)))", "0 to 34359738360"],
  ["(drop (call $list_processes (i32.const 65529) (i32.const 1)))", "65529 to 65537"],
  ["(drop (call $register (i32.const 0) (i32.const 0x80000000)))", "0 to 2147483648"],
  ["(drop (call $unregister (i32.const -4) (i32.const 8)))", "4294967292 to 4294967300"],
  ["(drop (call $whereis (i32.const 0x7fffffff) (i32.const 0x7fffffff)))", "2147483647 to 4294967294"],
  ["(call $set_label (i32.const 65536) (i32.const 1))", "65536 to 65537"],
  ["(drop (call $stream_write (i32.const 0) (i32.const -1) (i32.const 2)))", "4294967295 to 4294967297"],
  ["(drop (call $stream_read (i32.const 0) (i32.const 0) (i32.const -1)))", "0 to 4294967295"],
];

for (const [call, range] of OUTSIDE) {
  Deno.test(`a guest traps that does ${call}`, async () => {
    const module = await moduleOf(`${MEMORY} (func (export "run") ${call})`);
    strictEqual(
      formatReason(await module.run()),
      `crashed: RangeError: Cannot reach outside of the memory of 65536 bytes: ${range}`,
    );
  });
}

// deno-fmt-ignore
const TEXTS: [call: string, reason: RegExp][] = [
  ["(drop (call $whereis (i32.const 200) (i32.const 2)))", /TypeError/],
  ["(drop (call $register (i32.const 0) (i32.const 1025)))", /RangeError: Cannot take a name of more than 1024 bytes: 1025/],
  ["(call $set_label (i32.const 0) (i32.const 65536))", /RangeError: Cannot take a name of more than 1024 bytes: 65536/],
];

for (const [call, reason] of TEXTS) {
  Deno.test(`a guest traps by ${call}`, async () => {
    const module = await moduleOf(`${MEMORY} (func (export "run") ${call})`);
    match(formatReason(await module.run()), reason);
  });
}

// deno-fmt-ignore
const PIDS = ["-1", "0", "0x7fffffffffffffff", "0x8000000000000000", "0x00003fffffffffff", "0x0040000000000000"];

for (const pid of PIDS) {
  Deno.test(`any bits are a pid: ${pid}`, async () => {
    const module = await moduleOf(
      `${MEMORY} (func (export "run") (local $none i32)
      (call $send (i64.const ${pid}) (i32.const 0) (i32.const 1))
      (local.set $none (i32.or (call $is_alive (i64.const ${pid})) (call $kill (i64.const ${pid}))))
      (if (i32.ne (call $stream_open (i64.const ${pid})) (i32.const -1)) (then unreachable))
      (if (local.get $none) (then unreachable)))`,
      CONTROLLING,
    );
    // Serials are counted from 0: the first process must not be the guest.
    module.scheduler.runtime.spawn(() => {});
    await settle();
    strictEqual(await module.run(), "normal");
  });
}

Deno.test("list_processes() and kill() reach others only with process control", async () => {
  for (const capability of [ROOMY, CONTROLLING]) {
    const scheduler = new LocalScheduler();
    const probe = new Probe(scheduler);
    const module = await scheduler.module(
      `${MEMORY} ${TELL} (func (export "run")
      (call $tell (call $list_processes (i32.const 1000) (i32.const 1)))
      (call $tell (i32.wrap_i64 (i64.load (i32.const 1000))))
      (call $tell (i32.wrap_i64 (i64.load (i32.const 1008))))
      (call $tell (call $kill (i64.const 1))))`,
      capability,
    );
    const other = scheduler.runtime.spawn((self) => self.receive());
    strictEqual(await module.run(), "normal");
    const told = [];
    for (let count = 0; count < 4; count++) told.push((await probe.next())[0]);
    const mayControl = capability.processControl;
    deepStrictEqual(told, mayControl ? [3, 0, 0, 1] : [1, 2, 0, 0]);
    strictEqual(other.kill(), !mayControl);
    probe.close();
  }
});

Deno.test("register() gives a guest a bounded number of names, and takes back its own alone", async () => {
  const scheduler = new LocalScheduler();
  const probe = new Probe(scheduler);
  const module = await scheduler.module(`${MEMORY} ${TELL}
    (func (export "run") (local $i i32) (local $count i32)
      (loop $l (i32.store (i32.const 16) (local.get $i))
        (local.set $count (i32.add (local.get $count) (call $register (i32.const 16) (i32.const 2))))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
      (call $tell (local.get $count))
      (call $tell (call $unregister (i32.const 100) (i32.const 5)))
      (i32.store (i32.const 16) (i32.const 7))
      (call $tell (call $unregister (i32.const 16) (i32.const 2)))
      (call $tell (call $register (i32.const 16) (i32.const 2))))`);
  strictEqual(await module.run(), "normal");
  const told = [];
  for (let count = 0; count < 4; count++) told.push((await probe.next())[0]);
  deepStrictEqual(told, [64, 0, 1, 1]);
  probe.close();
});

Deno.test("receive() copies what fits, says how long the message was, and sees a memory that grew", async () => {
  const scheduler = new LocalScheduler();
  const probe = new Probe(scheduler);
  const module = await scheduler.module(`${MEMORY} ${TELL} (func (export "run")
    (drop (memory.grow (i32.const 1)))
    (call $tell (call $receive (i32.const 131068) (i32.const 4)))
    (call $tell (i32.load (i32.const 131068))))`);
  const handle = module.spawn();
  await settle();
  scheduler.runtime.send(handle.pid, Uint8Array.of(1, 2, 3, 4, 5, 6));
  deepStrictEqual([...await probe.next()], [6, 0, 0, 0]);
  deepStrictEqual([...await probe.next()], [1, 2, 3, 4]);
  probe.close();
});

Deno.test("send() drops what would be too many bytes for a guest", async () => {
  const scheduler = new LocalScheduler();
  const module = await scheduler.module(`(memory 16 128)
    (func (export "flood") (local $i i32) (loop $l
      (call $send (i64.const 0) (i32.const 0) (i32.const 1048576))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100)))))
    (func (export "run") (local $i i32)
      (drop (call $receive (i32.const 0) (i32.const 0)))
      (loop $l (drop (call $receive (i32.const 0) (i32.const 0)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 64))))
      (drop (call $receive (i32.const 0) (i32.const 0))))`);
  const receiver = module.spawn();
  await settle();
  const hold = scheduler.runtime.spawn(async (self) => {
    await module.run("flood");
    return self;
  });
  await hold.join();
  await settle();
  // It has taken the first, and 64 MiB of them.
  strictEqual(scheduler.runtime.mailboxDepth(receiver.pid), 0);
  scheduler.runtime.send(receiver.pid, "x");
  scheduler.runtime.send(receiver.pid, "y");
  await settle();
  receiver.kill();
});

const WRITER =
  `(memory 16 20) (data (i32.const 100) "reader") (data (i32.const 131072) "abc")
  (func (export "run") (local $id i32)
    (local.set $id (call $stream_open (call $whereis (i32.const 100) (i32.const 6))))
    (i32.store (i32.const 0) (i32.const 0x04030201))
    (if (call $stream_write (local.get $id) (i32.const 0) (i32.const 4)) (then unreachable))
    (if (call $stream_write (local.get $id) (i32.const 0) (i32.const 0)) (then unreachable))
    (if (call $stream_write (local.get $id) (i32.const 131072) (i32.const 300000)) (then unreachable))
    (call $stream_close (local.get $id))
    (call $stream_close (i32.const 99))
    (if (i32.ne (call $stream_write (local.get $id) (i32.const 0) (i32.const 4)) (i32.const -1)) (then unreachable)))`;

Deno.test("stream_* carry bytes from one guest to another, in order, up to the end", async () => {
  const scheduler = new LocalScheduler();
  const probe = new Probe(scheduler);
  const reader = await scheduler.module(
    `(memory 16 20) (data (i32.const 100) "reader") (data (i32.const 106) "probe")
    (func $tell (param i32) (i32.store (i32.const 0) (local.get 0))
      (call $send (call $whereis (i32.const 106) (i32.const 5)) (i32.const 0) (i32.const 4)))
    (func (export "run") (local $id i32) (local $n i32) (local $sum i32)
      (drop (call $register (i32.const 100) (i32.const 6)))
      (local.set $id (call $stream_accept))
      (if (i32.ne (call $stream_read (local.get $id) (i32.const 200) (i32.const 3)) (i32.const 3)) (then unreachable))
      (if (call $stream_read (local.get $id) (i32.const 200) (i32.const 0)) (then unreachable))
      (if (i32.ne (call $stream_read (local.get $id) (i32.const 203) (i32.const 3)) (i32.const 1)) (then unreachable))
      (call $tell (i32.load (i32.const 200)))
      (block $end (loop $l
        (br_if $end (i32.lt_s (local.tee $n (call $stream_read (local.get $id) (i32.const 1024) (i32.const 5000))) (i32.const 0)))
        (local.set $sum (i32.add (local.get $sum) (local.get $n))) (br $l)))
      (call $tell (local.get $sum))
      (if (i32.ne (call $stream_read (local.get $id) (i32.const 0) (i32.const 1)) (i32.const -1)) (then unreachable))
      (call $stream_close (local.get $id)))`,
  );
  const writer = await scheduler.module(WRITER);
  const reading = reader.spawn();
  await settle();
  strictEqual(formatReason(await writer.run()), "normal");
  strictEqual(formatReason(await reading.join()), "normal");
  deepStrictEqual([...await probe.next()], [1, 2, 3, 4]);
  deepStrictEqual(
    new DataView((await probe.next()).buffer).getUint32(0, true),
    300_000,
  );
  probe.close();
});

Deno.test("stream_write() gives -1 when its reader has ended, and stream_read() when its writer has", async () => {
  const scheduler = new LocalScheduler();
  const reader = await scheduler.module(
    `(memory 1) (data (i32.const 100) "reader")
    (func (export "run") (drop (call $register (i32.const 100) (i32.const 6))) (drop (call $stream_accept)))
    (func (export "read") (drop (call $register (i32.const 100) (i32.const 6)))
      (if (i32.ne (call $stream_read (call $stream_accept) (i32.const 0) (i32.const 9)) (i32.const -1)) (then unreachable)))`,
  );
  const writer = await scheduler.module(
    `(memory 1) (data (i32.const 100) "reader")
    (func $open (result i32) (call $stream_open (call $whereis (i32.const 100) (i32.const 6))))
    (func (export "run") (local $id i32) (local.set $id (call $open))
      (loop $l (br_if $l (i32.ne (call $stream_write (local.get $id) (i32.const 0) (i32.const 9)) (i32.const -1)))))
    (func (export "leave") (drop (call $open)))`,
  );
  for (const [read, write] of [["run", "run"], ["read", "leave"]]) {
    const reading = reader.spawn(read);
    await settle();
    strictEqual(formatReason(await writer.run(write)), "normal");
    strictEqual(formatReason(await reading.join()), "normal");
  }
});

Deno.test("stream_open() gives -1 to who is no guest, or has too many", async () => {
  const scheduler = new LocalScheduler();
  const probe = new Probe(scheduler);
  const module = await scheduler.module(
    `${MEMORY} ${TELL} (func (export "run") (local $i i32)
    (call $tell (call $stream_open (call $whereis (i32.const 100) (i32.const 5))))
    (loop $l (br_if $l (i32.and (i32.ge_s (call $stream_open (call $own_pid)) (i32.const 0))
      (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000)))))
    (call $tell (local.get $i)))`,
  );
  strictEqual(await module.run(), "normal");
  strictEqual((await probe.next())[0], 255);
  // Each is one that it writes and one that it was offered; the last is refused.
  strictEqual((await probe.next())[0], 128 + 1);
  probe.close();
});

Deno.test("stop() ends a guest that waits for a stream", async () => {
  const module = await moduleOf(
    `(memory 1) (func (export "run") (drop (call $stream_accept)))`,
  );
  const handle = module.spawn();
  await settle();
  handle.kill();
  await settle();
  strictEqual(module.pool.outCount, 0);
});
