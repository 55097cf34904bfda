/**
 * What a component throws when it is tried, told in terms of its sources.
 *
 * @module
 */

import type { Origins } from "../check_bundle.ts";
import {
  formatPlace,
  type Place,
  type Problem,
  problemAt,
  wholeFile,
} from "./problem.ts";

/** What is known of a guest's error. */
export interface GuestError {
  /** What the guest says. */
  readonly message: string;
  /** The message and, below it, frames that end in `(file:line:column)`. */
  readonly stack?: string;
}

/**
 * Makes a problem of what a bundle threw: at the innermost frame that comes from
 * a source file, with all such frames below the message.
 *
 * @param script Name under which the bundle was evaluated.
 * @param entry Absolute path of the file to blame when no frame names one.
 */
export async function problemOfGuest(
  error: GuestError,
  script: string,
  entry: string,
  origins: Origins,
): Promise<Problem> {
  const places = framesOf(error, script)
    .map(({ line, column }) => origins.find(line, column - 1))
    .filter((place) => place !== undefined);
  return await problemAt(
    [error.message, ...places.map(formatFrame)].join("\n"),
    places[0] ?? wholeFile(entry),
  );
}

function framesOf(
  { stack = "" }: GuestError,
  script: string,
): { line: number; column: number }[] {
  const frame = new RegExp(`\\(${RegExp.escape(script)}:(\\d+):(\\d+)\\)`, "g");
  return [...stack.matchAll(frame)].map(([, line, column]) => ({
    line: Number(line),
    column: Number(column),
  }));
}

function formatFrame(place: Place): string {
  return `    at ${formatPlace(place)}`;
}
