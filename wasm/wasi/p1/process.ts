/**
 * Calls on the process itself: arguments, variables, clocks, randomness, its end.
 *
 * @module
 */

import { CLOCK, SUCCESS } from "./abi.ts";
import { ProcessExit, WasiError } from "../errors.ts";
import { fillRandom } from "../randomness.ts";
import { nanoseconds } from "../files/filestat.ts";
import { RANDOM_BYTES_MAX } from "./limits.ts";
import type { GuestMemory } from "./memory.ts";
import type { Wasip1State } from "./state.ts";

/** `args_get(argv, argv_buf) -> ()`. */
export function argsGet(
  { args }: Wasip1State,
  memory: GuestMemory,
  pointers: number,
  buffer: number,
): number {
  return storeTexts(memory, args, pointers, buffer);
}

/** `args_sizes_get() -> (size, size)`. */
export function argsSizesGet(
  { args }: Wasip1State,
  memory: GuestMemory,
  count: number,
  size: number,
): number {
  return storeSizes(memory, args, count, size);
}

/** `environ_get(environ, environ_buf) -> ()`. */
export function environGet(
  { env }: Wasip1State,
  memory: GuestMemory,
  pointers: number,
  buffer: number,
): number {
  return storeTexts(memory, env, pointers, buffer);
}

/** `environ_sizes_get() -> (size, size)`. */
export function environSizesGet(
  { env }: Wasip1State,
  memory: GuestMemory,
  count: number,
  size: number,
): number {
  return storeSizes(memory, env, count, size);
}

function storeTexts(
  memory: GuestMemory,
  texts: readonly Uint8Array[],
  pointers: number,
  buffer: number,
): number {
  let at = memory.insist(buffer, sizeOf(texts));
  const slots = memory.insist(pointers, texts.length * 4);
  for (const [index, text] of texts.entries()) {
    memory.setU32(slots + index * 4, at);
    memory.bytes(at, text.length).set(text);
    at += text.length;
  }
  return SUCCESS;
}

function storeSizes(
  memory: GuestMemory,
  texts: readonly Uint8Array[],
  count: number,
  size: number,
): number {
  memory.setU32(count, texts.length);
  memory.setU32(size, sizeOf(texts));
  return SUCCESS;
}

function sizeOf(texts: readonly Uint8Array[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

const REALTIME_RESOLUTION = 1_000_000n;
const MONOTONIC_RESOLUTION = 1_000n;

/** `clock_res_get(id) -> timestamp`: nanoseconds. */
export function clockResGet(
  _state: Wasip1State,
  memory: GuestMemory,
  id: number,
  result: number,
): number {
  insistClock(id);
  const isReal = id === CLOCK.REALTIME;
  memory.setU64(result, isReal ? REALTIME_RESOLUTION : MONOTONIC_RESOLUTION);
  return SUCCESS;
}

/** `clock_time_get(id, precision) -> timestamp`: nanoseconds. */
export function clockTimeGet(
  state: Wasip1State,
  memory: GuestMemory,
  id: number,
  _precision: bigint,
  result: number,
): number {
  memory.setU64(result, nanoseconds(timeOf(state, id)));
  return SUCCESS;
}

/** The time of clock `id`, in milliseconds. @throws {WasiError} ENOTSUP, EINVAL. */
export function timeOf({ options }: Wasip1State, id: number): number {
  insistClock(id);
  return id === CLOCK.REALTIME ? options.now() : options.monotonic();
}

const THREAD_CPUTIME = 3;

// Processes share a thread, so nothing tells the CPU time of one of them.
function insistClock(id: number): void {
  if (id >>> 0 <= CLOCK.MONOTONIC) return;
  throw new WasiError(id >>> 0 <= THREAD_CPUTIME ? "ENOTSUP" : "EINVAL");
}

/** `random_get(buf, buf_len) -> ()`. @throws {WasiError} EINVAL, more than `RANDOM_BYTES_MAX`. */
export function randomGet(
  { options }: Wasip1State,
  memory: GuestMemory,
  buffer: number,
  length: number,
): number {
  if (length >>> 0 > RANDOM_BYTES_MAX) throw new WasiError("EINVAL");
  const bytes = memory.bytes(buffer, length);
  fillRandom(options, bytes);
  return SUCCESS;
}

/** `proc_exit(code)`. Does not return to the guest. @throws {ProcessExit} */
export function procExit(
  state: Wasip1State,
  _memory: GuestMemory,
  code: number,
): never {
  state.exitCode = code >>> 0;
  throw new ProcessExit(state.exitCode);
}

const SIGNAL_NONE = 0;

/** `proc_raise(signal) -> ()`. There are no signals but "none": a guest has nobody to raise one for. */
export function procRaise(
  _state: Wasip1State,
  _memory: GuestMemory,
  signal: number,
): number {
  if (signal !== SIGNAL_NONE) throw new WasiError("ENOTSUP");
  return SUCCESS;
}

/** `sched_yield() -> ()`. The scheduler decides by itself when others run. */
export function schedYield(): number {
  return SUCCESS;
}
