/**
 * Codecs of handles.
 *
 * JavaScript sees what the resource is to the one who implements it: an object
 * of the host's own, or the u32 that the guest gave to `resource.new`.
 *
 * @see Canonical ABI, `lift_own`, `lift_borrow`, `lower_own`, `lower_borrow`.
 *
 * @module
 */

import type { HandleType, ResourceType } from "../value_type.ts";
import type { Codec } from "./codec.ts";
import type { Context } from "./context.ts";
import { trap, TypeMismatch } from "./errors.ts";
import type { ComponentInstanceState } from "./instance.ts";
import { pushCore, takeU32 } from "./primitives.ts";

const HANDLE_HEAP_BYTES = 16;

/** The codec of handles. */
export function handleCodec({ kind, resource }: HandleType): Codec {
  const lift = kind === "own" ? liftOwn : liftBorrow;
  const lower = kind === "own" ? lowerOwn : lowerBorrow;
  return {
    layout: { size: 4, alignment: 4 },
    flat: ["i32"],
    heapBytes: HANDLE_HEAP_BYTES,
    allocates: false,
    hasHandles: true,
    scalar: undefined,
    load: (cx, pointer) => lift(cx, cx.u32(pointer), resource),
    store: (cx, value, pointer) =>
      cx.setU32(pointer, lower(cx, value, resource)),
    lift: (cx) => lift(cx, takeU32(cx), resource),
    lower: (cx, value) => pushCore(cx, lower(cx, value, resource)),
  };
}

function liftOwn(
  { state: { handles } }: Context,
  index: number,
  type: ResourceType,
): unknown {
  if (handles.get(index, type).scope !== undefined) {
    trap(`Cannot give away a handle that was borrowed: ${index}`);
  }
  return handles.remove(index, type).rep;
}

function liftBorrow(cx: Context, index: number, type: ResourceType): unknown {
  const handle = cx.state.handles.get(index, type);
  handle.lends++;
  cx.lenders.push(handle);
  return handle.rep;
}

function lowerOwn(
  { state }: Context,
  rep: unknown,
  type: ResourceType,
): number {
  checkRep(state, rep, type);
  return state.handles.add({ type, rep, scope: undefined, lends: 0 });
}

function lowerBorrow(
  { state, scope }: Context,
  rep: unknown,
  type: ResourceType,
): number {
  checkRep(state, rep, type);
  // Its own resources the guest knows without a handle.
  if (state.implemented.has(type)) return rep as number;
  const index = state.handles.add({ type, rep, scope, lends: 0 });
  scope.borrows++;
  return index;
}

function checkRep(
  { implemented }: ComponentInstanceState,
  rep: unknown,
  type: ResourceType,
): void {
  const fits = implemented.has(type)
    ? typeof rep === "number" && rep >>> 0 === rep
    : rep !== undefined && rep !== null;
  if (!fits) throw new TypeMismatch(`a ${type.name ?? "resource"}`, rep);
}
