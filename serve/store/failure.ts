/**
 * What SQLite throws, as what a store fails with.
 *
 * @module
 */

import type { Failure } from "./requests.ts";

/** What was asked answers with more than a store hands out at once. */
export class TooLarge extends Error {}

/** @see SQLite, "Result and Error Codes": the lowest byte is the primary one. */
const CODES: ReadonlyMap<number, Failure["code"]> = new Map([
  [5, "busy"],
  [11, "corrupt"],
  [13, "full"],
  [26, "corrupt"],
]);

/** What `thrown` says of a store. */
export function failureOf(thrown: unknown): Failure {
  const { message, errcode = 0 } = thrown as Error & { errcode?: number };
  const code = thrown instanceof TooLarge
    ? "tooLarge"
    : CODES.get(errcode & 0xff) ?? "failed";
  return { code, why: message };
}
