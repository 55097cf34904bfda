/**
 * `wasi:random`: all three interfaces have secure numbers.
 *
 * @module
 */

import { CanonicalTrap } from "../../component/canonical/mod.ts";
import type { HostGuest, HostInterface } from "../../component/host.ts";
import { fillRandom } from "../randomness.ts";
import { RANDOM_BYTES_MAX } from "./limits.ts";
import { wasip2 } from "./state.ts";
import { VERSION } from "./version.ts";

/** `wasi:random/random`. */
export const RANDOM: HostInterface = {
  name: `wasi:random/random@${VERSION}`,
  wit: `
    get-random-bytes: func(len: u64) -> list<u8>;
    get-random-u64: func() -> u64;
  `,
  functions: { "get-random-bytes": randomBytes, "get-random-u64": randomU64 },
};

/** `wasi:random/insecure`. */
export const INSECURE: HostInterface = {
  name: `wasi:random/insecure@${VERSION}`,
  wit: `
    get-insecure-random-bytes: func(len: u64) -> list<u8>;
    get-insecure-random-u64: func() -> u64;
  `,
  functions: {
    "get-insecure-random-bytes": randomBytes,
    "get-insecure-random-u64": randomU64,
  },
};

/** `wasi:random/insecure-seed`. */
export const INSECURE_SEED: HostInterface = {
  name: `wasi:random/insecure-seed@${VERSION}`,
  wit: "insecure-seed: func() -> tuple<u64, u64>;",
  functions: {
    "insecure-seed": (guest) => [randomU64(guest), randomU64(guest)],
  },
};

/** `length` secure random bytes, which are not too many. */
export function randomBytes(guest: HostGuest, length: bigint): Uint8Array {
  if (length > BigInt(RANDOM_BYTES_MAX)) {
    throw new CanonicalTrap(
      `Cannot return more than ${RANDOM_BYTES_MAX} random bytes: ${length}`,
    );
  }
  const bytes = new Uint8Array(Number(length));
  fillRandom(wasip2(guest).options, bytes);
  return bytes;
}

/** A secure random number. */
export function randomU64(guest: HostGuest): bigint {
  const bytes = new Uint8Array(8);
  fillRandom(wasip2(guest).options, bytes);
  return new DataView(bytes.buffer).getBigUint64(0);
}
