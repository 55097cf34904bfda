/**
 * Reads a Wasm module as its sections, and writes it again.
 *
 * @see WebAssembly Core, "Binary Format, Modules".
 *
 * @module
 */

import { integerBytes } from "./leb.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** One section. `bytes` is a view of the module, without id and size. */
export interface Section {
  /** One of {@linkcode SECTION}, if it is known. */
  readonly id: number;
  /** Offset of `bytes` in the module. */
  readonly offset: number;
  /** The contents. */
  readonly bytes: Uint8Array;
}

/** Ids of sections. */
export const SECTION = {
  /** What engines may ignore. */
  custom: 0,
  /** Types of functions, structures and arrays. */
  type: 1,
  /** What is imported. */
  import: 2,
  /** Types of the functions that are defined. */
  function: 3,
  /** Tables that are defined. */
  table: 4,
  /** Memories that are defined. */
  memory: 5,
  /** Globals that are defined. */
  global: 6,
  /** What is exported. */
  export: 7,
  /** The function that runs first. */
  start: 8,
  /** Segments of tables. */
  element: 9,
  /** Bodies of the functions that are defined. */
  code: 10,
  /** Segments of memories. */
  data: 11,
  /** How many segments `data` holds. */
  dataCount: 12,
  /** Tags of exceptions that are defined. */
  tag: 13,
} as const;

const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/**
 * The sections of `module`, in order.
 *
 * @throws {NotRewritable} It is no core module, or a section runs past its end.
 */
export function readSections(module: Uint8Array): Section[] {
  const reader = new Reader({ id: undefined, offset: 0, bytes: module });
  if (HEADER.some((byte, index) => module[index] !== byte)) {
    throw reader.refusal(
      "Cannot read a module without the header of version 1",
    );
  }
  reader.skip(HEADER.length);
  const sections: Section[] = [];
  while (!reader.isAtEnd) sections.push(readSection(reader));
  return sections;
}

function readSection(reader: Reader): Section {
  const start = reader.at;
  const id = reader.byte();
  const size = reader.u32();
  const offset = reader.at;
  if (size > reader.bytes.length - offset) {
    throw reader.refusal(
      "Cannot read a section past the end of its module",
      start,
    );
  }
  reader.skip(size);
  return { id, offset, bytes: reader.bytes.subarray(offset, reader.at) };
}

/** A module of `sections`, in their order. */
export function writeSections(
  sections: readonly Pick<Section, "id" | "bytes">[],
): Uint8Array<ArrayBuffer> {
  let size = HEADER.length;
  for (const { bytes } of sections) {
    size += 1 + integerBytes(bytes.length) + bytes.length;
  }
  const writer = new Writer(size);
  writer.copy(HEADER);
  for (const { id, bytes } of sections) {
    writer.byte(id);
    writer.sized(bytes);
  }
  return writer.whole;
}

/** `value` as unsigned LEB128. */
export function u32(value: number): number[] {
  const writer = new Writer();
  writer.u32(value);
  return [...writer.bytes];
}
