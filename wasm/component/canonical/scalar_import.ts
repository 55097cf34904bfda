/**
 * Host functions of scalars, which need neither memory nor handles.
 *
 * Written out for each number of parameters, since they are the calls where
 * anything between the guest and the host would be seen.
 *
 * @module
 */

import { ended, importLater } from "./ended.ts";
import type { CoreValue } from "./flatten.ts";
import { checkLeave, type ComponentInstanceState } from "./instance.ts";
import { liftScalar, lowerScalar, SCALAR, type Scalar } from "./scalar.ts";
import type { HostFunction, ToldFunction } from "./signature.ts";

/** What a function of scalars is. */
export interface ScalarFunction {
  /** The types of its parameters: 6 at most. */
  readonly scalars: readonly Scalar[];
  /** That of its result, when it has one. */
  readonly result: Scalar | undefined;
  /** Which component instance it belongs to. */
  readonly componentInstance: number;
}

/** Makes `host` an import. */
export function importOfScalars(
  { scalars, result, componentInstance: nth }: ScalarFunction,
  host: HostFunction,
): ToldFunction {
  const [p, q, r, s, t, u] = scalars as [
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
  ];
  switch (scalars.length) {
    case 0:
      return (self) => {
        const state = self.stateAt(nth);
        try {
          checkLeave(state);
          return finish(state, result, host(self));
        } catch (thrown) {
          throw ended(state, thrown);
        }
      };
    case 1:
      return (self, a) => {
        const state = self.stateAt(nth);
        try {
          checkLeave(state);
          return finish(state, result, host(self, liftScalar(p, a)));
        } catch (thrown) {
          throw ended(state, thrown);
        }
      };
    case 2:
      return (self, a, b) => {
        const state = self.stateAt(nth);
        try {
          checkLeave(state);
          const answer = host(self, liftScalar(p, a), liftScalar(q, b));
          return finish(state, result, answer);
        } catch (thrown) {
          throw ended(state, thrown);
        }
      };
    case 3:
      return (self, a, b, c) => {
        const state = self.stateAt(nth);
        try {
          checkLeave(state);
          const answer = host(
            self,
            liftScalar(p, a),
            liftScalar(q, b),
            liftScalar(r, c),
          );
          return finish(state, result, answer);
        } catch (thrown) {
          throw ended(state, thrown);
        }
      };
    case 4:
      return (self, a, b, c, d) => {
        const state = self.stateAt(nth);
        try {
          checkLeave(state);
          const answer = host(
            self,
            liftScalar(p, a),
            liftScalar(q, b),
            liftScalar(r, c),
            liftScalar(s, d),
          );
          return finish(state, result, answer);
        } catch (thrown) {
          throw ended(state, thrown);
        }
      };
    case 5:
      return (self, a, b, c, d, e) => {
        const state = self.stateAt(nth);
        try {
          checkLeave(state);
          const answer = host(
            self,
            liftScalar(p, a),
            liftScalar(q, b),
            liftScalar(r, c),
            liftScalar(s, d),
            liftScalar(t, e),
          );
          return finish(state, result, answer);
        } catch (thrown) {
          throw ended(state, thrown);
        }
      };
    default:
      return (self, a, b, c, d, e, f) => {
        const state = self.stateAt(nth);
        try {
          checkLeave(state);
          const answer = host(
            self,
            liftScalar(p, a),
            liftScalar(q, b),
            liftScalar(r, c),
            liftScalar(s, d),
            liftScalar(t, e),
            liftScalar(u, f),
          );
          return finish(state, result, answer);
        } catch (thrown) {
          throw ended(state, thrown);
        }
      };
  }
}

function finish(
  state: ComponentInstanceState,
  result: Scalar | undefined,
  answer: unknown,
): CoreValue | undefined | Promise<CoreValue | undefined> {
  // The two most common answers first, with as few questions as possible.
  if (isU32(answer) && result === SCALAR.u32) return answer;
  if (answer === undefined && result === undefined) return undefined;
  return finishRare(state, result, answer);
}

function isU32(value: unknown): value is number {
  return typeof value === "number" && value >>> 0 === value;
}

function finishRare(
  state: ComponentInstanceState,
  result: Scalar | undefined,
  answer: unknown,
): CoreValue | undefined | Promise<CoreValue | undefined> {
  if (answer instanceof Promise) {
    return importLater(state, answer, (it) => lowerResult(result, it));
  }
  return lowerResult(result, answer);
}

function lowerResult(
  result: Scalar | undefined,
  answer: unknown,
): CoreValue | undefined {
  return result === undefined ? undefined : lowerScalar(result, answer);
}
