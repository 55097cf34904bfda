/**
 * `CryptoKey`.
 *
 * @module
 */

import type { KeyHead } from "../../ops.ts";

/** All that a key is. Guests never see one. */
export interface KeyState {
  /** Of what kind it is. */
  type: KeyHead["type"];
  /** In which format its bytes are. */
  format: KeyHead["format"];
  /** Its material. */
  bytes: Uint8Array;
  /** Name, and what goes with it. */
  algorithm: { name: string };
  /** Whether the guest may see the material. */
  extractable: boolean;
  /** What it may be used for. */
  usages: string[];
}

/** Keeps guests from constructing one. */
class Making {
  constructor(readonly state: KeyState) {}
}

/** Makes a key. */
export function makeKey(state: KeyState): CryptoKey {
  return new CryptoKey(new Making(state));
}

/** What a key is; undefined for anything else. */
export let keyState: (value: unknown) => KeyState | undefined;

/** @see Web Cryptography, `CryptoKey`. Differs: nothing. */
export class CryptoKey {
  #state: KeyState;
  #algorithm: object;
  #usages: string[];

  static {
    keyState = (value) =>
      typeof value === "object" && value !== null && #state in value
        ? value.#state
        : undefined;
  }

  constructor(making: unknown = undefined) {
    if (!(making instanceof Making)) throw new TypeError("Illegal constructor");
    this.#state = making.state;
    // What the guest is shown it may change; the state it may not.
    this.#algorithm = { ...making.state.algorithm };
    this.#usages = [...making.state.usages];
  }

  /** Of what kind it is. */
  get type(): KeyHead["type"] {
    return this.#state.type;
  }

  /** Whether it can be exported. */
  get extractable(): boolean {
    return this.#state.extractable;
  }

  /** Name, and what goes with it. */
  get algorithm(): object {
    return this.#algorithm;
  }

  /** What it may be used for. */
  get usages(): string[] {
    return this.#usages;
  }
}
