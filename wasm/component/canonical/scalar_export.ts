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
import { liftScalar, lowerScalar, type Scalar } from "./scalar.ts";
import type { ScalarFunction } from "./scalar_import.ts";
import type { HostFunction } from "./signature.ts";

/** Makes a core function, by its number, a function of the host. */
export function exportOfScalars(
  { scalars, result, componentInstance: nth }: ScalarFunction,
  core: number,
): HostFunction {
  const [p, q, r] = scalars as [Scalar, Scalar, Scalar];
  switch (scalars.length) {
    case 0:
      return (self) => {
        const state = self.stateAt(nth);
        state.enter();
        try {
          return finish(state, result, self.coreAt(core)());
        } catch (thrown) {
          throw end(state, thrown);
        }
      };
    case 1:
      return (self, a) => {
        const state = self.stateAt(nth);
        const x = lowerScalar(p, a);
        state.enter();
        try {
          return finish(state, result, self.coreAt(core)(x));
        } catch (thrown) {
          throw end(state, thrown);
        }
      };
    case 2:
      return (self, a, b) => {
        const state = self.stateAt(nth);
        const x = lowerScalar(p, a);
        const y = lowerScalar(q, b);
        state.enter();
        try {
          return finish(state, result, self.coreAt(core)(x, y));
        } catch (thrown) {
          throw end(state, thrown);
        }
      };
    case 3:
      return (self, a, b, c) => {
        const state = self.stateAt(nth);
        const x = lowerScalar(p, a);
        const y = lowerScalar(q, b);
        const z = lowerScalar(r, c);
        state.enter();
        try {
          return finish(state, result, self.coreAt(core)(x, y, z));
        } catch (thrown) {
          throw end(state, thrown);
        }
      };
    default:
      return (self, ...all: unknown[]) => {
        const state = self.stateAt(nth);
        const flat = scalars.map((scalar, at) => lowerScalar(scalar, all[at]));
        state.enter();
        try {
          return finish(state, result, self.coreAt(core)(...flat));
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
    return later(state, answer, finishLater, result);
  }
  const value = result === undefined ? undefined : liftScalar(result, answer);
  state.mayEnter = true;
  return value;
}

function finishLater(
  answer: CoreValue,
  result: Scalar | undefined,
  state: ComponentInstanceState,
): unknown {
  return finish(state, result, answer);
}

function end(state: ComponentInstanceState, thrown: unknown): unknown {
  state.poison();
  return thrown;
}
