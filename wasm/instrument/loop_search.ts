/**
 * Which loops can be unrolled.
 *
 * @module
 */

import { EDIT, type Edits } from "./edits.ts";
import { LABEL_MAX, turnsOf } from "./unroll.ts";

/**
 * Finds the loops that can be unrolled, while a function is scanned: short ones
 * without parameters that hold neither a loop, nor a call, nor a check. So no
 * code is copied twice.
 */
export class LoopSearch {
  readonly #edits: Edits;
  /** Offsets of the labels in the loop that are further out. */
  readonly #outwards: number[] = [];
  /** Blocks that are open. */
  #depth = 0;
  /** The same inside the loop that is looked at; -1 while none is. */
  #loopDepth = -1;
  #start = 0;
  #bodyAt = 0;
  #edit = 0;
  #isRepeated = false;

  /** Changes `edits` when it has found one, which becomes an `unroll`. */
  constructor(edits: Edits) {
    this.#edits = edits;
  }

  /** Enters a block. */
  enter(): void {
    this.#depth++;
  }

  /** Enters the loop at `start`, whose body is at `bodyAt`; the last edit is its check. */
  enterLoop(bytes: Uint8Array, start: number, bodyAt: number): void {
    this.#depth++;
    // No type, or one result: no parameters.
    const isSimple = bodyAt - start === 2 && bytes[start + 1]! >= 0x40;
    this.#loopDepth = isSimple ? this.#depth : -1;
    this.#start = start;
    this.#bodyAt = bodyAt;
    this.#edit = this.#edits.count - 1;
    this.#isRepeated = false;
    this.#outwards.length = 0;
  }

  /** Meets the label at `at`. */
  label(bytes: Uint8Array, at: number): void {
    if (this.#loopDepth < 0) return;
    const outwards = bytes[at]! - (this.#depth - this.#loopDepth);
    if (bytes[at]! > LABEL_MAX) this.leaveOut();
    else if (outwards > 0) this.#outwards.push(at);
    else if (outwards === 0) this.#isRepeated = true;
  }

  /** Meets a vector of labels, and one more, from `at` to `end`. */
  labels(bytes: Uint8Array, at: number, end: number): void {
    if (this.#loopDepth < 0) return;
    // With longer labels, or cut, it has another size.
    if (end - at !== bytes[at]! + 2) return this.leaveOut();
    for (let each = at + 1; each < end; each++) this.label(bytes, each);
  }

  /** Leaves out the loop that is looked at. */
  leaveOut(): void {
    this.#loopDepth = -1;
  }

  /**
   * Leaves a block, by the instruction at `end`.
   *
   * @returns How many bytes of code a loop that ends has more now; mostly 0.
   */
  leave(end: number): number {
    if (this.#depth-- !== this.#loopDepth) return 0;
    this.#loopDepth = -1;
    const size = end - this.#bodyAt;
    const isPlain = this.#edits.count === this.#edit + 1;
    if (!isPlain || !this.#isRepeated || turnsOf(size) < 2) return 0;
    this.#unroll(end);
    return (turnsOf(size) - 1) * size;
  }

  #unroll(end: number): void {
    const edits = this.#edits;
    edits.offsets[this.#edit] = this.#start;
    edits.kinds[this.#edit] = EDIT.unroll;
    for (const at of this.#outwards) edits.add(at, EDIT.label);
    edits.add(end, EDIT.turnEnd);
  }
}
