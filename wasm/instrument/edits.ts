/**
 * Where an expression has to change.
 *
 * @module
 */

/** What to do at an offset. */
export const EDIT = {
  /** Nothing. */
  none: 0,
  /** Put a check in front of it. */
  check: 1,
  /** Move the index of a function that stands here. */
  move: 2,
  /** Unroll the loop that it begins; edits up to `turnEnd` belong to that. */
  unroll: 3,
  /** Let the label that stands here pass those by that are put in. */
  label: 4,
  /** The end of such a loop. */
  turnEnd: 5,
  /** Put a look at the flag of a segment in front of the instruction here, or, if it drops one, in its place. */
  segment: 6,
} as const;

/** Edits in ascending order of their offsets, used again and again. */
export class Edits {
  /** How many there are. */
  count = 0;
  /** Offset of each in its section. */
  offsets: Uint32Array = new Uint32Array(64);
  /** What to do, one of {@linkcode EDIT}. */
  kinds: Uint8Array = new Uint8Array(64);

  /** Adds one behind those that are there. */
  add(offset: number, kind: number): void {
    if (this.count === this.offsets.length) this.#grow();
    this.offsets[this.count] = offset;
    this.kinds[this.count++] = kind;
  }

  #grow(): void {
    const offsets = new Uint32Array(this.count * 2);
    const kinds = new Uint8Array(this.count * 2);
    offsets.set(this.offsets);
    kinds.set(this.kinds);
    this.offsets = offsets;
    this.kinds = kinds;
  }
}
