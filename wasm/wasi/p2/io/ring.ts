/**
 * Bytes that wait in a place of a fixed size.
 *
 * @module
 */

// Small enough for V8 to keep it on its own heap.
const FIRST_BYTES = 64;

/**
 * A queue of bytes.
 *
 * What it holds does not depend on how it was written: many small pieces take
 * no more of the heap than one large one. Its room grows with what it holds, by
 * twice and more: most bodies are short, and buffers that V8 does not have on
 * its own heap make it collect garbage.
 *
 * Invariant: 0 ≤ size ≤ capacity.
 */
export class ByteRing {
  /** How many bytes it can hold. */
  readonly capacity: number;
  #bytes: Uint8Array | undefined;
  #start = 0;
  #size = 0;

  /** Holds nothing yet, and takes no room before it does. */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** How many bytes it holds. */
  get size(): number {
    return this.#size;
  }

  /** How many more it can hold. */
  get room(): number {
    return this.capacity - this.#size;
  }

  /** Adds a copy of `bytes`, which must fit. @throws {RangeError} They do not. */
  push(bytes: Uint8Array): void {
    if (bytes.length > this.room) {
      throw new RangeError(
        `Cannot add more bytes than there is room for, ${this.room}: ${bytes.length}`,
      );
    }
    const into = this.#roomy(this.#size + bytes.length);
    const end = (this.#start + this.#size) % into.length;
    const first = bytes.subarray(0, into.length - end);
    into.set(first, end);
    into.set(bytes.subarray(first.length), 0);
    this.#size += bytes.length;
  }

  // What it has, or a larger copy of it in which the oldest byte is the first.
  #roomy(bytes: number): Uint8Array {
    const before = this.#bytes;
    const length = before?.length ?? 0;
    if (before !== undefined && bytes <= length) return before;
    const wanted = Math.max(bytes, 2 * length, FIRST_BYTES);
    const into = new Uint8Array(Math.min(wanted, this.capacity));
    this.#copy(into.subarray(0, this.#size));
    this.#start = 0;
    return this.#bytes = into;
  }

  #copy(into: Uint8Array): void {
    if (into.length === 0) return;
    const from = this.#bytes!;
    const first = from.subarray(this.#start, this.#start + into.length);
    into.set(first);
    into.set(from.subarray(0, into.length - first.length), first.length);
  }

  /** Takes out up to `bytesMax` of the oldest bytes. Returns a copy. */
  take(bytesMax: number): Uint8Array {
    const taken = new Uint8Array(Math.min(bytesMax, this.#size));
    if (taken.length === 0) return taken;
    this.#copy(taken);
    this.#start = (this.#start + taken.length) % this.#bytes!.length;
    this.#size -= taken.length;
    if (this.#size === 0) this.clear();
    return taken;
  }

  /** Drops all bytes, and gives back the room. */
  clear(): void {
    this.#bytes = undefined;
    this.#start = 0;
    this.#size = 0;
  }
}
