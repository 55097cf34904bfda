/**
 * Host functions as imports of a guest.
 *
 * @see Canonical ABI, `canon lower`.
 *
 * @module
 */

import type { FunctionType } from "../value_type.ts";
import type { Caller, CanonicalOptions } from "./caller.ts";
import { type Context, FLAT } from "./context.ts";
import { ended, importLater } from "./ended.ts";
import type { CoreValue } from "./flatten.ts";
import type { Handle } from "./handles.ts";
import { checkLeave } from "./instance.ts";
import { type Resumption, takeOffer } from "./offer.ts";
import { importOfScalars } from "./scalar_import.ts";
import {
  checkRealloc,
  failureOf,
  type HostFunction,
  loadChecked,
  resultOf,
  type Signature,
  signatureOf,
  storeChecked,
  type ToldFunction,
} from "./signature.ts";

/**
 * Makes `host` an import that core modules can call, which say first who they
 * are: one for all instances.
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
 * const add = lowerImport(type, options, (_self, a, b) => a + b);
 * ```
 */
export function lowerImport(
  type: FunctionType,
  options: CanonicalOptions,
  host: HostFunction,
  sharesBytes = false,
): ToldFunction {
  const signature = signatureOf(type);
  checkRealloc(options, signature.result?.allocates ?? false);
  const { scalars, result } = signature;
  if (scalars !== undefined) {
    const { componentInstance } = options;
    const type = { scalars, result: result?.scalar, componentInstance };
    return importOfScalars(type, host);
  }
  return spread({ signature, host, options, sharesBytes });
}

interface Import {
  readonly signature: Signature;
  readonly host: HostFunction;
  readonly options: CanonicalOptions;
  readonly sharesBytes: boolean;
}

// One function per number of core values: a rest parameter is an array at every call.
function spread(called: Import): ToldFunction {
  switch (coreArity(called.signature)) {
    case 0:
      return (self) => call(called, self);
    case 1:
      return (self, a) => {
        FLAT[0] = a;
        return call(called, self);
      };
    case 2:
      return (self, a, b) => {
        FLAT[0] = a, FLAT[1] = b;
        return call(called, self);
      };
    case 3:
      return (self, a, b, c) => {
        FLAT[0] = a, FLAT[1] = b, FLAT[2] = c;
        return call(called, self);
      };
    case 4:
      return (self, a, b, c, d) => {
        FLAT[0] = a, FLAT[1] = b, FLAT[2] = c, FLAT[3] = d;
        return call(called, self);
      };
    case 5:
      return (self, a, b, c, d, e) => {
        FLAT[0] = a, FLAT[1] = b, FLAT[2] = c, FLAT[3] = d, FLAT[4] = e;
        return call(called, self);
      };
    case 6:
      return (self, a, b, c, d, e, f) => {
        FLAT[0] = a, FLAT[1] = b, FLAT[2] = c, FLAT[3] = d, FLAT[4] = e;
        FLAT[5] = f;
        return call(called, self);
      };
    default:
      return (self, ...all: CoreValue[]) => {
        for (let at = 0; at < all.length; at++) FLAT[at] = all[at]!;
        return call(called, self);
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

function call(called: Import, self: Caller): unknown {
  const cx = self.contextAt(called.options.context);
  try {
    checkLeave(cx.state);
    cx.beginLift();
    cx.sharesBytes = called.sharesBytes;
    return new Call(called, cx).run(self);
  } catch (thrown) {
    // A guest could catch whatever is not a trap.
    throw ended(cx.state, thrown);
  }
}

/** One call of a function of the host. An object, since one waits with each guest. */
class Call implements Resumption {
  readonly #called: Import;
  readonly #cx: Context;
  // Where the result goes; 0 when it does not go through memory.
  readonly #pointer: number;
  readonly #lenders: readonly Handle[];
  readonly #generation: number;

  // Nothing that runs meanwhile leaves the core values as they are.
  constructor(called: Import, cx: Context) {
    const { signature } = called;
    this.#called = called;
    this.#cx = cx;
    this.#pointer = resultPointer(signature);
    this.#lenders = signature.hasHandles ? cx.lenders = [] : NO_LENDERS;
    this.#generation = cx.state.generation;
  }

  run(self: Caller): unknown {
    const answer = this.#attempt(self);
    return answer instanceof Promise
      ? this.#finishLater(answer)
      : this.#finish(answer);
  }

  #attempt(self: Caller): unknown {
    const { signature } = this.#called;
    if (!signature.isFallible) return invoke(this.#called, this.#cx, self);
    try {
      const answer = invoke(this.#called, this.#cx, self);
      return answer instanceof Promise ? answer : resultOf(signature, answer);
    } catch (thrown) {
      // An error that the type provides for is an answer.
      return failureOf(signature, thrown);
    }
  }

  #finish(answer: unknown): CoreValue | undefined {
    for (const handle of this.#lenders) handle.lends--;
    const { options, signature } = this.#called;
    const { result, isResultInMemory } = signature;
    if (result === undefined) return undefined;
    const cx = this.#cx;
    cx.state.mayLeave = false;
    cx.cursor = 0;
    cx.realloc = options.realloc;
    if (isResultInMemory) storeChecked(cx, result, answer, this.#pointer);
    else result.lower(cx, answer);
    cx.state.mayLeave = true;
    return isResultInMemory ? undefined : FLAT[0];
  }

  #finishLater(promise: Promise<unknown>): Promise<CoreValue | undefined> {
    const offer = takeOffer(promise);
    if (offer !== undefined) {
      offer.resumption = this;
      return promise as Promise<CoreValue | undefined>;
    }
    const { signature } = this.#called;
    const answered = promise.then(
      (value) => resultOf(signature, value),
      (thrown) => failureOf(signature, thrown),
    );
    const finish = (answer: unknown) => this.#finish(answer);
    return importLater(this.#cx.state, answered, finish);
  }

  goOn(value: unknown): CoreValue | undefined {
    const { state } = this.#cx;
    state.insist(this.#generation);
    try {
      return this.#finish(resultOf(this.#called.signature, value));
    } catch (thrown) {
      // Nobody looks at what this throws before the guest has ended by it.
      throw ended(state, thrown);
    }
  }
}

function resultPointer(signature: Signature): number {
  if (!signature.isResultInMemory) return 0;
  return (FLAT[coreArity(signature) - 1] as number) >>> 0;
}

function invoke(
  { signature, host }: Import,
  cx: Context,
  self: Caller,
): unknown {
  const { params, paramsInMemory } = signature;
  if (paramsInMemory !== undefined) {
    const pointer = (FLAT[0] as number) >>> 0;
    return host(self, ...loadChecked(cx, paramsInMemory, pointer) as unknown[]);
  }
  if (signature.liftsFromMemory) cx.refresh();
  switch (params.length) {
    case 0:
      return host(self);
    case 1:
      return host(self, params[0]!.lift(cx));
    case 2:
      return host(self, params[0]!.lift(cx), params[1]!.lift(cx));
    case 3:
      return host(
        self,
        params[0]!.lift(cx),
        params[1]!.lift(cx),
        params[2]!.lift(cx),
      );
    default:
      return host(self, ...params.map((param) => param.lift(cx)));
  }
}
