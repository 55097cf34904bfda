/**
 * What a guest says of how a request is sent.
 *
 * @module
 */

import type { ClientTimeouts } from "./client.ts";
import { TIMEOUT_MS } from "./limits.ts";

const NANOSECONDS_PER_MS = 1_000_000;
// A longer timeout of JavaScript's fires at once.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** The resource `request-options`: timeouts in nanoseconds, undefined for those of the host. */
export class RequestOptions {
  /** See {@linkcode ClientTimeouts.connectMs}. */
  connect: bigint | undefined;
  /** See {@linkcode ClientTimeouts.firstByteMs}. */
  firstByte: bigint | undefined;
  /** See {@linkcode ClientTimeouts.betweenBytesMs}. */
  betweenBytes: bigint | undefined;

  /** The same, as the client takes them. */
  get timeouts(): ClientTimeouts {
    return {
      connectMs: msOf(this.connect),
      firstByteMs: msOf(this.firstByte),
      betweenBytesMs: msOf(this.betweenBytes),
    };
  }
}

function msOf(nanoseconds: bigint | undefined): number {
  if (nanoseconds === undefined) return TIMEOUT_MS;
  const ms = Math.ceil(Number(nanoseconds) / NANOSECONDS_PER_MS);
  return Math.min(ms, TIMEOUT_MS_MAX);
}
