/**
 * What is to be known of a function to lift or lower it.
 *
 * @see Canonical ABI, `flatten_functype`.
 *
 * @module
 */

import type { FunctionType } from "../value_type.ts";
import type { Codec } from "./codec.ts";
import { codecOf } from "./codec_of.ts";
import type { Caller, CanonicalOptions } from "./caller.ts";
import type { Context } from "./context.ts";
import { ComponentError } from "./errors.ts";
import { type CoreType, flattenAll, isTooLong } from "./flatten.ts";
import { MAX_FLAT_RESULTS } from "./limits.ts";
import { tupleCodec } from "./records.ts";
import type { Scalar } from "./scalar.ts";

/** A core function: i64 is a bigint, the others are numbers. */
// deno-lint-ignore no-explicit-any -- as many core values as its type says
export type CoreFunction = (...flat: any[]) => any;

/** A core function that is told first whose call it is. */
export type ToldFunction = (
  self: Caller,
  // deno-lint-ignore no-explicit-any -- as many core values as its type says
  ...flat: any[]
) => unknown;

/**
 * A function of JavaScript that is told first whose call it is: lifted values
 * in, a value out, or a promise of one.
 */
export type HostFunction = (
  self: Caller,
  // deno-lint-ignore no-explicit-any -- as many values as the type of the function says
  ...values: any[]
) => unknown;

/** The type of a core function. */
export interface CoreFunctionType {
  /** Types of its parameters, in order. */
  readonly params: readonly CoreType[];
  /** Type of its result, when it has one. */
  readonly results: readonly CoreType[];
}

/** A type of functions, prepared for all functions of that type. */
export interface Signature {
  /** Codecs of the parameters, in order. */
  readonly params: readonly Codec[];
  /** Codec of all parameters as one value, when they go through memory. */
  readonly paramsInMemory: Codec | undefined;
  /** The core types of the parameters, when they do not. */
  readonly flatParams: readonly CoreType[];
  /** Codec of the result. */
  readonly result: Codec | undefined;
  /** Whether the result goes through memory. */
  readonly isResultInMemory: boolean;
  /** Whether it answers with a value or an error: then errors are thrown. */
  readonly isFallible: boolean;
  /** Whether parameters may hold handles. */
  readonly hasHandles: boolean;
  /** Whether parameters that are core values may point to memory. */
  readonly liftsFromMemory: boolean;
  /** The types of parameters that are all scalars, when the result is one too or there is none. */
  readonly scalars: readonly Scalar[] | undefined;
}

const signatures = new WeakMap<FunctionType, Signature>();

/** What is to be known of `type`, made once. */
export function signatureOf(type: FunctionType): Signature {
  let signature = signatures.get(type);
  if (signature === undefined) {
    signatures.set(type, signature = newSignature(type));
  }
  return signature;
}

function newSignature(type: FunctionType): Signature {
  const params = type.params.map((param) => codecOf(param.type));
  const result = type.result && codecOf(type.result);
  const flatParams = flattenAll(params.map(({ flat }) => flat));
  return {
    params,
    paramsInMemory: isTooLong(flatParams) ? tupleCodec(params) : undefined,
    flatParams,
    result,
    isResultInMemory: result !== undefined &&
      result.flat.length > MAX_FLAT_RESULTS,
    isFallible: type.result?.kind === "result",
    hasHandles: params.some(({ hasHandles }) => hasHandles),
    liftsFromMemory: params.some(({ allocates }) => allocates),
    scalars: scalarsOf(params, result),
  };
}

const SCALARS_MAX = 6;

function scalarsOf(
  params: readonly Codec[],
  result: Codec | undefined,
): readonly Scalar[] | undefined {
  if (params.length > SCALARS_MAX) return undefined;
  if (result !== undefined && result.scalar === undefined) return undefined;
  const scalars = params.map(({ scalar }) => scalar);
  return scalars.includes(undefined) ? undefined : scalars as Scalar[];
}

/**
 * The type of the core function that stands for a function of `type`.
 *
 * Whoever links must compare: a core function of another type is not safe to
 * lift, nor is a lowered one to call.
 *
 * @param context `"lift"` for a core function that a component exports by it,
 * `"lower"` for one that it imports.
 * @throws {TypeError} Names are not in kebab case, or a value is larger than a memory.
 */
export function flatten(
  type: FunctionType,
  context: "lift" | "lower",
): CoreFunctionType {
  const signature = signatureOf(type);
  const { flatParams, result, isResultInMemory } = signature;
  const params = signature.paramsInMemory ? ["i32" as const] : flatParams;
  if (!isResultInMemory) return { params, results: result?.flat ?? [] };
  return context === "lift"
    ? { params, results: ["i32"] }
    : { params: [...params, "i32"], results: [] };
}

/** @throws {TypeError} What is `lowered` allocates, and `options` have no `realloc`. */
export function checkRealloc(
  { realloc }: CanonicalOptions,
  allocates: boolean,
): void {
  if (allocates && realloc === undefined) {
    throw new TypeError("Cannot lower strings and lists without realloc");
  }
}

/** Loads a value that goes through memory from `pointer`, a u32 of the guest. */
export function loadChecked(
  cx: Context,
  codec: Codec,
  pointer: number,
): unknown {
  const { size, alignment } = codec.layout;
  cx.refresh();
  cx.checkRange(pointer, size, alignment);
  cx.charge(codec.heapBytes);
  return codec.load(cx, pointer);
}

/** Stores a value that goes through memory at `pointer`, a u32 of the guest. */
export function storeChecked(
  cx: Context,
  codec: Codec,
  value: unknown,
  pointer: number,
): void {
  const { size, alignment } = codec.layout;
  cx.refresh();
  cx.checkRange(pointer, size, alignment);
  codec.store(cx, value, pointer);
}

/** What a host function returned, as the result that its type says. */
export function resultOf({ isFallible }: Signature, value: unknown): unknown {
  return isFallible ? { tag: "ok", val: value } : value;
}

/** What a host function threw, as the result that its type says; throws it when that says none. */
export function failureOf({ isFallible }: Signature, thrown: unknown): unknown {
  if (isFallible && thrown instanceof ComponentError) {
    return { tag: "err", val: thrown.payload };
  }
  throw thrown;
}

/** The value of a result, as a lifted function returns it. */
export function valueOf({ isFallible }: Signature, result: unknown): unknown {
  if (!isFallible) return result;
  const { tag, val } = result as { tag: "ok" | "err"; val: unknown };
  if (tag === "err") throw new ComponentError(val);
  return val;
}
