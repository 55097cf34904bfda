/**
 * What a component instance is allowed to do, and holds.
 *
 * @see Canonical ABI, "Component Instance State".
 *
 * @module
 */

import type { ResourceType } from "../value_type.ts";
import { trap } from "./errors.ts";
import { type Handle, HandleTable } from "./handles.ts";

const NONE: ReadonlySet<ResourceType> = new Set();
const NO_HANDLES: readonly Handle[] = [];

/** The state of one component instance, shared by all its functions. */
export class ComponentInstanceState {
  /** The types of resources that it implements itself. */
  readonly implemented: ReadonlySet<ResourceType>;
  /** Whether it may call out: not while it allocates for a value, or cleans up after one. */
  mayLeave = true;
  /** Whether it may be called: not while it runs, and never after a trap. */
  mayEnter = true;

  // Most guests have none.
  #handles: HandleTable | undefined;
  #generation = 0;

  /** A fresh instance. */
  constructor(implemented: ReadonlySet<ResourceType> = NONE) {
    this.implemented = implemented;
  }

  /** Its handles. */
  get handles(): HandleTable {
    this.#handles ??= new HandleTable();
    return this.#handles;
  }

  /**
   * Begins a call of an export.
   *
   * @throws {CanonicalTrap} The instance runs, or has trapped.
   */
  enter(): void {
    if (!this.mayEnter) {
      trap("Cannot enter a component instance that runs or has trapped");
    }
    this.mayEnter = false;
  }

  /** How often it was reset. What began in another generation may not touch this one. */
  get generation(): number {
    return this.#generation;
  }

  /** @throws {CanonicalTrap} It was reset since it was of `generation`. */
  insist(generation: number): void {
    if (this.#generation === generation) return;
    trap("Cannot go on with a call of an instance that was reset");
  }

  /** Sees to it that the instance is neither called nor calls out again. */
  poison(): void {
    this.mayEnter = false;
    this.mayLeave = false;
  }

  /**
   * Makes the state that of a fresh instance. Calls that wait reject when what
   * they wait for is settled, and leave the new one alone. Returns the handles
   * that it owned, by index.
   */
  reset(): readonly Handle[] {
    this.mayEnter = true;
    this.mayLeave = true;
    this.#generation++;
    return this.#handles?.clear() ?? NO_HANDLES;
  }
}

/** @throws {CanonicalTrap} The instance may not call out now. */
export function checkLeave(state: ComponentInstanceState): void {
  if (!state.mayLeave) {
    trap("Cannot leave a component instance that allocates or cleans up");
  }
}
