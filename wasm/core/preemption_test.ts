/** Guests that run for too long, under the real ticker. */

import { ok, strictEqual } from "node:assert";

import { formatReason } from "@rusm/otp";
import { LocalScheduler, Probe, ROOMY } from "../testdata/core/local_module.ts";
import { Ticker } from "../ticker.ts";

const SPIN = `(memory 1) (data (i32.const 100) "probe")
  (func (export "run") (loop $l (br $l)))
  (func $s (export "in_start"))
  (func (export "tell") (local $i i32) (loop $l
    (call $send (call $whereis (i32.const 100) (i32.const 5)) (i32.const 0) (i32.const 1))
    (drop (call $receive (i32.const 0) (i32.const 16)))
    (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50)))))`;

async function withScheduler(
  check: (scheduler: LocalScheduler) => Promise<void>,
): Promise<void> {
  const ticker = new Ticker(2);
  try {
    await check(new LocalScheduler(ticker.epoch));
  } finally {
    ticker.close();
  }
}

Deno.test("a bystander goes on beside a spinner, which can be killed within 5 epochs", () =>
  withScheduler(async (scheduler) => {
    const module = await scheduler.module(SPIN);
    const probe = new Probe(scheduler);
    const spinner = module.spawn();
    const bystander = module.spawn("tell");
    for (let count = 0; count < 50; count++) {
      await probe.next();
      scheduler.runtime.send(bystander.pid, "on");
    }
    strictEqual(await bystander.join(), "normal");
    const from = scheduler.epoch.now();
    spinner.kill();
    while (module.pool.outCount > 0) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    ok(scheduler.epoch.now() - from <= 5, `${scheduler.epoch.now() - from}`);
    probe.close();
  }));

Deno.test("spinners share the thread", () =>
  withScheduler(async (scheduler) => {
    const capability = { ...ROOMY, cpuMsMax: 100 };
    const module = await scheduler.module(SPIN, capability);
    const ended: number[] = [];
    const from = performance.now();
    await Promise.all([0, 1, 2, 3].map(async () => {
      await module.run();
      ended.push(performance.now() - from);
    }));
    // In turns each ends when nearly all of the time is over.
    ok(ended[0]! > 250, `${ended}`);
  }));

for (
  const [where, text] of [
    ["its entry", SPIN],
    [
      "its start function",
      `(func $s (loop $l (br $l))) (start $s) (func (export "run"))`,
    ],
    [
      "what catches all",
      `(func (export "run") (loop $o (try (do (loop $l (br $l))) (catch_all)) (br $o)))`,
    ],
  ]
) {
  Deno.test(`the CPU budget ends a guest that spins in ${where}`, () =>
    withScheduler(async (scheduler) => {
      const module = await scheduler.module(text!, { ...ROOMY, cpuMsMax: 60 });
      strictEqual(
        formatReason(await module.run()),
        "limit cpu: Used more than 60 ms of CPU time without waiting",
      );
      strictEqual(module.pool.outCount, 0);
    }));
}

Deno.test("a guest that waits often never uses its CPU budget up", () =>
  withScheduler(async (scheduler) => {
    const module = await scheduler.module(
      `(memory 1)
      (func (export "run") (local $n i32) (local $i i32) (loop $messages
        (drop (call $receive (i32.const 0) (i32.const 16)))
        (local.set $i (i32.const 10000000))
        (loop $work (br_if $work (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (br_if $messages (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 60)))))`,
      { ...ROOMY, cpuMsMax: 200 },
    );
    const handle = module.spawn();
    const sending = setInterval(
      () => scheduler.runtime.send(handle.pid, "x"),
      1,
    );
    strictEqual(await handle.join(), "normal");
    clearInterval(sending);
  }));
