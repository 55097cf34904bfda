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
    return await later(state, promise, goOn);
  } catch (thrown) {
    // A guest could catch whatever is not a trap.
    throw trapOf(thrown);
  }
}

/**
 * Goes on when `promise` is settled: only with the instance that waited for it,
 * since its memory may be another's by then. When that fails, the instance is
 * not entered again.
 */
export async function later<Answer, Result>(
  state: ComponentInstanceState,
  promise: Promise<Answer>,
  goOn: (answer: Answer) => Result | Promise<Result>,
): Promise<Result> {
  const { generation } = state;
  try {
    const answer = await promise;
    state.insist(generation);
    return await goOn(answer);
  } catch (thrown) {
    // Whatever it was, it is passed on.
    if (state.generation === generation) state.poison();
    throw thrown;
  }
}

function trapOf(thrown: unknown): unknown {
  return thrown instanceof WebAssembly.RuntimeError
    ? thrown
    : uncatchable(thrown);
}
