/**
 * What a guest waits for.
 *
 * @module
 */

import { CanonicalTrap } from "../../../component/canonical/mod.ts";
import type { Condition } from "../../watchers.ts";

/**
 * Counts the pollables of a resource. As in Wasmtime, it may not be dropped
 * before them: the specification leaves that open.
 */
export class Children {
  readonly #parent: string;
  #count = 0;

  /** None yet, of a resource that `parent` names. */
  constructor(parent: string) {
    this.#parent = parent;
  }

  /** Counts one more. */
  add(): void {
    this.#count++;
  }

  /** Counts one less. */
  remove(): void {
    this.#count--;
  }

  /** Checks that there are none. @throws {CanonicalTrap} There are. */
  insistNone(): void {
    if (this.#count === 0) return;
    throw new CanonicalTrap(
      `Cannot drop ${this.#parent} before its pollables: ${this.#count}`,
    );
  }
}

/** The resource `pollable` of `wasi:io/poll`. */
export class Pollable implements Condition {
  readonly #condition: Condition;
  readonly #siblings: Children | undefined;

  /** Waits for `condition`, which belongs to the resource that counts `siblings`. */
  constructor(condition: Condition, siblings?: Children) {
    this.#condition = condition;
    this.#siblings = siblings;
    siblings?.add();
  }

  get isReady(): boolean {
    return this.#condition.isReady;
  }

  watch(wake: () => void): () => void {
    return this.#condition.watch(wake);
  }

  /** The guest has no handle of it any more. */
  drop(): void {
    this.#siblings?.remove();
  }
}
