/**
 * What lifts and lowers the values of one type.
 *
 * @see Canonical ABI, "Loading", "Storing", "Flat Lifting" and "Flat Lowering".
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { CoreType } from "./flatten.ts";
import type { Layout } from "./layout.ts";
import type { Scalar } from "./scalar.ts";

/**
 * Lifts and lowers the values of one type. It holds nothing of a call, so that
 * all functions and instances share it.
 *
 * A value of JavaScript that does not have the type is a `TypeMismatch`; what
 * the guest may not do is a `CanonicalTrap`.
 */
export interface Codec {
  /** How its values lie in memory. */
  readonly layout: Layout;
  /** Its core types; cut when they are more than parameters can have. */
  readonly flat: readonly CoreType[];
  /** What a lifted value takes of the JavaScript heap at least, in bytes; strings and lists charge for more. */
  readonly heapBytes: number;
  /** Whether lowering may allocate in the guest. */
  readonly allocates: boolean;
  /** Whether its values may hold handles. */
  readonly hasHandles: boolean;
  /** What its values are, when each is one core value that stands for itself. */
  readonly scalar: Scalar | undefined;
  /** Lifts the value at `pointer`, where `layout` was found to fit. */
  readonly load: (cx: Context, pointer: number) => unknown;
  /** Lowers `value` to `pointer`, where `layout` was found to fit. */
  readonly store: (cx: Context, value: unknown, pointer: number) => void;
  /** Lifts the next core values of `cx.flat`. */
  readonly lift: (cx: Context) => unknown;
  /** Lowers `value` to the next core values of `cx.flat`. */
  readonly lower: (cx: Context, value: unknown) => void;
}

/** Whether `each` of a value's parts makes it allocate, or hold handles. */
export function traitsOf(
  each: readonly Codec[],
): { readonly allocates: boolean; readonly hasHandles: boolean } {
  return {
    allocates: each.some(({ allocates }) => allocates),
    hasHandles: each.some(({ hasHandles }) => hasHandles),
  };
}

/** Heap of an object, or of an array, without its parts, in bytes. */
export const OBJECT_HEAP_BYTES = 48;
