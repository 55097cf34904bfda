/**
 * Finds where a script does not do the same when it is rewritten.
 *
 * @module
 */

import { type Outcome, replay } from "./replay.ts";
import type { Script } from "./script.ts";
import { PLAIN, type Side } from "./sides.ts";

/** A command that ended in another way. */
export interface Difference {
  /** Path of the script. */
  readonly path: string;
  /** Line of the command; 0 for the state of all instances at the end. */
  readonly line: number;
  /** Its type, or `state`. */
  readonly type: string;
  /** Name of the side. */
  readonly side: string;
  /** What became of it plain. */
  readonly plain: Outcome;
  /** What became of it there. */
  readonly rewritten: Outcome;
}

/** What came of a script. */
export interface Report {
  /** Path of the script. */
  readonly path: string;
  /** How many commands it has. */
  readonly commands: number;
  /** How many of them did what the script says, plain. */
  readonly passed: number;
  /** How many did not. */
  readonly failed: number;
  /** How many no engine can be asked. */
  readonly skipped: number;
  /** Where a side differs. */
  readonly differences: readonly Difference[];
}

/** Carries out `script` plain and on each of `sides`. */
export function compare(
  script: Script,
  sides: readonly Side[],
): Report {
  const plain = replay(script, PLAIN);
  const outcomes = plain.slice(0, -1);
  const count = (verdict: Outcome["verdict"]) =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  return {
    path: script.path,
    commands: outcomes.length,
    passed: count("pass"),
    failed: count("fail"),
    skipped: count("skip"),
    differences: sides.flatMap((side) => differencesOf(script, side, plain)),
  };
}

function differencesOf(
  { path, commands, ...script }: Script,
  side: Side,
  plain: readonly Outcome[],
): Difference[] {
  const rewritten = replay({ path, commands, ...script }, side);
  return plain.flatMap((outcome, index) => {
    const other = rewritten[index]!;
    if (isSame(outcome, other)) return [];
    const { line, type } = commands[index] ?? { line: 0, type: "state" };
    return [{
      path,
      line,
      type,
      side: side.name,
      plain: outcome,
      rewritten: other,
    }];
  });
}

function isSame(one: Outcome, other: Outcome): boolean {
  return one.verdict === other.verdict &&
    withoutCaps(one.detail) === withoutCaps(other.detail);
}

// What is capped has a maximum. So a memory or table without one does not fit
// an import for another reason: not that it has none, but that it is too large.
function withoutCaps(detail: string): string {
  return detail.replace(
    /has (no maximum l|a larger maximum size ).*/,
    "has too large a maximum",
  );
}
