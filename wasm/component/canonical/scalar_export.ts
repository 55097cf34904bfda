/**
 * Exports of scalars, which need neither memory nor handles.
 *
 * Written out for each number of parameters, since they are the calls where
 * anything between the host and the guest would be seen.
 *
 * @module
 */

import { later } from "./ended.ts";
import type { CoreValue } from "./flatten.ts";
import type { ComponentInstanceState } from "./instance.ts";
import type { HostFunction } from "./lower_import.ts";
import { liftScalar, lowerScalar, type Scalar } from "./scalar.ts";
import type { CoreFunction } from "./signature.ts";

/** Makes `core` a function of the host. `scalars` are 6 at most. */
export function exportOfScalars(
  state: ComponentInstanceState,
  scalars: readonly Scalar[],
  result: Scalar | undefined,
  core: CoreFunction,
): HostFunction {
  const [p, q, r] = scalars as [Scalar, Scalar, Scalar];
  switch (scalars.length) {
    case 0:
      return () => {
        state.enter();
        try {
          return finish(state, result, core());
        } catch (thrown) {
          throw end(state, thrown);
        }
      };
    case 1:
      return (a) => {
        const x = lowerScalar(p, a);
        state.enter();
        try {
          return finish(state, result, core(x));
        } catch (thrown) {
          throw end(state, thrown);
        }
      };
    case 2:
      return (a, b) => {
        const x = lowerScalar(p, a);
        const y = lowerScalar(q, b);
        state.enter();
        try {
          return finish(state, result, core(x, y));
        } catch (thrown) {
          throw end(state, thrown);
        }
      };
    case 3:
      return (a, b, c) => {
        const x = lowerScalar(p, a);
        const y = lowerScalar(q, b);
        const z = lowerScalar(r, c);
        state.enter();
        try {
          return finish(state, result, core(x, y, z));
        } catch (thrown) {
          throw end(state, thrown);
        }
      };
    default:
      return (...all: unknown[]) => {
        const flat = scalars.map((scalar, at) => lowerScalar(scalar, all[at]));
        state.enter();
        try {
          return finish(state, result, core(...flat));
        } catch (thrown) {
          throw end(state, thrown);
        }
      };
  }
}

function finish(
  state: ComponentInstanceState,
  result: Scalar | undefined,
  answer: CoreValue | Promise<CoreValue>,
): unknown {
  if (answer instanceof Promise) {
    return later(state, answer, (it: CoreValue) => finish(state, result, it));
  }
  const value = result === undefined ? undefined : liftScalar(result, answer);
  state.mayEnter = true;
  return value;
}

function end(state: ComponentInstanceState, thrown: unknown): unknown {
  state.poison();
  return thrown;
}
