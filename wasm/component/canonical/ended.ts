/**
 * The end of an instance.
 *
 * @module
 */

import { uncatchable } from "../../core/uncatchable.ts";
import type { ComponentInstanceState } from "./instance.ts";

/** Sees to it that the instance is not entered again. Returns a trap that stands for `thrown`. */
export function ended(state: ComponentInstanceState, thrown: unknown): unknown {
  state.poison();
  return trapOf(thrown);
}

/**
 * Goes on with an import when `promise` is settled.
 *
 * Rejects with what a guest cannot catch, as `ended` does.
 */
export async function importLater<Answer, Result>(
  state: ComponentInstanceState,
  promise: Promise<Answer>,
  goOn: (answer: Answer) => Result,
): Promise<Result> {
  try {
    return await later(state, promise, goOn, undefined);
  } catch (thrown) {
    // A guest could catch whatever is not a trap.
    throw trapOf(thrown);
  }
}

/**
 * Goes on when `promise` is settled: only with the instance that waited for it,
 * since its memory may be another's by then. When that fails, the instance is
 * not entered again.
 *
 * @param goOn Given the answer, `extra` and `state`: so none is made for each call.
 */
export function later<Answer, Extra, Result>(
  state: ComponentInstanceState,
  promise: Promise<Answer>,
  goOn: (
    answer: Answer,
    extra: Extra,
    state: ComponentInstanceState,
  ) => Result | Promise<Result>,
  extra: Extra,
): Promise<Result> {
  const { generation } = state;
  const fail = (thrown: unknown): never => {
    // Whatever it was, it is passed on.
    if (state.generation === generation) state.poison();
    throw thrown;
  };
  // No asynchronous function: this waits with each guest, and takes half as much.
  return promise.then((answer) => {
    try {
      state.insist(generation);
      const result = goOn(answer, extra, state);
      return result instanceof Promise ? result.catch(fail) : result;
    } catch (thrown) {
      return fail(thrown);
    }
  }, fail);
}

function trapOf(thrown: unknown): unknown {
  return thrown instanceof WebAssembly.RuntimeError
    ? thrown
    : uncatchable(thrown);
}
