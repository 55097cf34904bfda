/**
 * `rusm check`: what is wrong with an app, without building or running it.
 *
 * @module
 */

import {
  artifactName,
  loadManifest,
  type Manifest,
  ManifestError,
} from "@rusm/serve";
import { join } from "node:path";
import type { Arguments } from "../arguments.ts";
import { type ProblemReport, problemReport } from "../bundle/report.ts";
import { artifactsOf, findComponents } from "../bundle/component.ts";
import { formatProblem, type Problem, problemAt } from "../bundle/problem.ts";
import {
  CommandFailure,
  EXIT_FAILED,
  EXIT_MISUSED,
  EXIT_OK,
} from "../errors.ts";
import { exists } from "../file.ts";
import { type Io, print } from "../io.ts";
import { findManifest, type ManifestPath } from "../manifest_path.ts";
import { checkTypes } from "./types.ts";

/** What a problem is about. */
type Subject = "manifest" | "artifact" | "types";

/** A problem, and what it is about. */
interface Finding {
  readonly subject: Subject;
  readonly problem: Problem;
}

/** What `rusm check --json` prints. */
export interface CheckReport {
  /** Whether nothing is wrong. */
  readonly ok: boolean;
  /** What is: of the manifest, artifacts, types, in this order. */
  readonly problems: readonly (ProblemReport & {
    /** What it is about. */
    readonly subject: Subject;
  })[];
}

/**
 * Checks the app of `args`: its manifest, whether its components were built, and
 * their types. All that is wrong is told at once.
 *
 * @returns 0 when nothing is wrong; 2 when the manifest is, else 1.
 * @throws {CommandFailure} `--config` names no file, or something is wrong and
 * `--json` was not given.
 */
export async function runCheck(args: Arguments, io: Io): Promise<number> {
  const found = await findManifest(args, io);
  const findings = await findIn(found, args.flags.has("no-types"));
  const code = exitCodeOf(findings);
  if (args.flags.has("json")) {
    const report = reportOf(found.directory, findings);
    print(io.stdout, JSON.stringify(report, undefined, 2));
    return code;
  }
  for (const { problem } of findings) {
    print(io.stderr, formatProblem(problem, io.cwd, io.stderr));
  }
  if (code === EXIT_OK) {
    print(io.stdout, "nothing is wrong");
    return code;
  }
  const { length } = findings;
  throw new CommandFailure(`${length} problem${length === 1 ? "" : "s"}`, {
    exitCode: code,
    hints: findings.some(({ subject }) => subject === "artifact")
      ? ["Build components with `rusm build`."]
      : [],
  });
}

async function findIn(
  { path, directory, exists }: ManifestPath,
  leavesTypes: boolean,
): Promise<Finding[]> {
  const [manifest, types] = await Promise.all([
    exists ? checkManifest(path) : [],
    leavesTypes ? [] : checkAllTypes(directory),
  ]);
  return [
    ...manifest,
    ...types.map((problem) => ({ subject: "types", problem } as const)),
  ];
}

async function checkManifest(path: string): Promise<Finding[]> {
  try {
    const manifest = await loadManifest(path);
    const problems = await findUnbuilt(manifest);
    return problems.map((problem) => ({ subject: "artifact", problem }));
  } catch (error) {
    // The user's mistakes are what is looked for.
    if (!(error instanceof ManifestError)) throw error;
    const problems = error.problems.map(({ at, message, hint }) =>
      problemAt(`${message}: ${hint}`, placeOf(path, at))
    );
    return (await Promise.all(problems))
      .map((problem) => ({ subject: "manifest", problem }));
  }
}

async function findUnbuilt(manifest: Manifest): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { name, at, source, dynamic } of manifest.components.values()) {
    // What comes from elsewhere is not built here.
    if (source !== undefined || dynamic !== undefined) continue;
    const file = artifactName(name);
    const path = join(artifactsOf(manifest.directory), file);
    if (await exists(`${path}.js`) || await exists(`${path}.wasm`)) continue;
    const text = `Cannot find what component "${name}" was built into: ` +
      `wasm/${file}.js or .wasm`;
    problems.push(await problemAt(text, placeOf(manifest.path, at)));
  }
  return problems;
}

function placeOf(
  file: string,
  at: { readonly line: number; readonly column: number } | undefined,
) {
  return { file, line: at?.line, column: at?.column };
}

async function checkAllTypes(app: string): Promise<readonly Problem[]> {
  return await checkTypes(app, (await findComponents(app))?.found ?? []);
}

function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.length === 0) return EXIT_OK;
  return findings.some(({ subject }) => subject === "manifest")
    ? EXIT_MISUSED
    : EXIT_FAILED;
}

function reportOf(app: string, findings: readonly Finding[]): CheckReport {
  return {
    ok: findings.length === 0,
    problems: findings.map(({ subject, problem }) => ({
      subject,
      ...problemReport(app, problem),
    })),
  };
}
