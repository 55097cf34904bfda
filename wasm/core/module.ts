/**
 * Core modules that are ready to be instantiated, in any thread.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { LoadFailed } from "../errors.ts";
import { NotRewritable } from "../instrument/errors.ts";
import type { Caps } from "../instrument/frame.ts";
import type { Global } from "../instrument/globals.ts";
import type { OffsetMap } from "../instrument/offset_map.ts";
import type { MemoryImport } from "../instrument/imports.ts";
import { rewrite, type Rewritten } from "../instrument/rewrite.ts";
import type { Table } from "../instrument/tables.ts";
import { insistValid } from "../instrument/valid.ts";
import { TABLE_ENTRIES_MAX } from "../limits.ts";
import { refusalOf } from "./imports.ts";
import { BYTES_AT_ONCE_MAX } from "./limits.ts";
import type { StoreEntry } from "./module_store.ts";

/** A rewritten and compiled module, and what whoever runs it must know. It can be posted to a Worker. */
export interface CoreModule {
  /** The module. */
  readonly module: WebAssembly.Module;
  /** See {@linkcode Rewritten.memories}. */
  readonly memories: readonly MemoryImport[];
  /** See {@linkcode Rewritten.globals}. */
  readonly globals: readonly Global[];
  /** See {@linkcode Rewritten.tables}. */
  readonly tables: readonly Table[];
  /** See {@linkcode Rewritten.startExport}. */
  readonly startExport: string | undefined;
  /** See {@linkcode Rewritten.writesTables}. */
  readonly writesTables: boolean;
  /** See {@linkcode Rewritten.dropsSegments}. */
  readonly dropsSegments: boolean;
  /** See {@linkcode Rewritten.growsMemories}. */
  readonly growsMemories: boolean;
  /** See {@linkcode Rewritten.isRestorable}. */
  readonly isRestorable: boolean;
  /** See {@linkcode Rewritten.offsets}. */
  readonly offsets: OffsetMap;
  /** See {@linkcode Rewritten.overrunIndex}. */
  readonly overrunIndex: number;
  /** See {@linkcode Rewritten.movedBy}. */
  readonly movedBy: number;
}

/** How a module is made ready. */
export interface PrepareOptions {
  /** Where it may lie already, rewritten, or else is put. */
  readonly entry?: StoreEntry | undefined;
  /**
   * That it is part of a component, whose linker gives it what it imports: which
   * functions among that are told who calls, in order; those behind the end of
   * the list are not. The host gives all of it, and all are told, when absent.
   */
  readonly told?: readonly boolean[] | undefined;
}

/**
 * Makes a module ready for processes of `capability`.
 *
 * @param name For messages.
 * @param bytes Not changed.
 * @param options Where it may lie, and who gives it what it imports.
 * @throws {LoadFailed} It is invalid, needs more than `capability` grants,
 * imports what is not there, or does what no process may do.
 */
export async function prepareModule(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  capability: Capability,
  { entry, told }: PrepareOptions = {},
): Promise<CoreModule> {
  const found = await entry?.find();
  const rewritten = found ??
    orFail(name, () =>
      rewrite(bytes, {
        ...capsOf(capability),
        bindsImports: told ?? true,
        isCompiled: true,
      }));
  const { bytes: rewrittenBytes, ...plan } = rewritten;
  const module = await compile(name, bytes, rewrittenBytes);
  const refusal = told === undefined ? refusalOf(bytes) : undefined;
  if (refusal !== undefined) throw new LoadFailed(name, refusal, "");
  insistBounded(name, plan, capability);
  if (found === undefined) await entry?.save(rewritten);
  return {
    module,
    memories: plan.memories,
    globals: plan.globals,
    tables: plan.tables,
    startExport: plan.startExport,
    writesTables: plan.writesTables,
    dropsSegments: plan.dropsSegments,
    growsMemories: plan.growsMemories,
    isRestorable: plan.isRestorable,
    offsets: plan.offsets,
    overrunIndex: plan.overrunIndex,
    movedBy: plan.movedBy,
  };
}

function orFail<Result>(name: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    // What is wrong with a module is the app's fault, not ours.
    if (!(error instanceof NotRewritable)) throw error;
    throw new LoadFailed(name, error.message, "");
  }
}

/** What bounds a module of `capability`. */
export function capsOf({ memoryBytesMax }: Capability): Caps {
  return { memoryBytesMax, tableEntriesMax: TABLE_ENTRIES_MAX };
}

async function compile(
  name: string,
  original: Uint8Array<ArrayBuffer>,
  rewritten: Uint8Array<ArrayBuffer>,
): Promise<WebAssembly.Module> {
  try {
    return rewritten.length <= BYTES_AT_ONCE_MAX
      ? new WebAssembly.Module(rewritten)
      : await WebAssembly.compile(rewritten);
  } catch (error) {
    orFail(name, () => insistValid(original));
    // V8 bounds the sizes of what it compiles; the rewriter makes some larger.
    throw new LoadFailed(name, (error as Error).message, "");
  }
}

// What the rewriter cannot bound.
function insistBounded(
  name: string,
  { memories, allocates, waits }: Omit<Rewritten, "bytes">,
  { memoryBytesMax }: Capability,
): void {
  if (waits) {
    throw new LoadFailed(
      name,
      "Cannot run a module that blocks its thread: it has memory.atomic.wait",
      "",
    );
  }
  if (allocates) {
    throw new LoadFailed(
      name,
      "Cannot bound the memory of a module that makes garbage-collected objects",
      "",
    );
  }
  if (memories.length > 1) {
    throw new LoadFailed(
      name,
      `Cannot bound more memories than one to ${memoryBytesMax} bytes: ${memories.length}`,
      "",
    );
  }
}
