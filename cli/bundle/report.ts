/**
 * How a build went, for programs.
 *
 * @module
 */

import { relative } from "node:path";
import type { Outcome } from "./outcome.ts";
import type { Problem } from "./problem.ts";

/** What `rusm build --json` prints. */
export interface BuildReport {
  /** Whether all was built, with right types. */
  readonly ok: boolean;
  /** In the order of their names. */
  readonly components: readonly ComponentReport[];
  /** What is wrong with the types. */
  readonly types: readonly ProblemReport[];
}

/** What came of one component. */
export interface ComponentReport {
  /** Its name. */
  readonly name: string;
  /** How its build ended. */
  readonly outcome: Outcome["type"];
  /** Path of what was built, from the app; null when it failed. */
  readonly artifact: string | null;
  /** Size of that. */
  readonly bytes: number | null;
  /** What is wrong with it. */
  readonly problems: readonly ProblemReport[];
  /** What is odd, and no failure. */
  readonly warnings: readonly ProblemReport[];
}

/** A problem and its place. */
export interface ProblemReport {
  /** Path from the app; whole when it lies elsewhere. */
  readonly file: string;
  /** 1-based; null when only the file is known. */
  readonly line: number | null;
  /** 1-based, in UTF-16 code units; null when only the line is known. */
  readonly column: number | null;
  /** What is wrong. */
  readonly text: string;
}

/** Tells programs how a build of `app`, an absolute path, went. Pure. */
export function reportOf(
  app: string,
  outcomes: readonly Outcome[],
  types: readonly Problem[],
): BuildReport {
  return {
    ok: types.length === 0 && outcomes.every(({ type }) => type !== "failed"),
    components: outcomes.map((outcome) => componentReport(app, outcome)),
    types: types.map((problem) => problemReport(app, problem)),
  };
}

function componentReport(app: string, outcome: Outcome): ComponentReport {
  const { type, component: { name, artifact } } = outcome;
  const failed = type === "failed";
  const problems = failed ? outcome.problems : [];
  const warnings = failed ? [] : outcome.warnings;
  return {
    ...{ name, outcome: type },
    artifact: failed ? null : relative(app, artifact),
    bytes: failed ? null : outcome.bytes,
    problems: problems.map((problem) => problemReport(app, problem)),
    warnings: warnings.map((problem) => problemReport(app, problem)),
  };
}

/** Tells programs of a problem of the app in `app`, an absolute path. Pure. */
export function problemReport(
  app: string,
  { text, place: { file, line, column } }: Problem,
): ProblemReport {
  const path = relative(app, file);
  return {
    file: path === "" || path.startsWith("..") ? file : path,
    line: line ?? null,
    column: column ?? null,
    text,
  };
}
