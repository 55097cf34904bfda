/**
 * Exports of a guest as functions of the host.
 *
 * @see Canonical ABI, `canon lift`.
 *
 * @module
 */

import type { FunctionType } from "../value_type.ts";
import { type CanonicalOptions, type Context, contextOf } from "./context.ts";
import { later } from "./ended.ts";
import { trap, TypeMismatch } from "./errors.ts";
import type { CoreValue } from "./flatten.ts";
import type { BorrowScope } from "./handles.ts";
import type { HostFunction } from "./lower_import.ts";
import { exportOfScalars } from "./scalar_export.ts";
import {
  checkRealloc,
  type CoreFunction,
  loadChecked,
  type Signature,
  signatureOf,
  storeChecked,
  valueOf,
} from "./signature.ts";

/**
 * Makes `core`, an export of a core module, a function of JavaScript.
 *
 * It returns a promise when `core` does: make `core` one by `promising`, and
 * the function can wait in its imports. The result is copied out of the guest,
 * and then `postReturn` is called; what that returns is awaited if it comes
 * from a `core` that returned a promise.
 *
 * A call throws, or rejects, with
 * - `ComponentError`, when the type says `result` and that is an error;
 * - `TypeMismatch`, when the arguments do not have the types of the
 *   parameters: the guest has not been called, though it may have allocated;
 * - `CanonicalTrap`, and whatever `core` throws. The instance cannot be entered
 *   after that.
 *
 * @param type Must flatten to the type of `core`.
 * @throws {TypeError} `options` lack `realloc`, or `type` is not one of JavaScript.
 */
export function liftExport(
  type: FunctionType,
  options: CanonicalOptions,
  core: CoreFunction,
): HostFunction {
  const signature = signatureOf(type);
  const { params, paramsInMemory, scalars, result } = signature;
  const allocates = params.some((param) => param.allocates);
  checkRealloc(options, allocates || paramsInMemory !== undefined);
  if (scalars !== undefined && options.postReturn === undefined) {
    return exportOfScalars(options.instance, scalars, result?.scalar, core);
  }
  return spread({ signature, core, cx: contextOf(options) });
}

interface Export {
  readonly signature: Signature;
  readonly core: CoreFunction;
  readonly cx: Context;
}

// One function per number of parameters: a rest parameter is an array at every call.
function spread(called: Export): HostFunction {
  const { cx, signature: { params, paramsInMemory } } = called;
  if (paramsInMemory !== undefined) return throughMemory(called);
  const [p, q, r] = params;
  switch (params.length) {
    case 0:
      return () => run(called, begin(called));
    case 1:
      return (a) => {
        const scope = begin(called);
        try {
          p!.lower(cx, a);
        } catch (thrown) {
          throw refused(cx, thrown);
        }
        return run(called, scope);
      };
    case 2:
      return (a, b) => {
        const scope = begin(called);
        try {
          p!.lower(cx, a);
          q!.lower(cx, b);
        } catch (thrown) {
          throw refused(cx, thrown);
        }
        return run(called, scope);
      };
    case 3:
      return (a, b, c) => {
        const scope = begin(called);
        try {
          p!.lower(cx, a);
          q!.lower(cx, b);
          r!.lower(cx, c);
        } catch (thrown) {
          throw refused(cx, thrown);
        }
        return run(called, scope);
      };
    default:
      return (...all: unknown[]) => {
        const scope = begin(called);
        try {
          params.forEach((param, at) => param.lower(cx, all[at]));
        } catch (thrown) {
          throw refused(cx, thrown);
        }
        return run(called, scope);
      };
  }
}

function throughMemory(called: Export): HostFunction {
  const { cx, signature } = called;
  const codec = signature.paramsInMemory!;
  const { size, alignment } = codec.layout;
  return (...all: unknown[]) => {
    const scope = begin(called);
    try {
      const pointer = cx.allocate(0, 0, alignment, size);
      storeChecked(cx, codec, all, pointer);
      cx.flat[cx.cursor++] = pointer;
    } catch (thrown) {
      throw refused(cx, thrown);
    }
    return run(called, scope);
  };
}

const NO_BORROWS: BorrowScope = { borrows: 0 };

function begin({ cx, signature }: Export): BorrowScope {
  cx.state.enter();
  cx.state.mayLeave = false;
  cx.cursor = 0;
  if (!signature.hasHandles) return NO_BORROWS;
  return cx.scope = { borrows: 0 };
}

// Arguments of a wrong type are the host's mistake; anything else is the guest's end.
function refused({ state }: Context, thrown: unknown): unknown {
  if (!(thrown instanceof TypeMismatch)) return end(state, thrown);
  state.mayLeave = true;
  state.mayEnter = true;
  return thrown;
}

function end(state: Context["state"], thrown: unknown): unknown {
  state.poison();
  return thrown;
}

function run(called: Export, scope: BorrowScope): unknown {
  const { cx, core, signature } = called;
  let result: unknown;
  try {
    cx.state.mayLeave = true;
    const answer = callCore(core, cx.flat, cx.cursor);
    if (answer instanceof Promise) return runLater(called, scope, answer);
    result = finish(called, scope, answer);
    cleanUp(called, answer);
    leave(cx);
  } catch (thrown) {
    // Whatever the guest threw, it is passed on.
    throw end(cx.state, thrown);
  }
  return valueOf(signature, result);
}

async function runLater(
  called: Export,
  scope: BorrowScope,
  promise: Promise<CoreValue>,
): Promise<unknown> {
  const { cx, signature } = called;
  const { generation } = cx.state;
  const result = await later(cx.state, promise, async (answer) => {
    const value = finish(called, scope, answer);
    await cleanUp(called, answer);
    if (cx.state.generation === generation) leave(cx);
    return value;
  });
  return valueOf(signature, result);
}

function callCore(
  core: CoreFunction,
  flat: readonly CoreValue[],
  count: number,
): CoreValue | Promise<CoreValue> {
  switch (count) {
    case 0:
      return core();
    case 1:
      return core(flat[0]);
    case 2:
      return core(flat[0], flat[1]);
    case 3:
      return core(flat[0], flat[1], flat[2]);
    case 4:
      return core(flat[0], flat[1], flat[2], flat[3]);
    case 5:
      return core(flat[0], flat[1], flat[2], flat[3], flat[4]);
    case 6:
      return core(flat[0], flat[1], flat[2], flat[3], flat[4], flat[5]);
    default:
      return core(...flat.slice(0, count));
  }
}

function finish(
  { cx, signature: { result, isResultInMemory } }: Export,
  scope: BorrowScope,
  answer: CoreValue,
): unknown {
  cx.beginLift();
  let value: unknown;
  if (isResultInMemory) {
    value = loadChecked(cx, result!, (answer as number) >>> 0);
  } else if (result !== undefined) {
    cx.flat[0] = answer;
    value = result.lift(cx);
  }
  if (scope.borrows !== 0) {
    trap(`Cannot return before what was borrowed is dropped: ${scope.borrows}`);
  }
  return value;
}

function cleanUp({ cx, signature }: Export, answer: CoreValue): unknown {
  const { postReturn } = cx.options;
  if (postReturn === undefined) return undefined;
  cx.state.mayLeave = false;
  return signature.result === undefined ? postReturn() : postReturn(answer);
}

function leave({ state }: Context): void {
  state.mayLeave = true;
  state.mayEnter = true;
}
