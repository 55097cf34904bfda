/**
 * Components by the names that guests know them by.
 *
 * @module
 */

import type { Capability } from "../capability.ts";

/** What a name stands for, for a process of some capability. */
export interface Named<Component> {
  /** What its processes are of. */
  readonly component: Component;
  /** What they call first. */
  readonly entry: string;
}

/** Loads a component for processes of `capability`. */
export type LoadFor<Component> = (capability: Capability) => Promise<Component>;

interface Undeclared<Component> {
  readonly entry: string;
  readonly load: LoadFor<Component>;
  // By what a capability holds: profiles are few.
  readonly loaded: Map<string, Promise<Component>>;
}

/** Names, each of a component that is loaded or of one that is loaded for whoever spawns it. */
export class ComponentNames<Component> {
  readonly #declared = new Map<string, Named<Component>>();
  readonly #undeclared = new Map<string, Undeclared<Component>>();

  /** Whether there is such a name. */
  has(name: string): boolean {
    return this.#declared.has(name) || this.#undeclared.has(name);
  }

  /** Gives a name to a component that has its own capability, in place of what had it. */
  declare(name: string, named: Named<Component>): void {
    this.#undeclared.delete(name);
    this.#declared.set(name, named);
  }

  /** Gives a name to what is loaded under the capability of each who spawns it. */
  leave(name: string, entry: string, load: LoadFor<Component>): void {
    this.#declared.delete(name);
    this.#undeclared.set(name, { entry, load, loaded: new Map() });
  }

  /** Takes a name away, if it is there. */
  remove(name: string): void {
    this.#declared.delete(name);
    this.#undeclared.delete(name);
  }

  /**
   * What `name` stands for, to a process of `capability`.
   *
   * @returns Undefined when there is no such name. Rejects with what loading
   * rejects with; the next who asks tries again.
   */
  find(
    name: string,
    capability: Capability,
  ): Named<Component> | Promise<Named<Component>> | undefined {
    const undeclared = this.#undeclared.get(name);
    return undeclared === undefined
      ? this.#declared.get(name)
      : this.#loaded(undeclared, capability);
  }

  async #loaded(
    { entry, load, loaded }: Undeclared<Component>,
    capability: Capability,
  ): Promise<Named<Component>> {
    const key = JSON.stringify(capability);
    let loading = loaded.get(key);
    if (loading === undefined) {
      loading = load(capability);
      loaded.set(key, loading);
      loading.catch(() => loaded.delete(key));
    }
    return { component: await loading, entry };
  }
}
