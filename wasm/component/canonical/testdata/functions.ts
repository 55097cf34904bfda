/**
 * Types of functions, and options for a guest without code.
 *
 * @module
 */

import { throws } from "node:assert";

import type { FunctionType, ValueType } from "../../value_type.ts";
import {
  CanonicalTrap,
  ComponentInstanceState,
} from "../mod.ts";
import type { AloneOptions } from "./alone.ts";
import { FakeGuest } from "./fake_guest.ts";

/** The type of a function. */
export function func(
  params: readonly ValueType[],
  result?: ValueType,
): FunctionType {
  return {
    params: params.map((type, at) => ({ name: `p${at}`, type })),
    result,
    isAsync: false,
  };
}

/** A list of any length. */
export function listOf(element: ValueType): ValueType {
  return { kind: "list", element, length: undefined };
}

/** A type without parts. */
export function primitive<Kind extends ValueType["kind"]>(
  kind: Kind,
): { kind: Kind } {
  return { kind };
}

export const U32: ValueType = { kind: "u32" };
export const STRING: ValueType = { kind: "string" };

/** Options for `guest`. */
export function optionsFor(
  guest: FakeGuest = new FakeGuest(),
  instance: ComponentInstanceState = new ComponentInstanceState(),
): AloneOptions {
  return {
    memory: () => guest.core,
    realloc: (...args) => guest.realloc(...args),
    encoding: guest.encoding,
    instance,
  };
}

/** Checks that `work` ends a guest that called out, for a reason that says `message`. */
export function trapsGuest(work: () => unknown, message: RegExp): void {
  throws(work, (thrown: Error) => {
    if (!(thrown instanceof WebAssembly.RuntimeError)) return false;
    return thrown.cause instanceof CanonicalTrap &&
      message.test(thrown.cause.message);
  });
}

/** Checks that `work` is a call of a guest that traps, for a reason that says `message`. */
export function traps(work: () => unknown, message: RegExp): void {
  throws(
    work,
    (thrown: Error) =>
      thrown instanceof CanonicalTrap && message.test(thrown.message),
  );
}
