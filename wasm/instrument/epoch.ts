/**
 * The check that a guest makes again and again: may it go on?
 *
 * @see Wasmtime's epoch interruption. Differs: any change of the epoch counts,
 * and not a deadline, so that nothing happens when it wraps; and the function
 * that is called then decides.
 *
 * @module
 */

import { Writer } from "./writer.ts";

/** Indices of what a check uses. */
export interface EpochIndices {
  /** The memory whose first four bytes are the epoch. */
  readonly memory: number;
  /** The global that holds the epoch that was last seen. */
  readonly seen: number;
  /** The function that is called when they differ. */
  readonly check: number;
  /** The imported function that decides. */
  readonly overrun: number;
  /** The global that it is given; undefined when it takes nothing. */
  readonly self: number | undefined;
}

/** A check. It leaves the stack as it is. */
export interface Check {
  /** Its instructions. */
  readonly bytes: Uint8Array;
  /** Offset in them of the branch that is hardly ever taken. */
  readonly branchAt: number;
}

// deno-fmt-ignore
const OP = {
  unreachable: 0x00, if: 0x04, end: 0x0b, call: 0x10, globalGet: 0x23, globalSet: 0x24,
  i32Const: 0x41, i32Ne: 0x47, i32Load: 0x28, noType: 0x40,
} as const;

// Aligned to four bytes, and the index of a memory follows.
const MEMORY_FLAGS = 0x42;

/**
 * ```wat
 * (if (i32.ne (i32.load $epoch (i32.const 0)) (global.get $seen))
 *   (then (call $check)))
 * ```
 */
export function checkOf({ memory, seen, check }: EpochIndices): Check {
  const writer = new Writer();
  loadEpoch(writer, memory);
  writer.byte(OP.globalGet);
  writer.u32(seen);
  writer.byte(OP.i32Ne);
  const branchAt = writer.length;
  writer.byte(OP.if);
  writer.byte(OP.noType);
  writer.byte(OP.call);
  writer.u32(check);
  writer.byte(OP.end);
  return { bytes: writer.bytes, branchAt };
}

/**
 * Body of the function that a check calls:
 *
 * ```wat
 * (if (call $overrun) (then (unreachable)))
 * (global.set $seen (i32.load $epoch (i32.const 0)))
 * ```
 *
 * A guest can catch what an import throws, but not a trap: so a guest that is
 * told to end does end. The epoch is read last, since it goes on while the
 * guest is parked.
 */
export function checkBody(indices: EpochIndices): Uint8Array {
  const writer = new Writer();
  writer.byte(0);
  if (indices.self !== undefined) {
    writer.byte(OP.globalGet);
    writer.u32(indices.self);
  }
  writer.byte(OP.call);
  writer.u32(indices.overrun);
  for (const byte of [OP.if, OP.noType, OP.unreachable, OP.end]) {
    writer.byte(byte);
  }
  loadEpoch(writer, indices.memory);
  writer.byte(OP.globalSet);
  writer.u32(indices.seen);
  writer.byte(OP.end);
  return writer.bytes;
}

// Not atomic, which costs a tenth of a tight loop. A compiler could move it
// out of a loop then; V8 does not, as the tests of preemption show.
function loadEpoch(writer: Writer, memory: number): void {
  writer.byte(OP.i32Const);
  writer.byte(0);
  writer.byte(OP.i32Load);
  writer.byte(MEMORY_FLAGS);
  writer.u32(memory);
  writer.byte(0);
}
