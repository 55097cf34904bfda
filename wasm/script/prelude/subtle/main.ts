/**
 * The library of `crypto.subtle`.
 *
 * The host computes. A key holds its own material: nothing of it stays on the
 * host, so that keys need no bound and no table there, can be made while an
 * image is baked, and end with the process.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { core, install } from "../linked.ts";
import { CryptoKey, keyState, makeKey } from "./crypto_key.ts";
import { subtle, SubtleCrypto } from "./subtle_crypto.ts";

/** What the prelude uses of it. */
export interface SubtleLibrary extends Library {
  /** The one `SubtleCrypto`. */
  subtle: globalThis.SubtleCrypto;
  /** Another key of the same material; undefined for anything else. */
  copyOf(value: object): object | undefined;
}

const CLASSES = { CryptoKey, SubtleCrypto };
for (const [name, constructor] of Object.entries(CLASSES)) {
  core.definePlatformClass(name, constructor as never);
}

function copyOf(value: object): object | undefined {
  const state = keyState(value);
  return state && makeKey(state);
}

install({ globals: CLASSES, subtle, copyOf });
