/**
 * Directories that a guest was given, or has opened.
 *
 * @module
 */

import type { Preopen } from "../../capability.ts";

/** A preopen on the host. */
export interface Root {
  /** Absolute path on the host, without a slash at its end. */
  readonly host: string;
  /** Whether writing is denied. */
  readonly readOnly: boolean;
}

/** An open directory: a way down from a preopen. Owns nothing of the host. */
export interface Directory {
  /** The preopen it lies in. */
  readonly root: Root;
  /** Names from the preopen down to it, none of them a link when it was opened. */
  readonly names: readonly string[];
}

/** The directory that `preopen` grants. */
export function preopenedDirectory({ host, readOnly }: Preopen): Directory {
  return { root: { host: host.replace(/\/+$/, ""), readOnly }, names: [] };
}
