/**
 * Reads a Wasm module as its sections, and writes it again.
 *
 * @see WebAssembly Core, "Binary Format, Modules".
 *
 * @module
 */

/** One section. `bytes` is a view of the module, without id and size. */
export interface Section {
  /** 0 custom, 5 memory, 6 global, and so on. */
  readonly id: number;
  /** Offset of `bytes` in the module. */
  readonly offset: number;
  /** The contents. */
  readonly bytes: Uint8Array;
}

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Id of the memory section. */
export const MEMORY_SECTION = 5;

/**
 * The sections of `module`, in order.
 *
 * @throws {WebAssembly.CompileError} It is no core module, or a section runs
 * past its end; the message names the offset.
 */
export function readSections(module: Uint8Array): Section[] {
  if (HEADER.some((byte, index) => module[index] !== byte)) {
    throw malformed("Cannot read a module without the header of version 1", 0);
  }
  const sections: Section[] = [];
  for (let offset = HEADER.length; offset < module.length;) {
    const id = module[offset]!;
    const [size, start] = readU32(module, offset + 1);
    if (start + size > module.length) {
      throw malformed(
        "Cannot read a section past the end of its module",
        offset,
      );
    }
    const bytes = module.subarray(start, start + size);
    sections.push({ id, offset: start, bytes });
    offset = start + size;
  }
  return sections;
}

/** A module of `sections`, in their order. */
export function writeSections(
  sections: readonly Pick<Section, "id" | "bytes">[],
): Uint8Array<ArrayBuffer> {
  const parts = sections.map(({ id, bytes }) => ({
    head: [id, ...u32(bytes.length)],
    bytes,
  }));
  const size = parts.reduce(
    (sum, { head, bytes }) => sum + head.length + bytes.length,
    HEADER.length,
  );
  const module = new Uint8Array(size);
  module.set(HEADER);
  let offset = HEADER.length;
  for (const { head, bytes } of parts) {
    module.set(head, offset);
    module.set(bytes, offset + head.length);
    offset += head.length + bytes.length;
  }
  return module;
}

/**
 * Reads an unsigned LEB128 of at most 32 bits.
 *
 * @returns The value, and the offset behind it.
 * @throws {WebAssembly.CompileError} It is too long, or runs past the end.
 */
export function readU32(
  bytes: Uint8Array,
  offset: number,
): [value: number, next: number] {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80 && value < 2 ** 32) return [value, offset + index + 1];
  }
  throw malformed("Cannot read an integer of more than 32 bits", offset);
}

/** `value` as unsigned LEB128. */
export function u32(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value;; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/** An error that names the offset at which a module is not as it must be. */
export function malformed(
  sentence: string,
  offset: number,
): WebAssembly.CompileError {
  return new WebAssembly.CompileError(`${sentence}: offset ${offset}`);
}
