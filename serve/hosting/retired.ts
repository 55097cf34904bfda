/**
 * Components that newer code has taken the place of.
 *
 * @module
 */

import type { Component, Engine } from "@rusm/wasm";

/**
 * Components that are forgotten as soon as none of their processes lives: what is
 * under way goes on with the code that it began with.
 */
export class Retired {
  readonly #engine: Pick<Engine, "unload">;
  readonly #components = new Set<Component>();

  /** None yet. */
  constructor(engine: Pick<Engine, "unload">) {
    this.#engine = engine;
  }

  /** How many there are. */
  get count(): number {
    return this.#components.size;
  }

  /** Takes a component that nobody will spawn a process of any more. */
  add(component: Component): void {
    if (!this.#engine.unload(component)) this.#components.add(component);
  }

  /** To be told whenever a process of any component has ended. */
  exited(): void {
    if (this.#components.size === 0) return;
    // The engine is still busy with that end.
    queueMicrotask(() => this.#unload());
  }

  #unload(): void {
    for (const component of this.#components) {
      if (this.#engine.unload(component)) this.#components.delete(component);
    }
  }
}
