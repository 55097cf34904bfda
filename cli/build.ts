/**
 * `rusm build`: the components of an app, each as one file.
 *
 * @module
 */

import { relative } from "node:path";
import type { Arguments } from "./arguments.ts";
import { type Build, buildChanged } from "./bundle/changed.ts";
import { type Components, findComponents } from "./bundle/component.ts";
import type { Outcome } from "./bundle/outcome.ts";
import { formatProblem, type Problem } from "./bundle/problem.ts";
import { Progress } from "./bundle/progress.ts";
import { checkTypes, rememberTypes } from "./check/types.ts";
import { CommandFailure, EXIT_FAILED, EXIT_OK } from "./errors.ts";
import { type Io, paint, print } from "./io.ts";
import { findManifest } from "./manifest_path.ts";
import { formatBytes, formatMs } from "./quantity.ts";
import { reportOf } from "./bundle/report.ts";

/** How an app is built. */
export interface BuildOptions {
  /** Whether types are checked, too. */
  readonly checks: boolean;
}

/**
 * Builds the app of `args`.
 *
 * @throws {CommandFailure} A component failed, or `--config` names no file.
 */
export async function runBuild(args: Arguments, io: Io): Promise<number> {
  const { directory } = await findManifest(args, io);
  const options = { checks: !args.flags.has("no-check") };
  if (args.flags.has("json")) return await printReport(directory, options, io);
  await buildApp(directory, io, options);
  return EXIT_OK;
}

async function printReport(
  app: string,
  options: BuildOptions,
  io: Io,
): Promise<number> {
  const components = await findComponents(app);
  const { build, problems } = await buildAndCheck(
    app,
    components?.found ?? [],
    options,
  );
  const report = reportOf(app, build.outcomes, problems);
  print(io.stdout, JSON.stringify(report, undefined, 2));
  return report.ok ? EXIT_OK : EXIT_FAILED;
}

/**
 * Builds what has changed of the components below `app`, the absolute path of an
 * app, checks their types, and prints how it went. An app without components is
 * built already.
 *
 * @throws {CommandFailure} A component failed, or has wrong types. All have been
 * tried. Those that failed keep their old artifacts; wrong types keep none from
 * being written.
 */
export async function buildApp(
  app: string,
  io: Io,
  options: BuildOptions,
): Promise<void> {
  const startMs = performance.now();
  const components = await findComponents(app);
  printAside(components, app, io);
  if (components === undefined || components.found.length === 0) return;
  const { build, problems } = await buildShowing(app, components, options, io);
  for (const outcome of build.outcomes) printProblems(outcome, io);
  printTexts(problems, io);
  const failures = build.outcomes.filter(({ type }) => type === "failed");
  if (failures.length > 0) throw failureOf(failures);
  if (problems.length > 0) {
    throw new CommandFailure(`Cannot accept the types: ${wrong(problems)}`, {
      hints: ["What was built can be served. --no-check leaves types alone."],
    });
  }
  const ms = formatMs(performance.now() - startMs);
  print(io.stdout, `${summarize(build.outcomes)} in ${ms}`);
}

function wrong(problems: readonly Problem[]): string {
  const { length } = problems;
  return `${length} problem${length === 1 ? "" : "s"}`;
}

function summarize(outcomes: readonly Outcome[]): string {
  const built = outcomes.filter(({ type }) => type === "built").length;
  const same = outcomes.length - built;
  if (same === 0) return `built ${count(built)}`;
  if (built === 0) return `nothing has changed, checked ${count(same)}`;
  return `built ${count(built)}, ${same} unchanged,`;
}

interface Checked {
  readonly build: Build;
  readonly problems: readonly Problem[];
}

async function buildAndCheck(
  app: string,
  found: Components["found"],
  { checks }: BuildOptions,
  onOutcome?: (outcome: Outcome) => void,
): Promise<Checked> {
  const startMs = Date.now();
  const [build, types] = await Promise.all([
    buildChanged(app, found, onOutcome),
    checks ? checkTypes(app, found) : [],
  ]);
  if (checks && types.length === 0) {
    await rememberTypes(app, found, build.inputs, startMs);
  }
  return { build, problems: withoutKnown(types, build.outcomes) };
}

// What does not parse, or imports what is not there, is told once.
function withoutKnown(
  types: readonly Problem[],
  outcomes: readonly Outcome[],
): readonly Problem[] {
  const known = new Set(
    outcomes.flatMap((outcome) =>
      outcome.type === "failed"
        ? outcome.problems.map(({ place }) => place.file)
        : []
    ),
  );
  return types.filter(({ place }) => !known.has(place.file));
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
    ...skipped.map((name) => `skipped: ${name} has nothing to build`),
    ...stale.map((name) => `stale: wasm/${name} is of no component any more`),
    ...found.length === 0 ? ["nothing to build: components/ has none"] : [],
  ];
  print(io.stdout, ...lines.map((line) => paint(io.stdout, "yellow", line)));
}

async function buildShowing(
  app: string,
  { found }: Components,
  options: BuildOptions,
  io: Io,
): Promise<Checked> {
  print(io.stdout, `building ${count(found.length)}:`);
  const names = found.map(({ name }) => name);
  const progress = new Progress(io.stdout, [
    ...names,
    ...options.checks ? ["types"] : [],
  ]);
  try {
    return await buildAndCheck(app, found, options, (outcome) => {
      const { component: { name } } = outcome;
      progress.finish(name, formatOutcome(outcome, app, io));
    });
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
  const ms = outcome.type === "unchanged"
    ? "the same".padStart(8)
    : formatMs(outcome.ms).padStart(8);
  return `${label} ${bytes} ${ms}  ${relative(app, artifact)}`;
}

function printProblems(outcome: Outcome, io: Io): void {
  const problems = outcome.type === "failed"
    ? outcome.problems
    : outcome.warnings.map(asWarning);
  printTexts(problems, io);
}

function printTexts(problems: readonly Problem[], io: Io): void {
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
