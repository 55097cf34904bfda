/**
 * `rusm build`: the components of an app, each as one file.
 *
 * @module
 */

import { relative } from "node:path";
import type { Arguments } from "./arguments.ts";
import {
  artifactsOf,
  type Components,
  findComponents,
} from "./bundle/component.ts";
import { concurrently } from "./bundle/concurrently.ts";
import { buildComponent, type Outcome } from "./bundle/outcome.ts";
import { formatProblem, type Problem } from "./bundle/problem.ts";
import { Progress } from "./bundle/progress.ts";
import { CommandFailure, EXIT_OK } from "./errors.ts";
import { type Io, paint, print } from "./io.ts";
import { findManifest } from "./manifest_path.ts";
import { formatBytes, formatMs } from "./quantity.ts";

/**
 * Builds the app of `args`.
 *
 * @throws {CommandFailure} A component failed, or `--config` names no file.
 */
export async function runBuild(args: Arguments, io: Io): Promise<number> {
  const { directory } = await findManifest(args, io);
  await buildApp(directory, io);
  return EXIT_OK;
}

/**
 * Builds every component below `app`, the absolute path of an app, and prints
 * how it went. An app without components is built already.
 *
 * @throws {CommandFailure} A component failed. All have been tried, and those
 * that failed keep their old artifacts.
 */
export async function buildApp(app: string, io: Io): Promise<void> {
  const startMs = performance.now();
  const components = await findComponents(app);
  printAside(components, app, io);
  if (components === undefined || components.found.length === 0) return;
  await Deno.mkdir(artifactsOf(app), { recursive: true });
  const outcomes = await buildAll(components, app, io);
  for (const outcome of outcomes) printProblems(outcome, io);
  const failures = outcomes.filter(({ type }) => type === "failed");
  if (failures.length > 0) throw failureOf(failures);
  const ms = formatMs(performance.now() - startMs);
  print(io.stdout, `built ${count(outcomes.length)} in ${ms}`);
}

function printAside(
  components: Components | undefined,
  app: string,
  io: Io,
): void {
  if (components === undefined) {
    print(io.stdout, `nothing to build: no components/ in ${app}`);
    return;
  }
  const { found, skipped, stale } = components;
  const lines = [
    ...skipped.map((name) => `skipped: components/${name} has no index.ts`),
    ...stale.map((name) => `stale: wasm/${name} is of no component any more`),
    ...found.length === 0 ? ["nothing to build: components/ has none"] : [],
  ];
  print(io.stdout, ...lines.map((line) => paint(io.stdout, "yellow", line)));
}

async function buildAll(
  { found }: Components,
  app: string,
  io: Io,
): Promise<Outcome[]> {
  print(io.stdout, `building ${count(found.length)}:`);
  const progress = new Progress(io.stdout, found.map(({ name }) => name));
  try {
    return await concurrently(
      found,
      navigator.hardwareConcurrency,
      async (component) => {
        const outcome = await buildComponent(component);
        progress.finish(component.name, formatOutcome(outcome, app, io));
        return outcome;
      },
    );
  } finally {
    progress.end();
  }
}

function formatOutcome(outcome: Outcome, app: string, io: Io): string {
  const { component: { name, artifact } } = outcome;
  const label = `  ${name.padEnd(16)}`;
  if (outcome.type === "failed") {
    return `${label} ${paint(io.stdout, "red", "failed")}`;
  }
  const bytes = formatBytes(outcome.bytes).padStart(8);
  const ms = formatMs(outcome.ms).padStart(8);
  return `${label} ${bytes} ${ms}  ${relative(app, artifact)}`;
}

function printProblems(outcome: Outcome, io: Io): void {
  const problems = outcome.type === "failed"
    ? outcome.problems
    : outcome.warnings.map(asWarning);
  const texts = problems.map((problem) =>
    formatProblem(problem, io.cwd, io.stderr)
  );
  print(io.stderr, ...texts);
}

function asWarning(problem: Problem): Problem {
  return { ...problem, text: `warning: ${problem.text}` };
}

function failureOf(failures: readonly Outcome[]): CommandFailure {
  const names = failures.map(({ component }) => component.name);
  return new CommandFailure(
    `Cannot build ${count(names.length)}: ${names.join(", ")}`,
  );
}

function count(components: number): string {
  return `${components} component${components === 1 ? "" : "s"}`;
}
