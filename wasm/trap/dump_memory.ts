/**
 * The contents of memories, in a core dump.
 *
 * @module
 */

import { PAGE_BYTES } from "../instrument/memory_type.ts";
import { Writer } from "../instrument/writer.ts";
import { writeSigned } from "./dump_value.ts";

/** A memory to dump. */
export interface DumpMemory {
  /** The buffer of the memory, whole pages. */
  readonly buffer: ArrayBufferLike;
  /** Whether addresses have 64 bits. */
  readonly is64: boolean;
}

/** Bytes that are not all zero, in one memory. */
export interface Part {
  /** Index of the memory. */
  readonly memory: number;
  /** Whether addresses in it have 64 bits. */
  readonly is64: boolean;
  /** Address of the first. */
  readonly at: number;
  /** A view of the memory. */
  readonly bytes: Uint8Array;
}

// A page of most machines: one that was never written to is zero as a whole.
const BLOCK_BYTES = 4_096;

/**
 * All blocks that are not zero, in order, those in a row as one part; those
 * behind the first `bytesMax` bytes are left out.
 *
 * @throws {RangeError} A memory does not end with a page.
 */
export function partsOf(
  memories: readonly DumpMemory[],
  bytesMax: number,
): Part[] {
  const parts: Part[] = [];
  let left = bytesMax;
  for (const [memory, { buffer, is64 }] of memories.entries()) {
    insistPages(buffer);
    for (const [at, end] of runsOf(buffer)) {
      if (left <= 0) return parts;
      const bytes = new Uint8Array(buffer, at, Math.min(end - at, left));
      parts.push({ memory, is64, at, bytes });
      left -= bytes.length;
    }
  }
  return parts;
}

function insistPages({ byteLength }: ArrayBufferLike): void {
  if (byteLength % PAGE_BYTES === 0) return;
  throw new RangeError(
    `Cannot dump a memory that does not end with a page: ${byteLength} bytes`,
  );
}

function* runsOf(buffer: ArrayBufferLike): Generator<[number, number]> {
  const words = new Int32Array(buffer);
  let from = 0;
  for (let at = 0; at <= buffer.byteLength; at += BLOCK_BYTES) {
    if (at < buffer.byteLength && !isZero(words, at / 4)) continue;
    if (at > from) yield [from, at];
    from = at + BLOCK_BYTES;
  }
}

function isZero(words: Int32Array, start: number): boolean {
  const end = start + BLOCK_BYTES / 4;
  for (let index = start; index < end; index++) {
    if (words[index] !== 0) return false;
  }
  return true;
}

const I32_CONST = 0x41;
const I64_CONST = 0x42;
const END = 0x0b;

// Flags of an active segment that names its memory.
const NAMED_MEMORY = 2;

/** What stands in front of a part in the data section. */
export function partHead({ memory, is64, at, bytes }: Part): Uint8Array {
  const writer = new Writer(24);
  if (memory === 0) writer.byte(0);
  else {
    writer.byte(NAMED_MEMORY);
    writer.u32(memory);
  }
  writer.byte(is64 ? I64_CONST : I32_CONST);
  writeSigned(writer, is64 ? BigInt(at) : BigInt(at | 0));
  writer.byte(END);
  writer.u32(bytes.length);
  return writer.bytes;
}
