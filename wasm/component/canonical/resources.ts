/**
 * What a guest can do with handles.
 *
 * @see Canonical ABI, `canon resource.new`, `canon resource.rep`, `canon resource.drop`.
 *
 * @module
 */

import type { ResourceType } from "../value_type.ts";
import { ended, importLater } from "./ended.ts";
import { checkLeave, type ComponentInstanceState } from "./instance.ts";
import type { HostFunction, ToldFunction } from "./signature.ts";

/** Which component instance works on handles. */
export interface Implementer {
  /** Its number: see {@linkcode Caller.stateAt}. */
  readonly componentInstance: number;
  /** The types of resources that it implements itself. */
  readonly implemented: ReadonlySet<ResourceType>;
}

/**
 * Makes the import by which a guest makes a handle of what it implements: of an
 * i32 that it knows the resource by. It is told first who calls, as all of these.
 *
 * @throws {TypeError} The instance does not implement `type`.
 */
export function resourceNew(
  type: ResourceType,
  implementer: Implementer,
): ToldFunction {
  checkImplemented(type, implementer);
  const { componentInstance } = implementer;
  return (self, rep: number) => {
    const state = self.stateAt(componentInstance);
    return ending(state, () => {
      checkLeave(state);
      const handle = { type, rep: rep >>> 0, scope: undefined, lends: 0 };
      return state.handles.add(handle);
    });
  };
}

/**
 * Makes the import by which a guest gets back the i32 that it gave to
 * `resource.new`.
 *
 * @throws {TypeError} The instance does not implement `type`.
 */
export function resourceRep(
  type: ResourceType,
  implementer: Implementer,
): ToldFunction {
  checkImplemented(type, implementer);
  const { componentInstance } = implementer;
  return (self, index: number) => {
    const state = self.stateAt(componentInstance);
    return ending(state, () => state.handles.get(index, type).rep);
  };
}

/**
 * Makes the import by which a guest gives a handle up.
 *
 * @param componentInstance See {@linkcode Caller.stateAt}.
 * @param destructor Called with who calls, and with what the resource is to the one who implements
 * it, when the handle was the guest's own and not borrowed. A promise that it
 * returns is what the import returns.
 */
export function resourceDrop(
  type: ResourceType,
  componentInstance: number,
  destructor?: HostFunction,
): ToldFunction {
  return (self, index: number) => {
    const state = self.stateAt(componentInstance);
    return ending(state, () => {
      checkLeave(state);
      const { scope, rep } = state.handles.remove(index, type);
      if (scope !== undefined) return void scope.borrows--;
      const dropped = destructor?.(self, rep);
      return dropped instanceof Promise
        ? importLater(state, dropped, () => undefined)
        : undefined;
    });
  };
}

function checkImplemented(
  type: ResourceType,
  { implemented }: Implementer,
): void {
  if (implemented.has(type)) return;
  throw new TypeError(
    `Cannot make handles of what others implement: ${
      type.name ?? "a resource"
    }`,
  );
}

function ending<Result>(
  state: ComponentInstanceState,
  work: () => Result,
): Result {
  try {
    return work();
  } catch (thrown) {
    // A guest could catch whatever is not a trap.
    throw ended(state, thrown);
  }
}
