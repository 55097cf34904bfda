/**
 * Taking up a newer state of an app while it runs.
 *
 * @module
 */

import type { Loaded } from "../components.ts";
import { AppError } from "../errors.ts";
import type { Manifest } from "../manifest.ts";
import { formatAddress } from "../manifest/address.ts";
import type { Cause } from "./difference.ts";
import type { Endpoint } from "./listeners.ts";

/** What a reload has changed. */
export interface Reload {
  /** Components of which there is another version now, in the manifest's order. */
  readonly changed: readonly (readonly [name: string, cause: Cause])[];
  /** Components that are new, in the manifest's order. */
  readonly added: readonly string[];
  /** Components that nobody can spawn or ask any more. */
  readonly removed: readonly string[];
  /** Names of variables of `.env` that are new, gone, or have another value. */
  readonly variables: readonly string[];
  /** Residents and programs of which a process was started. */
  readonly started: readonly string[];
  /** What is listened on now and was not before. */
  readonly opened: readonly Endpoint[];
  /** What answers otherwise, on the socket of before. */
  readonly rerouted: readonly Endpoint[];
  /** What is not listened on any more. */
  readonly closed: readonly Endpoint[];
  /** Residents and programs that could not be started; all else was done. */
  readonly failure?: AppError;
}

/**
 * Checks that an app of `before` can become one of `after` while it runs.
 *
 * @throws {AppError} It cannot.
 */
export function insistReloadable(before: Manifest, after: Manifest): void {
  const { path } = after;
  if (before.directory !== after.directory) {
    throw new AppError(
      "needsRestart",
      `${path}: Cannot become another app: ${after.directory}`,
    );
  }
  for (const [what, valueOf] of LASTING) {
    const value = valueOf(after);
    if (valueOf(before) === value) continue;
    throw new AppError(
      "needsRestart",
      `${path}: Cannot change ${what} of an app that runs, start it again: ${
        value ?? "none"
      }`,
    );
  }
}

/** What an app keeps for as long as it runs. */
const LASTING: readonly (readonly [
  what: string,
  valueOf: (manifest: Manifest) => string | number | undefined,
])[] = [
  ["the store", ({ storePath }) => storePath],
  ["the size of the store", ({ storeBytesMax }) => storeBytesMax],
  ["the form of the log", ({ logFormat }) => logFormat],
  ["how long dynamic code is kept", ({ dynamicTtlMs }) => dynamicTtlMs],
  ["the admin address", ({ admin }) => admin && formatAddress(admin)],
];

/** The names of those of `loaded` that may read one of `variables`. Pure. */
export function readersOf(
  variables: ReadonlySet<string>,
  loaded: readonly Loaded[],
): readonly string[] {
  return loaded
    .filter(({ made: { entry } }) =>
      entry.capability.env.some((name) => variables.has(name))
    )
    .map(({ component: { name } }) => name);
}
