/**
 * The sections of a core dump that every module has: memories, globals, data.
 *
 * @module
 */

import { PAGE_BYTES } from "../instrument/memory_type.ts";
import { SECTION } from "../instrument/sections.ts";
import { Writer } from "../instrument/writer.ts";
import type { DumpMemory } from "./dump_memory.ts";
import { writeFloat, writeSigned } from "./dump_value.ts";

/** What is known of a global. What is not a number is not dumped. */
export type DumpGlobal =
  & {
    /** Its index in the instance. */
    readonly index: number;
  }
  & (
    | { readonly type: "i32" | "f32" | "f64"; readonly value: number }
    | { readonly type: "i64"; readonly value: bigint }
  );

/** Writes a section that `fill` writes the contents of. */
export function writeSection(
  writer: Writer,
  id: number,
  fill: (section: Writer) => void,
): void {
  const section = new Writer();
  fill(section);
  writer.byte(id);
  writer.sized(section.bytes);
}

const IS_64 = 0x04;

/** Writes the memories, as large as they are. They are not shared. */
export function writeMemories(
  writer: Writer,
  memories: readonly DumpMemory[],
): void {
  writeSection(writer, SECTION.memory, (section) => {
    section.u32(memories.length);
    for (const { buffer, is64 } of memories) {
      section.byte(is64 ? IS_64 : 0);
      section.u32(buffer.byteLength / PAGE_BYTES);
    }
  });
}

/** How many globals {@linkcode writeGlobals} writes. */
export function globalsCount(globals: readonly DumpGlobal[]): number {
  return (globals.at(-1)?.index ?? -1) + 1;
}

/**
 * Writes the globals, which do not change. One that is not known is a null
 * reference, so that the others keep their indices.
 */
export function writeGlobals(
  writer: Writer,
  globals: readonly DumpGlobal[],
): void {
  writeSection(writer, SECTION.global, (section) => {
    section.u32(globalsCount(globals));
    let next = 0;
    for (const global of globals) {
      for (; next < global.index; next++) section.copy(UNKNOWN);
      writeGlobal(section, global);
      next++;
    }
  });
}

const CONSTANT = 0x00;
const END = 0x0b;
const TYPES = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;
const CONSTS = { i32: 0x41, i64: 0x42, f32: 0x43, f64: 0x44 } as const;

// (global externref (ref.null extern)).
const UNKNOWN = Uint8Array.of(0x6f, CONSTANT, 0xd0, 0x6f, END);

function writeGlobal(writer: Writer, { type, value }: DumpGlobal): void {
  writer.byte(TYPES[type]);
  writer.byte(CONSTANT);
  writer.byte(CONSTS[type]);
  switch (type) {
    case "i32":
      writeSigned(writer, BigInt(value | 0));
      break;
    case "i64":
      writeSigned(writer, BigInt.asIntN(64, value));
      break;
    case "f32":
      writeFloat(writer, value, 4);
      break;
    case "f64":
      writeFloat(writer, value, 8);
      break;
  }
  writer.byte(END);
}

/** Writes the front of the data section; `count` parts of `size` bytes follow, with their heads. */
export function writeDataHead(
  writer: Writer,
  count: number,
  size: number,
): void {
  const front = new Writer();
  front.u32(count);
  writer.byte(SECTION.data);
  writer.u32(front.length + size);
  writer.copy(front.bytes);
}
