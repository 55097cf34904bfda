/**
 * Host functions as imports of a guest.
 *
 * @see Canonical ABI, `canon lower`.
 *
 * @module
 */

import type { FunctionType } from "../value_type.ts";
import { type CanonicalOptions, type Context, contextOf } from "./context.ts";
import { ended, importLater } from "./ended.ts";
import type { CoreValue } from "./flatten.ts";
import type { Handle } from "./handles.ts";
import { checkLeave } from "./instance.ts";
import { takeOffer } from "./offer.ts";
import { importOfScalars } from "./scalar_import.ts";
import {
  checkRealloc,
  type CoreFunction,
  failureOf,
  loadChecked,
  resultOf,
  type Signature,
  signatureOf,
  storeChecked,
} from "./signature.ts";

/** A function of JavaScript: lifted values in, a value out, or a promise of one. */
// deno-lint-ignore no-explicit-any -- as many values as the type of the function says
export type HostFunction = (...values: any[]) => unknown;

/**
 * Makes `host` an import that a core module can call.
 *
 * The import returns a promise when `host` does; give it to `suspending` then.
 * What `host` throws ends the guest, which cannot catch it, except for a
 * `ComponentError` where the type says `result`. So does what the guest may
 * not do: the trap has a `CanonicalTrap` as its cause. The instance cannot be
 * entered after that.
 *
 * An async function is called as if it were not: its caller waits.
 *
 * @param type Must flatten to the type by which the core module imports it.
 * @param host Owns what it is given. What it returns must not be views of the
 * guest's memory.
 * @param sharesBytes Whether small lists of bytes that it is given may lie in one
 * buffer with others: it neither keeps them for long nor gives that buffer out.
 * @throws {TypeError} `options` lack `realloc`, or `type` is not one of JavaScript.
 *
 * @example A function of numbers
 * ```ts ignore
 * const add = lowerImport(type, options, (a: number, b: number) => a + b);
 * ```
 */
export function lowerImport(
  type: FunctionType,
  options: CanonicalOptions,
  host: HostFunction,
  sharesBytes = false,
): CoreFunction {
  const signature = signatureOf(type);
  checkRealloc(options, signature.result?.allocates ?? false);
  const { scalars, result } = signature;
  if (scalars !== undefined) {
    return importOfScalars(options.instance, scalars, result?.scalar, host);
  }
  return spread({ signature, host, cx: contextOf(options), sharesBytes });
}

interface Import {
  readonly signature: Signature;
  readonly host: HostFunction;
  readonly cx: Context;
  readonly sharesBytes: boolean;
}

// One function per number of core values: a rest parameter is an array at every call.
function spread(called: Import): CoreFunction {
  const { cx: { flat }, signature } = called;
  switch (coreArity(signature)) {
    case 0:
      return () => call(called);
    case 1:
      return (a) => {
        flat[0] = a;
        return call(called);
      };
    case 2:
      return (a, b) => {
        flat[0] = a, flat[1] = b;
        return call(called);
      };
    case 3:
      return (a, b, c) => {
        flat[0] = a, flat[1] = b, flat[2] = c;
        return call(called);
      };
    case 4:
      return (a, b, c, d) => {
        flat[0] = a, flat[1] = b, flat[2] = c, flat[3] = d;
        return call(called);
      };
    case 5:
      return (a, b, c, d, e) => {
        flat[0] = a, flat[1] = b, flat[2] = c, flat[3] = d, flat[4] = e;
        return call(called);
      };
    case 6:
      return (a, b, c, d, e, f) => {
        flat[0] = a, flat[1] = b, flat[2] = c, flat[3] = d, flat[4] = e;
        flat[5] = f;
        return call(called);
      };
    default:
      return (...all: CoreValue[]) => {
        for (let at = 0; at < all.length; at++) flat[at] = all[at]!;
        return call(called);
      };
  }
}

function coreArity(
  { paramsInMemory, flatParams, isResultInMemory }: Signature,
): number {
  const params = paramsInMemory === undefined ? flatParams.length : 1;
  return isResultInMemory ? params + 1 : params;
}

const NO_LENDERS: readonly Handle[] = [];

function call(called: Import): unknown {
  const { cx, signature } = called;
  try {
    checkLeave(cx.state);
    cx.beginLift();
    cx.sharesBytes = called.sharesBytes;
    // Nothing that runs meanwhile leaves the core values as they are.
    const pointer = resultPointer(cx, signature);
    const lenders = signature.hasHandles ? cx.lenders = [] : NO_LENDERS;
    const answer = attempt(called);
    if (answer instanceof Promise) {
      return finishLater(called, answer, pointer, lenders);
    }
    return finish(called, answer, pointer, lenders);
  } catch (thrown) {
    // A guest could catch whatever is not a trap.
    throw ended(cx.state, thrown);
  }
}

function resultPointer({ flat }: Context, signature: Signature): number {
  if (!signature.isResultInMemory) return 0;
  return (flat[coreArity(signature) - 1] as number) >>> 0;
}

function attempt(called: Import): unknown {
  const { signature } = called;
  if (!signature.isFallible) return invoke(called);
  try {
    const answer = invoke(called);
    return answer instanceof Promise ? answer : resultOf(signature, answer);
  } catch (thrown) {
    // An error that the type provides for is an answer.
    return failureOf(signature, thrown);
  }
}

function invoke({ cx, signature, host }: Import): unknown {
  const { params, paramsInMemory } = signature;
  if (paramsInMemory !== undefined) {
    const pointer = (cx.flat[0] as number) >>> 0;
    return host(...loadChecked(cx, paramsInMemory, pointer) as unknown[]);
  }
  if (signature.liftsFromMemory) cx.refresh();
  switch (params.length) {
    case 0:
      return host();
    case 1:
      return host(params[0]!.lift(cx));
    case 2:
      return host(params[0]!.lift(cx), params[1]!.lift(cx));
    case 3:
      return host(
        params[0]!.lift(cx),
        params[1]!.lift(cx),
        params[2]!.lift(cx),
      );
    default:
      return host(...params.map((param) => param.lift(cx)));
  }
}

function finish(
  { cx, signature: { result, isResultInMemory } }: Import,
  answer: unknown,
  pointer: number,
  lenders: readonly Handle[],
): CoreValue | undefined {
  for (const handle of lenders) handle.lends--;
  if (result === undefined) return undefined;
  cx.state.mayLeave = false;
  cx.cursor = 0;
  if (isResultInMemory) storeChecked(cx, result, answer, pointer);
  else result.lower(cx, answer);
  cx.state.mayLeave = true;
  return isResultInMemory ? undefined : cx.flat[0];
}

function finishLater(
  called: Import,
  promise: Promise<unknown>,
  pointer: number,
  lenders: readonly Handle[],
): Promise<CoreValue | undefined> {
  const { cx, signature } = called;
  const offer = takeOffer(promise);
  if (offer !== undefined) {
    const { generation } = cx.state;
    offer.goOn = (value) => {
      cx.state.insist(generation);
      return finishInTurn(called, value, pointer, lenders);
    };
    return promise as Promise<CoreValue | undefined>;
  }
  const answered = promise.then(
    (value) => resultOf(signature, value),
    (thrown) => failureOf(signature, thrown),
  );
  return importLater(
    cx.state,
    answered,
    (answer) => finish(called, answer, pointer, lenders),
  );
}

// Nobody looks at what this throws before the guest has ended by it.
function finishInTurn(
  called: Import,
  value: unknown,
  pointer: number,
  lenders: readonly Handle[],
): CoreValue | undefined {
  const { cx: { state }, signature } = called;
  try {
    return finish(called, resultOf(signature, value), pointer, lenders);
  } catch (thrown) {
    throw ended(state, thrown);
  }
}
