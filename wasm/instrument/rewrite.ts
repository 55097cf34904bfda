/**
 * The rewriter: a module in; out comes one that can be stopped, is capped, and
 * can be put back to its first state.
 *
 * @module
 */

import { arrange, insistOrder, type NewSection } from "./assemble.ts";
import { CODE_METADATA_PREFIX, readHints } from "./branch_hint.ts";
import { type Code, rewriteCode, STRAIGHT_BYTES_MAX } from "./code.ts";
import { openCustom } from "./custom.ts";
import { checkBody, checkOf } from "./epoch.ts";
import { type Caps, type Find, type Frame, rewriteFrame } from "./frame.ts";
import { type Global, resetBody, writeGlobals } from "./globals.ts";
import { type MemoryImport, writeImports } from "./imports.ts";
import type { Move } from "./move.ts";
import { NAME_SECTION, rewriteNames } from "./name_section.ts";
import type { OffsetMap } from "./offset_map.ts";
import { TRAIT } from "./opcode.ts";
import { areSureSections, areSureSegments } from "./ranges.ts";
import { START_EXPORT } from "./reserved.ts";
import {
  readSections,
  SECTION,
  type Section,
  writeSections,
} from "./sections.ts";
import { SegmentFlags } from "./segments.ts";
import type { Table } from "./tables.ts";
import { insistValid } from "./valid.ts";

/** How a module is rewritten. */
export interface RewriteOptions extends Caps {
  /**
   * How much code in a row may have no check, in bytes; 1,024 when absent. With
   * 0 there is a check in front of nearly every instruction, as in tests.
   */
  readonly straightBytesMax?: number;
  /**
   * Whether each function that is imported takes one parameter more, the first:
   * who calls. That is an `externref`, which whoever makes an instance gives it
   * by `$rusm.reset`. So all instances can have the same imports. A list says it
   * of each function that is imported, in their order, and none behind its end is
   * told; `overrun` always is.
   */
  readonly bindsImports?: boolean | readonly boolean[];
  /**
   * Whether the engine compiles the result before anything else is done with
   * it. Then an invalid module may give an invalid one instead of an error,
   * which {@linkcode insistValid} tells: most are not read twice by that.
   */
  readonly isCompiled?: boolean;
}

/**
 * A rewritten module, and what whoever runs it must know.
 *
 * Besides its own imports it has those of the module `$rusm`: `epoch`, a shared
 * memory of one page, whose first four bytes tell when a guest's time is up, by
 * any change; `overrun`, a function `() -> i32` that is called then, and ends
 * the guest by a trap when it returns anything but 0; and the memories in
 * `memories` that are its own. To suspend the guest, `overrun` is a
 * `WebAssembly.Suspending`. It exports `$rusm.reset`, a function that gives
 * each mutable global its first value.
 *
 * With `bindsImports`, `overrun` and all other functions that it says it of take
 * who calls as their first parameter, and `$rusm.reset` takes who that is: it
 * has to be called once before any other export.
 */
export interface Rewritten {
  /** The module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** All its memories, in order of their indices, which are what they were. */
  readonly memories: readonly MemoryImport[];
  /** The mutable globals that it defines; indices are what they were. */
  readonly globals: readonly Global[];
  /** The tables that it defines; indices are what they were. */
  readonly tables: readonly Table[];
  /** Name of the exported function to call first, once; undefined without. */
  readonly startExport: string | undefined;
  /** Index of the import `overrun`: the functions behind it had another index, or were added. */
  readonly overrunIndex: number;
  /** By how much the indices of those functions are higher than they were. */
  readonly movedBy: number;
  /** Whether its code may write the entries of a table. */
  readonly writesTables: boolean;
  /** Whether its code may drop a segment. None is dropped; `$rusm.reset` brings it back. */
  readonly dropsSegments: boolean;
  /** Whether its code may make a memory larger. */
  readonly growsMemories: boolean;
  /**
   * Whether an instance is as new when each memory, which must not have grown,
   * has its first contents, `$rusm.reset` was called, and, if it
   * `writesTables`, each table has its first entries. The start function has
   * not run then.
   */
  readonly isRestorable: boolean;
  /** Whether its code makes objects on the heap of the engine, which has no cap. */
  readonly allocates: boolean;
  /** Whether its code may block the thread, by `memory.atomic.wait`. */
  readonly waits: boolean;
  /** Where each instruction was. */
  readonly offsets: OffsetMap;
}

/**
 * Rewrites `module`. What it computes stays the same.
 *
 * It asks at each loop head and function entry whether it may go on; short
 * innermost loops are unrolled, and asked once for some turns. Its
 * memories are imported, and they and its tables capped. Its tables and mutable globals are exported
 * under reserved names. A segment that it drops stays, and only looks dropped.
 * Its start function is exported instead of run by
 * instantiation, which could not be suspended. The same module gives the same
 * bytes.
 *
 * Custom sections stay, and offsets in them, as in DWARF, are those
 * of the original; see {@linkcode Rewritten.offsets}. But those that tell of
 * single instructions are left out, branch hints excepted.
 *
 * @param module Not changed.
 * @param options What it may use. Each memory and table is capped by itself.
 * @throws {NotRewritable} It is invalid, but for `isCompiled`, holds what the rewriter does not know,
 * uses a reserved name, or starts above a cap; the error names section and
 * offset.
 *
 * @example
 * ```ts
 * import { rewrite } from "./rewrite.ts";
 * import { strictEqual } from "node:assert";
 *
 * const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
 * const { bytes } = rewrite(empty, {
 *   memoryBytesMax: 2 ** 20,
 *   tableEntriesMax: 10_000,
 * });
 * strictEqual(WebAssembly.validate(bytes), true);
 * ```
 */
export function rewrite(
  module: Uint8Array<ArrayBuffer>,
  options: RewriteOptions,
): Rewritten {
  const sections = readSections(module);
  insistOrder(sections);
  const find = finderOf(sections, module.length);
  const { bindsImports = false } = options;
  const frame = rewriteFrame(sections, find, { ...options, bindsImports });
  const segments = new SegmentFlags(frame.globals.end);
  const code = rewriteCode(find(SECTION.code), {
    first: frame.epoch.overrun,
    move: frame.move,
    ranges: frame.ranges,
    check: checkOf(frame.epoch),
    straightBytesMax: options.straightBytesMax ?? STRAIGHT_BYTES_MAX,
    hints: readHints(sections),
    segments,
    addedFirst: frame.bound.bodies,
    added: [
      () => checkBody(frame.epoch),
      () => resetBody(frame.globals, segments),
    ],
  });
  const bytes = assemble(sections, frame, { ...code, segments });
  const isSure = options.isCompiled && frame.isSure &&
    (code.traits & TRAIT.unsure) === 0 &&
    areSureSegments(find(SECTION.data), frame.ranges) &&
    areSureSections(sections);
  // Else a guest could reach the epoch by an index that was not in range.
  if (!isSure) insistValid(module);
  const from = find(SECTION.code).offset;
  const to = readSections(bytes).find(({ id }) => id === SECTION.code)!.offset;
  return {
    bytes,
    ...describe(frame, code),
    offsets: code.runs.finish(from, to),
  };
}

// A section that is missing is as good as one without entries.
const NO_ENTRIES = Uint8Array.of(0);

function finderOf(sections: readonly Section[], end: number): Find {
  return (id) =>
    sections.find((section) => section.id === id) ??
      { id, offset: end, bytes: NO_ENTRIES };
}

function assemble(
  sections: readonly Section[],
  frame: Frame,
  code: Code & { readonly segments: SegmentFlags },
): Uint8Array<ArrayBuffer> {
  const { imports, ownMemories, types } = frame;
  const rewritten = arrange(rewriteCustoms(sections, frame.move), [
    { id: SECTION.type, bytes: types.finish() },
    {
      id: SECTION.import,
      bytes: writeImports(imports, ownMemories, types.added.overrun),
    },
    { id: SECTION.function, bytes: frame.functions },
    { id: SECTION.table, bytes: frame.tables.bytes },
    { id: SECTION.global, bytes: writeGlobals(frame.globals, code.segments) },
    { id: SECTION.export, bytes: frame.exports },
    { id: SECTION.element, bytes: frame.elements.bytes },
    { id: SECTION.code, bytes: code.bytes },
  ]);
  const codeIndex = rewritten.findIndex(({ id }) => id === SECTION.code);
  return writeSections(rewritten.toSpliced(codeIndex, 0, code.hints.finish()));
}

// Memories are imported, and the start function is exported, instead.
function rewriteCustoms(
  sections: readonly Section[],
  move: Move,
): NewSection[] {
  return sections
    .filter(({ id }) => id !== SECTION.memory && id !== SECTION.start)
    .flatMap((section) => rewriteCustom(section, move));
}

function rewriteCustom(section: Section, move: Move): NewSection[] {
  const custom = openCustom(section);
  if (custom === undefined) return [section];
  const { name, reader } = custom;
  if (name.startsWith(CODE_METADATA_PREFIX)) return [];
  if (name !== NAME_SECTION) return [section];
  return [{ id: section.id, bytes: rewriteNames(section, reader, move) }];
}

function describe(
  frame: Frame,
  code: Code,
): Omit<Rewritten, "bytes" | "offsets"> {
  const { globals: { globals, holdsObjects }, tables: { tables } } = frame;
  const writesTables = (code.traits & TRAIT.writesTables) !== 0;
  const values = frame.tables.traits | frame.elements.traits;
  // JavaScript can hold these, and put them back.
  const areEntriesPlain = tables.every(({ type }) => type !== "ref");
  return {
    memories: [...frame.imports.memories, ...frame.ownMemories],
    globals,
    tables,
    startExport: frame.hasStart ? START_EXPORT : undefined,
    overrunIndex: frame.epoch.overrun,
    movedBy: frame.move.by,
    writesTables,
    growsMemories: (code.traits & TRAIT.growsMemories) !== 0,
    dropsSegments: (code.traits & TRAIT.drops) !== 0,
    isRestorable: (code.traits & TRAIT.growsTables) === 0 &&
      !holdsObjects && (values & TRAIT.allocates) === 0 &&
      (!writesTables || areEntriesPlain),
    allocates: ((code.traits | values) & TRAIT.allocates) !== 0,
    waits: (code.traits & TRAIT.waits) !== 0,
  };
}
