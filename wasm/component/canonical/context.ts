/**
 * What lifting and lowering work on.
 *
 * @see Canonical ABI, "Lifting and Lowering Context" and "Canonical Options".
 *
 * @module
 */

import type { Caller } from "./caller.ts";
import { trap } from "./errors.ts";
import type { CoreValue } from "./flatten.ts";
import type { BorrowScope, Handle } from "./handles.ts";
import type { ComponentInstanceState } from "./instance.ts";
import { LIFTED_BYTES_MAX } from "./limits.ts";

/** How strings lie in the memory of a guest. */
export type StringEncoding = "utf8" | "utf16" | "latin1+utf16";

/** What a context is of. */
export interface ContextParts {
  /** Whose memory it is. */
  readonly caller: Pick<Caller, "memoryAt" | "allocate">;
  /** Its number there. The memory may not be shared; nobody asks for it before a value goes through it. */
  readonly index: number;
  /** How strings lie in memory. */
  readonly encoding: StringEncoding;
  /** The component instance that its functions belong to. */
  readonly state: ComponentInstanceState;
}

const NO_BYTES = new Uint8Array(0);
const NO_SCOPE: BorrowScope = { borrows: 0 };
const NO_LENDERS: Handle[] = [];

/**
 * The core values of the call that is lifted or lowered, in order. One list for
 * all: it is used only while nothing but `realloc` runs, which may call nobody.
 */
export const FLAT: CoreValue[] = [];

/**
 * The views of one guest's memory, and the places where core values stand
 * while they are lifted or lowered.
 */
export class Context {
  /** How strings lie in the memory. */
  readonly encoding: StringEncoding;
  /** Whose functions these are. */
  readonly state: ComponentInstanceState;
  /** The memory. Made anew by `refresh` and by `allocate`. */
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** See {@linkcode FLAT}. */
  readonly flat: CoreValue[] = FLAT;
  /** The next of `flat` to read or write. */
  cursor = 0;
  /** Code units, or elements, of what was stored last. */
  storedLength = 0;
  /** Whether small lists of bytes that are lifted may share a buffer. */
  sharesBytes = false;
  /** What allocates for the call whose values are lowered: `CanonicalOptions.realloc`. */
  realloc: number | undefined;
  /** The call whose parameters are lowered, when they hold handles. */
  scope: BorrowScope = NO_SCOPE;
  /** What the call whose parameters are lifted has borrowed, when they hold handles. */
  lenders: Handle[] = NO_LENDERS;
  readonly #caller: ContextParts["caller"];
  readonly #index: number;
  #memory: WebAssembly.Memory | undefined;
  // Most guests only pass strings and bytes.
  #data: DataView<ArrayBuffer> | undefined;
  #liftedBytes = 0;

  /** Looks at nothing yet. */
  constructor({ caller, index, encoding, state }: ContextParts) {
    this.#caller = caller;
    this.#index = index;
    this.encoding = encoding;
    this.state = state;
  }

  /** The memory, as `bytes` is. */
  get data(): DataView<ArrayBuffer> {
    this.#data ??= new DataView(this.bytes.buffer);
    return this.#data;
  }

  /** Reads a u32 at `pointer`, which was found to fit. */
  u32(pointer: number): number {
    const { bytes } = this;
    const low = bytes[pointer]! | bytes[pointer + 1]! << 8;
    return (low | bytes[pointer + 2]! << 16 | bytes[pointer + 3]! << 24) >>> 0;
  }

  /** Writes a u32 at `pointer`, which was found to fit. */
  setU32(pointer: number, value: number): void {
    const { bytes } = this;
    bytes[pointer] = value;
    bytes[pointer + 1] = value >>> 8;
    bytes[pointer + 2] = value >>> 16;
    bytes[pointer + 3] = value >>> 24;
  }

  /** Begins a call: nothing has been lifted yet. */
  beginLift(): void {
    this.cursor = 0;
    this.#liftedBytes = 0;
    this.sharesBytes = false;
  }

  /** Makes the views anew when the memory has grown. */
  refresh(): void {
    // A memory that grows leaves views of length 0 behind.
    if (this.bytes.length !== 0) return;
    this.#memory ??= this.#caller.memoryAt(this.#index);
    const { buffer } = this.#memory;
    if (!(buffer instanceof ArrayBuffer)) {
      trap("Cannot lift from or lower to a memory that is shared");
    }
    this.bytes = new Uint8Array(buffer);
    this.#data = undefined;
  }

  /**
   * Accounts for `bytes` of JavaScript heap.
   *
   * @throws {CanonicalTrap} One call lifts too much.
   */
  charge(bytes: number): void {
    this.#liftedBytes += bytes;
    if (this.#liftedBytes > LIFTED_BYTES_MAX) {
      trap(`Cannot lift more than ${LIFTED_BYTES_MAX} bytes in one call`);
    }
  }

  /** @throws {CanonicalTrap} `size` bytes at `pointer` are not aligned, or not in the memory. */
  checkRange(pointer: number, size: number, alignment: number): void {
    // Alignments are powers of 2.
    if ((pointer & (alignment - 1)) !== 0) {
      trap(
        `Cannot use a pointer that is not aligned to ${alignment}: ${pointer}`,
      );
    }
    if (pointer + size > this.bytes.length) {
      trap(`Cannot reach beyond the memory: ${size} bytes at ${pointer}`);
    }
  }

  /**
   * Lets the guest allocate, and returns a pointer to `newSize` bytes.
   *
   * @throws {CanonicalTrap} What it returns is not aligned, or not in the memory.
   */
  allocate(
    oldPointer: number,
    oldSize: number,
    alignment: number,
    newSize: number,
  ): number {
    const answer = this.#caller.allocate(
      this.realloc!,
      oldPointer,
      oldSize,
      alignment,
      newSize,
    );
    if (typeof answer !== "number") trap("Cannot use memories of 64 bits");
    this.refresh();
    this.checkRange(answer >>> 0, newSize, alignment);
    return answer >>> 0;
  }
}
