/**
 * The guests of the rows, as WebAssembly text.
 *
 * @module
 */

import wabt from "wabt";
import { MESSAGE_BYTES, STREAM_BATCH, STREAM_WINDOW } from "./counts.ts";

const RECEIVE =
  `(import "rusm" "receive" (func $receive (param i32 i32) (result i32)))`;
const SEND = `(import "rusm" "send" (func $send (param i64 i32 i32)))`;
const NOTIFY = `(import "rusm" "notify" (func $notify))`;

// One page, and none more: what cannot grow takes no addresses beyond it.
const ONE_PAGE = `(memory (export "memory") 1 1)`;

const TAKE =
  `(drop (call $receive (i32.const 64) (i32.const ${MESSAGE_BYTES})))`;

/** Takes a pid, 8 bytes, to address `at`. */
function takePid(at: number): string {
  return `(drop (call $receive (i32.const ${at}) (i32.const 8)))`;
}

/** Sends `bytes` bytes at 64 to the pid at `at`. */
function sendTo(at: number, bytes = MESSAGE_BYTES): string {
  return `(call $send (i64.load (i32.const ${at})) (i32.const 64) (i32.const ${bytes}))`;
}

/** Does `body` `count` times. Names the loop and its counter `$label`. */
function times(label: string, count: number, body: string): string {
  return `(local.set $${label} (i32.const ${count}))
    (loop $${label} ${body}
      (br_if $${label} (local.tee $${label}
        (i32.sub (local.get $${label}) (i32.const 1)))))`;
}

/**
 * Writes its memory and a global, and ends. As compiled programs do, it sets no
 * maximum to its memory.
 */
export const SMALL = `(module
  (memory (export "memory") 1)
  (global $g (mut i32) (i32.const 5))
  (data (i32.const 16) "hello")
  (func (export "run")
    (i32.store (i32.const 100) (i32.const 7))
    (global.set $g (i32.const 9))))`;

/** Does nothing, and imports what the guest of `component` does, or the like. */
export const IMPORTING = `(module ${RECEIVE} ${SEND} ${NOTIFY}
  (import "rusm" "own_pid" (func $own_pid (result i64)))
  (import "rusm" "is_alive" (func $is_alive (param i64) (result i32)))
  ${ONE_PAGE}
  (func (export "run")))`;

/** The same as {@linkcode SMALL}, with a table that it grows: no table becomes smaller again. */
export const TABLE_GROWING = `(module
  (memory (export "memory") 1)
  (table $t 1 2 funcref)
  (global $g (mut i32) (i32.const 5))
  (data (i32.const 16) "hello")
  (func (export "run")
    (drop (table.grow $t (ref.null func) (i32.const 1)))
    (i32.store (i32.const 100) (i32.const 7))
    (global.set $g (i32.const 9))))`;

/** Adds up the words of a page, and begins it anew: no turn depends on more than a sum of the one before. */
export const SUM = `(local.set $a (i32.add (local.get $a)
  (i32.load (i32.and (local.get $i) (i32.const 0xfffc)))))`;

/** Mixes a word and stores it: each turn waits for the product of the one before. */
export const MIX = `(local.set $a
    (i32.add (i32.mul (local.get $a) (i32.const 31)) (local.get $i)))
  (i32.store (i32.and (local.get $a) (i32.const 0xfffc)) (local.get $a))`;

/** Runs `turns` turns of a loop. They are in a function that is called often: V8 optimises none while it runs. */
export function loop(body: string, turns: number): string {
  return `(module (memory 1)
  (func $turns (param $n i32) (result i32) (local $i i32) (local $a i32)
    (loop $l ${body}
      (br_if $l (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 4)))
        (local.get $n))))
    (local.get $a))
  (func (export "run") (local $i i32)
    ${
    times(
      "i",
      100,
      `(drop (call $turns (i32.const ${turns / 100 * 4})))`,
    )
  }))`;
}

/** Takes a pid, answers it, and waits for ever. */
export const WAITER = `(module ${RECEIVE} ${SEND} ${ONE_PAGE}
  (func (export "run")
    ${takePid(0)} ${sendTo(0, 8)}
    (loop $for_ever ${TAKE} (br $for_ever))))`;

/** A service that remembers how many messages it got, and sends that to whom the message names. */
export const SERVICE = `(module ${RECEIVE} ${SEND} ${ONE_PAGE}
  (global $count (mut i32) (i32.const 0))
  (func (export "rusm_message") (result i32)
    ${takePid(0)}
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store (i32.const 64) (global.get $count))
    ${sendTo(0, 8)}
    (i32.const 0)))`;

/** Takes the pid of pong, and sends it `rounds` messages, the next when it gets one back. */
export function ping(rounds: number): string {
  return `(module ${RECEIVE} ${SEND} ${ONE_PAGE}
  (func (export "run") (local $i i32)
    ${takePid(0)}
    ${times("i", rounds, `${sendTo(0)} ${TAKE}`)}))`;
}

/** Takes the pid of ping, and answers `rounds` of its messages. */
export function pong(rounds: number): string {
  return `(module ${RECEIVE} ${SEND} ${ONE_PAGE}
  (func (export "run") (local $i i32)
    ${takePid(0)}
    ${times("i", rounds, `${TAKE} ${sendTo(0)}`)}))`;
}

/** Takes the pid of a drain, waits for its word, and sends it `batches` of messages, a few of them ahead of its acknowledgements. */
export function source(batches: number): string {
  return `(module ${RECEIVE} ${SEND} ${ONE_PAGE}
  (func (export "run") (local $batch i32) (local $i i32)
    ${takePid(0)} ${TAKE}
    ${
    times(
      "batch",
      batches,
      `(if (i32.le_s (local.get $batch) (i32.const ${batches - STREAM_WINDOW}))
        (then ${TAKE}))
      ${times("i", STREAM_BATCH, sendTo(0))}`,
    )
  }))`;
}

/** Takes the pids of a source, which it asks for messages, and of whom it tells that it has got all `batches`. */
export function drain(batches: number): string {
  return `(module ${RECEIVE} ${SEND} ${ONE_PAGE}
  (func (export "run") (local $batch i32) (local $i i32)
    ${takePid(0)} ${takePid(8)} ${sendTo(0, 8)}
    ${
    times(
      "batch",
      batches,
      `${times("i", STREAM_BATCH, TAKE)} ${sendTo(0, 8)}`,
    )
  }
    ${sendTo(8)}))`;
}

/** Runs for ever. */
export const SPINNER = `(module (func (export "run") (loop $l (br $l))))`;

/** Calls a host function for ever, and tells whose pid it takes each 10,000 calls. */
export const CALLER = `(module ${RECEIVE} ${SEND} ${NOTIFY} ${ONE_PAGE}
  (func (export "run") (local $i i32)
    ${takePid(0)}
    (loop $for_ever
      ${times("i", 10_000, "(call $notify)")}
      ${sendTo(0, 8)}
      (br $for_ever))))`;

/**
 * Takes the pids of its partner and of whom it tells, works a little for each
 * message, and passes it back.
 */
export const WORKER = `(module ${RECEIVE} ${SEND} ${ONE_PAGE}
  (func $work (local $i i32) ${
  times("i", 200_000, "(i32.store (i32.const 1024) (local.get $i))")
})
  (func (export "run")
    ${takePid(0)} ${takePid(8)}
    (loop $for_ever
      ${TAKE} (call $work) ${sendTo(0)} ${sendTo(8, 8)}
      (br $for_ever))))`;

/** Compiled C, see `fixtures/`. */
export function workload(): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(`${import.meta.dirname}/fixtures/workload.wasm`);
}

/** The binary of a module that is written as text. */
export async function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const module = (await wabt()).parseWat("guest.wat", text);
  return module.toBinary({}).buffer.slice() as Uint8Array<ArrayBuffer>;
}
