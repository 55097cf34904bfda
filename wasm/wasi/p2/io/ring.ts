/**
 * Bytes that wait in a place of a fixed size.
 *
 * @module
 */

/**
 * A queue of bytes.
 *
 * What it holds does not depend on how it was written: many small pieces take
 * no more of the heap than one large one.
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
    const into = this.#bytes ??= new Uint8Array(this.capacity);
    const end = (this.#start + this.#size) % this.capacity;
    const first = bytes.subarray(0, this.capacity - end);
    into.set(first, end);
    into.set(bytes.subarray(first.length), 0);
    this.#size += bytes.length;
  }

  /** Takes out up to `bytesMax` of the oldest bytes. Returns a copy. */
  take(bytesMax: number): Uint8Array {
    const taken = new Uint8Array(Math.min(bytesMax, this.#size));
    if (taken.length === 0) return taken;
    const from = this.#bytes!;
    const first = from.subarray(this.#start, this.#start + taken.length);
    taken.set(first);
    taken.set(from.subarray(0, taken.length - first.length), first.length);
    this.#start = (this.#start + taken.length) % this.capacity;
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
