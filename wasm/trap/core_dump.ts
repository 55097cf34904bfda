/**
 * Core dumps: what a guest had in its memories and globals, and where it was,
 * for debuggers.
 *
 * @see Coredump.md of WebAssembly/tool-conventions. Differs: locals and the
 * values on the stack are not there, since V8 does not tell them; nor are
 * tables, for which it has no place.
 *
 * @module
 */

import { Writer } from "../instrument/writer.ts";
import { type DumpMemory, partHead, partsOf } from "./dump_memory.ts";
import {
  type DumpGlobal,
  writeDataHead,
  writeGlobals,
  writeMemories,
} from "./dump_sections.ts";
import { writeProcess, writeStack } from "./dump_stack.ts";
import type { Frame } from "./frames.ts";

/** The longest chunk of a core dump, in bytes. */
export const DUMP_CHUNK_BYTES_MAX: number = 2 ** 20;

/** Contents of memories that a core dump can hold, in bytes. */
export const DUMP_CONTENT_BYTES_MAX: number = 2 ** 28;

/** What a core dump is made of. */
export interface DumpSource {
  /** Name of the process. */
  readonly processName: string;
  /** Name of the module. */
  readonly moduleName: string;
  /** The module as it was written, for the offsets of its functions; without it all are 0. */
  readonly module?: Uint8Array;
  /** Youngest first, as in a trap. Those of the host are left out. */
  readonly frames: readonly Frame[];
  /** All memories of the instance, in order of their indices. */
  readonly memories: readonly DumpMemory[];
  /** What is known of its globals, in order of their indices. */
  readonly globals: readonly DumpGlobal[];
  /**
   * Contents that are kept at most, in bytes, from the front of the first
   * memory; `DUMP_CONTENT_BYTES_MAX` when absent.
   */
  readonly contentBytesMax?: number;
}

/**
 * A core dump in one piece. It is a valid module, of the size of what the
 * memories hold besides zeroes.
 *
 * @throws {RangeError} A memory does not end with a page, or `contentBytesMax`
 * is above `DUMP_CONTENT_BYTES_MAX`.
 *
 * @example
 * ```ts
 * import { coreDump } from "./core_dump.ts";
 * import { strictEqual } from "node:assert";
 *
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * const dump = coreDump({
 *   processName: "worker<0.7>",
 *   moduleName: "module.wasm",
 *   frames: [{ type: "guest", functionIndex: 3, name: "run", offset: 99 }],
 *   memories: [{ buffer: memory.buffer, is64: false }],
 *   globals: [{ index: 0, type: "i32", value: 7 }],
 * });
 * strictEqual(WebAssembly.validate(dump), true);
 * ```
 */
export function coreDump(source: DumpSource): Uint8Array<ArrayBuffer> {
  const chunks = [...coreDumpChunks(source)];
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  const dump = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    dump.set(chunk, at);
    at += chunk.length;
  }
  return dump;
}

/**
 * A core dump in chunks of at most `DUMP_CHUNK_BYTES_MAX` bytes, without a copy
 * of a memory.
 *
 * The memories are searched when the first chunk is taken, which takes some
 * hundred milliseconds for a gigabyte. Chunks are views of
 * them, good until the next is taken; until the last is, nobody may write to
 * the memories, grow them, or give them to another process.
 *
 * @throws {RangeError} A memory does not end with a page, or `contentBytesMax`
 * is above `DUMP_CONTENT_BYTES_MAX`.
 */
export function* coreDumpChunks(source: DumpSource): Generator<Uint8Array> {
  const { memories, contentBytesMax = DUMP_CONTENT_BYTES_MAX } = source;
  if (contentBytesMax > DUMP_CONTENT_BYTES_MAX) {
    throw new RangeError(
      `Cannot dump more than ${DUMP_CONTENT_BYTES_MAX} bytes of memories: ${contentBytesMax}`,
    );
  }
  const parts = partsOf(memories, contentBytesMax);
  const heads = parts.map(partHead);
  const size = parts.reduce(
    (sum, { bytes }, nth) => sum + bytes.length + heads[nth]!.length,
    0,
  );
  yield headOf(source, parts.length, size);
  for (const [nth, { bytes }] of parts.entries()) {
    yield heads[nth]!;
    for (let at = 0; at < bytes.length; at += DUMP_CHUNK_BYTES_MAX) {
      yield bytes.subarray(at, at + DUMP_CHUNK_BYTES_MAX);
    }
  }
}

const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

// All but the parts: how many there are, and their size with their heads.
function headOf(
  source: DumpSource,
  partsCount: number,
  size: number,
): Uint8Array {
  const writer = new Writer();
  writer.copy(HEADER);
  writeProcess(writer, source);
  writeStack(writer, source);
  writeMemories(writer, source.memories);
  writeGlobals(writer, source.globals);
  writeDataHead(writer, partsCount, size);
  return writer.bytes;
}
