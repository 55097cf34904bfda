/**
 * Where an instruction was before the module was rewritten.
 *
 * @module
 */

/**
 * Runs of bytes that kept their order: the one that began at `original[i]` of
 * the module begins at `rewritten[i]` now. What is in an unrolled loop has a run
 * for each turn. It can be posted to a Worker.
 *
 * Invariant: both are as long, and `rewritten` ascends.
 */
export interface OffsetMap {
  /** Offset of each run in the original module. */
  readonly original: Uint32Array;
  /** Offset of each run in the rewritten module. */
  readonly rewritten: Uint32Array;
}

/**
 * The offset in the original module of what stands at `offset` of the
 * rewritten one, as in the frames of a trap. Thus names, source maps and DWARF
 * of the original can be used as they are.
 *
 * What was put in stands for the instruction that it was put in front of, and
 * each turn of an unrolled loop for the loop.
 *
 * @returns `undefined` in front of the first function, and in functions that
 * were added.
 */
export function originalOffset(
  { original, rewritten }: OffsetMap,
  offset: number,
): number | undefined {
  const run = lastAtMost(rewritten, offset);
  const next = original[run + 1];
  if (run < 0 || next === undefined) return undefined;
  return Math.min(original[run]! + offset - rewritten[run]!, next);
}

/** Index of the last of `offsets` that is no more than `offset`; -1 if none is. */
function lastAtMost(offsets: Uint32Array, offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** An {@linkcode OffsetMap} that is being made, with offsets in the code section. */
export class OffsetRuns {
  #count = 0;
  #original = new Uint32Array(256);
  #rewritten = new Uint32Array(256);

  /** Forgets all. */
  clear(): void {
    this.#count = 0;
  }

  /** Begins a run, unless it goes on with the last one. */
  add(original: number, rewritten: number): void {
    const last = this.#count - 1;
    const shift = this.#rewritten[last]! - this.#original[last]!;
    if (last < 0 || rewritten - original !== shift) {
      this.end(original, rewritten);
    }
  }

  /** Ends the last run where nothing follows that was there before. */
  end(original: number, rewritten: number): void {
    if (this.#count === this.#original.length) this.#grow();
    this.#original[this.#count] = original;
    this.#rewritten[this.#count++] = rewritten;
  }

  /** The map, when the section was at `original` and is at `rewritten`. */
  finish(original: number, rewritten: number): OffsetMap {
    return {
      original: moved(this.#original.subarray(0, this.#count), original),
      rewritten: moved(this.#rewritten.subarray(0, this.#count), rewritten),
    };
  }

  #grow(): void {
    const original = new Uint32Array(this.#count * 2);
    const rewritten = new Uint32Array(this.#count * 2);
    original.set(this.#original);
    rewritten.set(this.#rewritten);
    this.#original = original;
    this.#rewritten = rewritten;
  }
}

function moved(offsets: Uint32Array, by: number): Uint32Array {
  const copy = offsets.slice();
  for (let nth = 0; nth < copy.length; nth++) copy[nth]! += by;
  return copy;
}
