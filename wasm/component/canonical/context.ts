/**
 * What lifting and lowering work on.
 *
 * @see Canonical ABI, "Lifting and Lowering Context" and "Canonical Options".
 *
 * @module
 */

import { trap } from "./errors.ts";
import type { CoreValue } from "./flatten.ts";
import type { BorrowScope, Handle } from "./handles.ts";
import type { ComponentInstanceState } from "./instance.ts";
import { LIFTED_BYTES_MAX } from "./limits.ts";

/** How strings lie in the memory of a guest. */
export type StringEncoding = "utf8" | "utf16" | "latin1+utf16";

/** `realloc` of a guest: old pointer, old size, alignment, new size; all are u32. */
export type Realloc = (
  oldPointer: number,
  oldSize: number,
  alignment: number,
  newSize: number,
) => number;

/**
 * How the functions of one guest are lifted and lowered. Functions that are
 * given the same object share their views of the memory.
 */
export interface CanonicalOptions {
  /** The memory, which may not be shared; called only when a value goes through it. */
  memory(): WebAssembly.Memory;
  /** Needed only for what allocates in the guest: strings, lists, and many parameters of an export. */
  readonly realloc?: Realloc | undefined;
  /** Called after the result of an export was lifted, with what the core function returned. */
  readonly postReturn?: ((...result: CoreValue[]) => unknown) | undefined;
  /** How its strings lie in memory. */
  readonly encoding: StringEncoding;
  /** The instance that the functions belong to. */
  readonly instance: ComponentInstanceState;
}

const NO_BYTES = new Uint8Array(0);
const NO_DATA = new DataView(NO_BYTES.buffer);

/**
 * The views of one guest's memory, and the places where core values stand
 * while they are lifted or lowered.
 */
export class Context {
  /** What it was made for. */
  readonly options: CanonicalOptions;
  /** Whose functions these are. */
  readonly state: ComponentInstanceState;
  /** The memory. Made anew by `refresh` and by `allocate`. */
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** The memory. Made anew with `bytes`. */
  data: DataView<ArrayBuffer> = NO_DATA;
  /** Core values, in order. Used only while nothing but `realloc` runs. */
  readonly flat: CoreValue[] = [];
  /** The next of `flat` to read or write. */
  cursor = 0;
  /** Code units, or elements, of what was stored last. */
  storedLength = 0;
  /** Whether small lists of bytes that are lifted may share a buffer. */
  sharesBytes = false;
  /** The call whose parameters are lowered, when they hold handles. */
  scope: BorrowScope = { borrows: 0 };
  /** What the call whose parameters are lifted has borrowed. */
  lenders: Handle[] = [];
  #memory: WebAssembly.Memory | undefined;
  #liftedBytes = 0;

  /** Looks at nothing yet. */
  constructor(options: CanonicalOptions) {
    this.options = options;
    this.state = options.instance;
  }

  /** Begins a call: nothing has been lifted yet. */
  beginLift(): void {
    this.cursor = 0;
    this.#liftedBytes = 0;
    this.sharesBytes = false;
  }

  /** Makes the views anew when the memory has grown or is another. */
  refresh(): void {
    const memory = this.options.memory();
    // A memory that grows leaves views of length 0 behind.
    if (memory === this.#memory && this.bytes.length !== 0) return;
    const { buffer } = memory;
    if (!(buffer instanceof ArrayBuffer)) {
      trap("Cannot lift from or lower to a memory that is shared");
    }
    this.#memory = memory;
    this.bytes = new Uint8Array(buffer);
    this.data = new DataView(buffer);
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
    const realloc = this.options.realloc!;
    const answer: unknown = realloc(oldPointer, oldSize, alignment, newSize);
    if (typeof answer !== "number") trap("Cannot use memories of 64 bits");
    this.refresh();
    this.checkRange(answer >>> 0, newSize, alignment);
    return answer >>> 0;
  }
}

const contexts = new WeakMap<CanonicalOptions, Context>();

/** The context that all functions with `options` share. */
export function contextOf(options: CanonicalOptions): Context {
  let context = contexts.get(options);
  if (context === undefined) {
    contexts.set(options, context = new Context(options));
  }
  return context;
}
