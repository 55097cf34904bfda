/**
 * Who is lifted from and lowered to.
 *
 * Functions are lifted and lowered once for all instances of a component. So
 * each is told first whose call it is, and knows by numbers what it needs of it.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { ComponentInstanceState } from "./instance.ts";
import type { CoreFunction } from "./signature.ts";

/** An instance of a component. All numbers are those of its component. */
export interface Caller {
  /** The state of a component instance in it. */
  stateAt(componentInstance: number): ComponentInstanceState;
  /** The context of {@linkcode CanonicalOptions.context}. */
  contextAt(context: number): Context;
  /** The memory of a context. */
  memoryAt(context: number): WebAssembly.Memory;
  /** What {@linkcode CanonicalOptions.realloc} answers: old pointer, old size, alignment, new size; all are u32. */
  allocate(
    realloc: number,
    oldPointer: number,
    oldSize: number,
    alignment: number,
    newSize: number,
  ): unknown;
  /** Calls {@linkcode CanonicalOptions.postReturn} with the core result, if there is one. */
  cleanUp(postReturn: number, result: unknown): unknown;
  /** A core function that is lifted. It may return a promise. */
  coreAt(core: number): CoreFunction;
}

/** How a function is lifted or lowered. All numbers are those of the component. */
export interface CanonicalOptions {
  /** The component instance that it belongs to. */
  readonly componentInstance: number;
  /** Which context: of a component instance, a memory, and how strings lie there. */
  readonly context: number;
  /** Needed only for what allocates in the guest: strings, lists, and many parameters of an export. */
  readonly realloc: number | undefined;
  /** Called after the result of an export was lifted, with what the core function returned. */
  readonly postReturn: number | undefined;
}
