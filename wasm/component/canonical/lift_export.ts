/**
 * Exports of a guest as functions of the host.
 *
 * @see Canonical ABI, `canon lift`.
 *
 * @module
 */

import type { FunctionType } from "../value_type.ts";
import type { Caller, CanonicalOptions } from "./caller.ts";
import type { Context } from "./context.ts";
import { later } from "./ended.ts";
import { trap, TypeMismatch } from "./errors.ts";
import type { CoreValue } from "./flatten.ts";
import type { BorrowScope } from "./handles.ts";
import { exportOfScalars } from "./scalar_export.ts";
import {
  checkRealloc,
  type CoreFunction,
  type HostFunction,
  loadChecked,
  type Signature,
  signatureOf,
  storeChecked,
  valueOf,
} from "./signature.ts";

/**
 * Makes `core`, an export of core modules, a function of JavaScript that is told
 * first of which instance: one for all of them.
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
 * @param core Its number: see {@linkcode Caller.coreAt}.
 * @throws {TypeError} `options` lack `realloc`, or `type` is not one of JavaScript.
 */
export function liftExport(
  type: FunctionType,
  options: CanonicalOptions,
  core: number,
): HostFunction {
  const signature = signatureOf(type);
  const { params, paramsInMemory, scalars, result } = signature;
  const allocates = params.some((param) => param.allocates);
  checkRealloc(options, allocates || paramsInMemory !== undefined);
  if (scalars !== undefined && options.postReturn === undefined) {
    const { componentInstance } = options;
    const type = { scalars, result: result?.scalar, componentInstance };
    return exportOfScalars(type, core);
  }
  return spread({ signature, core, options });
}

interface Export {
  readonly signature: Signature;
  readonly core: number;
  readonly options: CanonicalOptions;
}

/** One call of it. */
interface Call {
  readonly called: Export;
  readonly self: Caller;
  readonly cx: Context;
  readonly scope: BorrowScope;
}

// One function per number of parameters: a rest parameter is an array at every call.
function spread(called: Export): HostFunction {
  const { signature: { params, paramsInMemory } } = called;
  if (paramsInMemory !== undefined) return throughMemory(called);
  const [p, q, r] = params;
  switch (params.length) {
    case 0:
      return (self) => run(begin(called, self));
    case 1:
      return (self, a) => {
        const call = begin(called, self);
        try {
          p!.lower(call.cx, a);
        } catch (thrown) {
          throw refused(call.cx, thrown);
        }
        return run(call);
      };
    case 2:
      return (self, a, b) => {
        const call = begin(called, self);
        try {
          p!.lower(call.cx, a);
          q!.lower(call.cx, b);
        } catch (thrown) {
          throw refused(call.cx, thrown);
        }
        return run(call);
      };
    case 3:
      return (self, a, b, c) => {
        const call = begin(called, self);
        try {
          p!.lower(call.cx, a);
          q!.lower(call.cx, b);
          r!.lower(call.cx, c);
        } catch (thrown) {
          throw refused(call.cx, thrown);
        }
        return run(call);
      };
    default:
      return (self, ...all: unknown[]) => {
        const call = begin(called, self);
        try {
          params.forEach((param, at) => param.lower(call.cx, all[at]));
        } catch (thrown) {
          throw refused(call.cx, thrown);
        }
        return run(call);
      };
  }
}

function throughMemory(called: Export): HostFunction {
  const codec = called.signature.paramsInMemory!;
  const { size, alignment } = codec.layout;
  return (self, ...all: unknown[]) => {
    const call = begin(called, self);
    try {
      const { cx } = call;
      const pointer = cx.allocate(0, 0, alignment, size);
      storeChecked(cx, codec, all, pointer);
      cx.flat[cx.cursor++] = pointer;
    } catch (thrown) {
      throw refused(call.cx, thrown);
    }
    return run(call);
  };
}

const NO_BORROWS: BorrowScope = { borrows: 0 };

function begin(called: Export, self: Caller): Call {
  const { options, signature } = called;
  const cx = self.contextAt(options.context);
  cx.state.enter();
  cx.state.mayLeave = false;
  cx.cursor = 0;
  cx.realloc = options.realloc;
  const scope = signature.hasHandles ? cx.scope = { borrows: 0 } : NO_BORROWS;
  return { called, self, cx, scope };
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

function run(call: Call): unknown {
  const { cx, self, called: { core, signature } } = call;
  let result: unknown;
  try {
    cx.state.mayLeave = true;
    const answer = callCore(self.coreAt(core), cx.flat, cx.cursor);
    if (answer instanceof Promise) return runLater(call, answer);
    result = finish(call, answer);
    cleanUp(call, answer);
    leave(cx);
  } catch (thrown) {
    // Whatever the guest threw, it is passed on.
    throw end(cx.state, thrown);
  }
  return valueOf(signature, result);
}

async function runLater(
  call: Call,
  promise: Promise<CoreValue>,
): Promise<unknown> {
  const { cx, called: { signature } } = call;
  return valueOf(signature, await later(cx.state, promise, endLater, call));
}

async function endLater(answer: CoreValue, call: Call): Promise<unknown> {
  const { state } = call.cx;
  const { generation } = state;
  const value = finish(call, answer);
  await cleanUp(call, answer);
  if (state.generation === generation) leave(call.cx);
  return value;
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
  { cx, called: { signature }, scope }: Call,
  answer: CoreValue,
): unknown {
  const { result, isResultInMemory } = signature;
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

function cleanUp({ cx, self, called }: Call, answer: CoreValue): unknown {
  const { options: { postReturn }, signature } = called;
  if (postReturn === undefined) return undefined;
  cx.state.mayLeave = false;
  const given = signature.result === undefined ? undefined : answer;
  return self.cleanUp(postReturn, given);
}

function leave({ state }: Context): void {
  state.mayLeave = true;
  state.mayEnter = true;
}
