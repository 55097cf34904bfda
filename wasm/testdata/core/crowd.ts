/**
 * More guests than the machine has room for, in an OS process of their own: what
 * goes wrong here aborts it. Prints how they ended.
 *
 * @module
 */

import { formatReason } from "@rusm/otp";

import { Ceilings } from "../../ceilings.ts";
import { defineProfile } from "../../capability.ts";
import { Ticker } from "../../ticker.ts";
import { type LocalModule, LocalScheduler } from "./local_module.ts";

const PARKED = `(memory (export "memory") 1 100)
  (func (export "run") (drop (memory.grow (i32.const 0)))
    (drop (call $receive (i32.const 0) (i32.const 16))))`;
const FIXED = `(memory (export "memory") 1)
  (func (export "run") (drop (call $receive (i32.const 0) (i32.const 16))))`;
const QUICK = `(memory (export "memory") 1 100)
  (func (export "run") (i32.store (i32.const 9) (i32.const 9)) (drop (memory.grow (i32.const 0))))`;
const GROW =
  `(loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))`;
const GROWING = `(memory (export "memory") 1) (func (export "run") ${GROW})`;
const TOUCHING = `(memory (export "memory") 1)
  (func (export "run") (local $at i32) ${GROW}
    (loop $touch (i32.store (local.get $at) (i32.const 1))
      (br_if $touch (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4096)))
        (i32.mul (memory.size) (i32.const 65536))))))`;
const GROWING_AND_PARKED = `(memory (export "memory") 1)
  (func (export "run") ${GROW} (drop (call $receive (i32.const 0) (i32.const 16))))`;

const TEXTS: Record<string, string> = {
  parked: PARKED,
  fixed: FIXED,
  quick: QUICK,
  growing: GROWING,
  touching: TOUCHING,
  growingAndParked: GROWING_AND_PARKED,
};

/** Counts how processes end; when nothing ends any more, the others are sent a message. */
async function endsOf(
  module: LocalModule,
  count: number,
): Promise<Record<string, number>> {
  const ends: Record<string, number> = {};
  let left = count;
  const handles = Array.from({ length: count }, () => module.spawn());
  const joined = handles.map(async (handle) => {
    const reason = formatReason(await handle.join());
    ends[reason] = (ends[reason] ?? 0) + 1;
    left--;
  });
  for (let before = -1; before !== left;) {
    before = left;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }
  ends["parked"] = left;
  for (const { pid } of handles) module.scheduler.runtime.send(pid, "x");
  await Promise.all(joined);
  return ends;
}

const [name, count] = Deno.args;
const ticker = new Ticker();
const max = { ...Ceilings.seed().max, bytes: 2 ** 31 };
const seed = { ...Ceilings.seed(), waitMsMax: 1_000, max };
const scheduler = new LocalScheduler(ticker.epoch, new Ceilings(seed));
const capability = defineProfile("crowd", { memoryMbMax: 64 });
const module = await scheduler.module(TEXTS[name!]!, capability);
const ends = await endsOf(module, Number(count));
// There is room again for who comes later.
const late = module.spawn();
await new Promise((resolve) => setTimeout(resolve, 0));
scheduler.runtime.send(late.pid, "x");
const after = formatReason(await late.join());
ticker.close();
console.log(
  JSON.stringify({ ends, after, waiting: scheduler.ceilings.waitingCount }),
);
