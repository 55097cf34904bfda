/**
 * A guest without code: a memory, and an allocator that never frees.
 *
 * @module
 */

import type { StringEncoding } from "../context.ts";

const PAGE = 64 * 1024;

/** One that can be told to misbehave, by setting its `realloc`. */
export class FakeGuest {
  readonly encoding: StringEncoding;
  readonly core: WebAssembly.Memory = new WebAssembly.Memory({
    initial: 1,
    maximum: 1024,
  });
  /** What was allocated, in order. */
  readonly allocations: (readonly number[])[] = [];
  #next = 8;

  constructor(encoding: StringEncoding = "utf8") {
    this.encoding = encoding;
  }

  memory(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.core.buffer as ArrayBuffer);
  }

  /** The first bytes of the memory, as far as anything was allocated. */
  used(): Uint8Array {
    return this.memory().slice(0, this.#next);
  }

  // A field, so that tests can replace it. Every third one grows the memory.
  realloc = (
    old: number,
    oldSize: number,
    align: number,
    size: number,
  ): number => {
    this.allocations.push([old, oldSize, align, size]);
    const pointer = Math.ceil(this.#next / align) * align;
    this.#next = pointer + size;
    const missing = Math.ceil(
      (this.#next - this.core.buffer.byteLength) / PAGE,
    );
    const extra = this.allocations.length % 3 === 0 ? 1 : 0;
    if (missing > 0) this.core.grow(missing);
    else if (this.core.buffer.byteLength < 16 * PAGE) this.core.grow(extra);
    const kept = Math.min(oldSize, size);
    this.memory().copyWithin(pointer, old, old + kept);
    // What was freed holds nothing that anyone may look at.
    this.memory().fill(0, old, old + oldSize);
    return pointer;
  };
}
