/**
 * The code section.
 *
 * @module
 */

import { type FunctionHints, HintSection, MovedHints } from "./branch_hint.ts";
import { EDIT, Edits } from "./edits.ts";
import type { Check } from "./epoch.ts";
import { type Move, moveGrowth, writeMoved } from "./move.ts";
import { OffsetRuns } from "./offset_map.ts";
import { TRAIT } from "./opcode.ts";
import type { Ranges } from "./ranges.ts";
import { Reader } from "./reader.ts";
import { scan } from "./scan.ts";
import type { Section } from "./sections.ts";
import type { SegmentFlags } from "./segments.ts";
import {
  UNROLLED_FUNCTION_BYTES_MAX,
  unrolledGrowth,
  writeUnrolled,
} from "./unroll.ts";
import { Writer } from "./writer.ts";

/** The largest body of a function that V8 takes, in bytes. */
export const FUNCTION_BYTES_MAX = 7_654_321;

/** How much code in a row has no check, in bytes. */
export const STRAIGHT_BYTES_MAX = 1024;

/** The largest body of a function without calls that is not checked where it is entered, in bytes. */
export const LEAF_BYTES_MAX = 64;

/** How code is rewritten. */
export interface CodeOptions {
  /** Index that the first function had that is defined. */
  readonly first: number;
  /** Which functions move. */
  readonly move: Move;
  /** What the module has before anything is added. */
  readonly ranges: Ranges;
  /** What to put in. */
  readonly check: Check;
  /** How much code in a row may have no check, in bytes. */
  readonly straightBytesMax: number;
  /** Hints that were there, by index of the function. */
  readonly hints: ReadonlyMap<number, FunctionHints>;
  /** What segments that are dropped become. */
  readonly segments: SegmentFlags;
  /** Bodies of functions to add in front of all others. */
  readonly addedFirst: readonly Uint8Array[];
  /** Make the bodies of functions to add behind them, when all others are there. */
  readonly added: readonly (() => Uint8Array)[];
}

/** What became of the code section; good until the next is rewritten. */
export interface Code {
  /** Its contents. */
  readonly bytes: Uint8Array;
  /** The hints, the old ones and those of checks. */
  readonly hints: HintSection;
  /** What went where. */
  readonly runs: OffsetRuns;
  /** Traits of all instructions. */
  readonly traits: number;
}

/**
 * Puts checks in where {@linkcode scan} says, and at each entry of a function.
 *
 * A function that calls nothing and is at most {@linkcode LEAF_BYTES_MAX} bytes
 * long has no check at its entry. Whatever runs long comes to checks all the
 * same. It goes round a loop, which checks, an unrolled one after at most four
 * turns that count as code in a row; or it enters functions, and all but such
 * leaves check; or it returns from functions that have called each other, at
 * most as many as the stack holds, and in each it comes to a check after at
 * most {@linkcode STRAIGHT_BYTES_MAX} bytes of code, of which a call of a leaf
 * counts for some. The worst guest that was tried, 21,500 functions deep, went
 * 5 ms without a check.
 *
 * @throws {NotRewritable} An instruction is not known, or a function becomes
 * too long for V8.
 */
export function rewriteCode(section: Section, options: CodeOptions): Code {
  const rewriter = new CodeRewriter(section, options);
  return rewriter.rewrite();
}

/** What a rewrite writes to. */
interface Targets {
  readonly writer: Writer;
  readonly edits: Edits;
  readonly runs: OffsetRuns;
  readonly hints: HintSection;
}

function newTargets(bytes: number): Targets {
  return {
    writer: new Writer(Math.ceil(bytes * 1.25) + 256),
    edits: new Edits(),
    runs: new OffsetRuns(),
    hints: new HintSection(),
  };
}

// How much code is written to what was written to before, in bytes: what it
// leaves there stays.
const REUSED_BYTES_MAX = 2 ** 16;

// To make buffers for little takes as long as to fill them.
let reused: Targets | undefined;

function targetsFor(bytes: number): Targets {
  if (bytes > REUSED_BYTES_MAX) return newTargets(bytes);
  reused ??= newTargets(bytes);
  reused.writer.length = 0;
  reused.runs.clear();
  reused.hints.clear();
  return reused;
}

/** One way through the code section. */
class CodeRewriter {
  readonly #options: CodeOptions;
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #edits: Edits;
  readonly #runs: OffsetRuns;
  readonly #hints: HintSection;
  #traits = 0;

  constructor(section: Section, options: CodeOptions) {
    this.#options = options;
    this.#reader = new Reader(section);
    const { writer, edits, runs, hints } = targetsFor(section.bytes.length);
    this.#writer = writer;
    this.#edits = edits;
    this.#runs = runs;
    this.#hints = hints;
  }

  /** Rewrites all functions, in order. */
  rewrite(): Code {
    const { added, addedFirst, first } = this.#options;
    const reader = this.#reader;
    const writer = this.#writer;
    const count = reader.u32();
    writer.u32(addedFirst.length + count + added.length);
    for (const body of addedFirst) writer.sized(body);
    for (let nth = 0; nth < count; nth++) this.#function(first + nth);
    reader.end();
    this.#runs.end(reader.at, writer.length);
    for (const bodyOf of added) writer.sized(bodyOf());
    return {
      bytes: writer.bytes,
      hints: this.#hints,
      runs: this.#runs,
      traits: this.#traits,
    };
  }

  #function(index: number): void {
    const reader = this.#reader;
    const edits = this.#edits;
    const size = reader.u32();
    const start = reader.at;
    const end = start + size;
    if (end > reader.bytes.length) {
      throw reader.refusal("Cannot read past the end");
    }
    edits.count = 0;
    const { move, ranges, straightBytesMax } = this.#options;
    const locals = readLocals(reader);
    edits.add(reader.at, EDIT.check);
    const traits = scan(reader, edits, {
      moveFrom: move.from,
      ranges,
      straightBytesMax,
      end,
      unrolls: size <= UNROLLED_FUNCTION_BYTES_MAX,
    });
    this.#traits |= traits | locals;
    const isLeaf = (traits & TRAIT.calls) === 0 && size <= LEAF_BYTES_MAX;
    if (isLeaf) edits.kinds[0] = EDIT.none;
    this.#writer.u32(this.#insistSize(size + this.#growth(), start));
    this.#hints.add(
      index + move.by,
      this.#body(start, end, this.#options.hints.get(index)),
    );
  }

  #insistSize(size: number, start: number): number {
    if (size <= FUNCTION_BYTES_MAX) return size;
    throw this.#reader.refusal(
      `Cannot make a function longer than ${FUNCTION_BYTES_MAX} bytes`,
      start,
    );
  }

  /** Bytes by which the edits make the function longer. */
  #growth(): number {
    const { count, kinds, offsets } = this.#edits;
    const { bytes } = this.#reader;
    const { check, move: { by } } = this.#options;
    let growth = 0;
    for (let index = 0; index < count; index++) {
      const kind = kinds[index];
      if (kind === EDIT.check) growth += check.bytes.length;
      else if (kind === EDIT.move) {
        growth += moveGrowth(bytes, offsets[index]!, by);
      } else if (kind === EDIT.segment) growth += this.#segmentGrowth(index);
      else if (kind === EDIT.unroll) {
        growth += unrolledGrowth(this.#edits, index, check);
      }
    }
    return growth;
  }

  #segmentGrowth(index: number): number {
    const at = this.#edits.offsets[index]!;
    const { code, end } = this.#options.segments.edit(this.#reader.bytes, at);
    return code.length - (end - at);
  }

  /** Writes the body from `start` to `end`, and returns its hints. */
  #body(
    start: number,
    end: number,
    old: FunctionHints | undefined,
  ): FunctionHints {
    const { bytes } = this.#reader;
    const { check, move } = this.#options;
    const writer = this.#writer;
    const edits = this.#edits;
    const first = writer.length;
    const hints = new MovedHints(old);
    const runs = this.#runs;
    const target = { bytes, start, writer, first, hints, runs, check };
    let from = start;
    runs.add(start, writer.length);
    for (let index = 0; index < edits.count; index++) {
      const kind = edits.kinds[index];
      if (kind === EDIT.none) continue;
      const at = edits.offsets[index]!;
      hints.move(from - start, at - start, writer.length - first);
      writer.copy(bytes, from, at);
      if (kind === EDIT.check) {
        hints.addUnlikely(writer.length - first + check.branchAt);
        writer.copy(check.bytes);
        from = at;
      } else if (kind === EDIT.segment) {
        const { code, end } = this.#options.segments.edit(bytes, at);
        writer.copy(code);
        from = end;
      } else if (kind === EDIT.unroll) {
        index = writeUnrolled(target, edits, index);
        from = edits.offsets[index]! + 1;
      } else from = writeMoved(writer, bytes, at, move.by);
      runs.add(from, writer.length);
    }
    hints.move(from - start, end - start, writer.length - first);
    writer.copy(bytes, from, end);
    return hints;
  }
}

/** Reads which locals a function has, and returns their traits. */
function readLocals(reader: Reader): number {
  let traits = 0;
  reader.vector(() => {
    reader.skipInteger();
    if (reader.valueType() === "ref") traits |= TRAIT.unsure;
  });
  return traits;
}
