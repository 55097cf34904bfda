/**
 * `wasi:random` 0.3: all three interfaces have secure numbers.
 *
 * @module
 */

import type { HostGuest, HostInterface } from "../../component/host.ts";
import { RANDOM_BYTES_MAX } from "../p2/limits.ts";
import { randomBytes, randomU64 } from "../p2/random.ts";
import { VERSION } from "./version.ts";

// It may return less than it is asked for.
function someBytes(guest: HostGuest, lengthMax: bigint): Uint8Array {
  const bound = BigInt(RANDOM_BYTES_MAX);
  return randomBytes(guest, lengthMax < bound ? lengthMax : bound);
}

const RANDOM: HostInterface = {
  name: `wasi:random/random@${VERSION}`,
  wit: `
    get-random-bytes: func(max-len: u64) -> list<u8>;
    get-random-u64: func() -> u64;
  `,
  functions: { "get-random-bytes": someBytes, "get-random-u64": randomU64 },
};

const INSECURE: HostInterface = {
  name: `wasi:random/insecure@${VERSION}`,
  wit: `
    get-insecure-random-bytes: func(max-len: u64) -> list<u8>;
    get-insecure-random-u64: func() -> u64;
  `,
  functions: {
    "get-insecure-random-bytes": someBytes,
    "get-insecure-random-u64": randomU64,
  },
};

const INSECURE_SEED: HostInterface = {
  name: `wasi:random/insecure-seed@${VERSION}`,
  wit: "get-insecure-seed: func() -> tuple<u64, u64>;",
  functions: {
    "get-insecure-seed": (guest) => [randomU64(guest), randomU64(guest)],
  },
};

/** All of it. */
export const RANDOM_P3: readonly HostInterface[] = [
  RANDOM,
  INSECURE,
  INSECURE_SEED,
];
