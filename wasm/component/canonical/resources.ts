/**
 * What a guest can do with handles.
 *
 * @see Canonical ABI, `canon resource.new`, `canon resource.rep`, `canon resource.drop`.
 *
 * @module
 */

import type { ResourceType } from "../value_type.ts";
import { ended, importLater } from "./ended.ts";
import type { Handle } from "./handles.ts";
import { checkLeave, type ComponentInstanceState } from "./instance.ts";

/**
 * Makes the import by which a guest makes a handle of what it implements: of an
 * i32 that it knows the resource by.
 *
 * @throws {TypeError} The instance does not implement `type`.
 */
export function resourceNew(
  type: ResourceType,
  state: ComponentInstanceState,
): (rep: number) => number {
  checkImplemented(type, state);
  return (rep) =>
    ending(state, () => {
      checkLeave(state);
      const handle = { type, rep: rep >>> 0, scope: undefined, lends: 0 };
      return state.handles.add(handle);
    });
}

/**
 * Makes the import by which a guest gets back the i32 that it gave to
 * `resource.new`.
 *
 * @throws {TypeError} The instance does not implement `type`.
 */
export function resourceRep(
  type: ResourceType,
  state: ComponentInstanceState,
): (index: number) => number {
  checkImplemented(type, state);
  return (index) =>
    ending(state, () => state.handles.get(index, type).rep as number);
}

/**
 * Makes the import by which a guest gives a handle up.
 *
 * @param destructor Called with what the resource is to the one who implements
 * it, when the handle was the guest's own and not borrowed. A promise that it
 * returns is what the import returns.
 */
export function resourceDrop(
  type: ResourceType,
  state: ComponentInstanceState,
  // deno-lint-ignore no-explicit-any -- an object of the host, or a number of a guest
  destructor?: (rep: any) => unknown,
): (index: number) => unknown {
  return (index) =>
    ending(state, () => {
      checkLeave(state);
      const handle = state.handles.remove(index, type);
      const dropped = drop(handle, destructor);
      return dropped instanceof Promise
        ? importLater(state, dropped, () => undefined)
        : undefined;
    });
}

function drop(
  { scope, rep }: Handle,
  destructor: ((rep: unknown) => unknown) | undefined,
): unknown {
  if (scope === undefined) return destructor?.(rep);
  scope.borrows--;
  return undefined;
}

function checkImplemented(
  type: ResourceType,
  { implemented }: ComponentInstanceState,
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
