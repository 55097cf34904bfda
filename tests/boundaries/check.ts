/**
 * Checks the borders between the members of a workspace.
 *
 * @module
 */

import { readGraph } from "./graph.ts";
import { isMember, isTest, memberOf } from "./members.ts";
import { ROOT } from "./paths.ts";
import { judgeImport } from "./rules.ts";
import { type Config, readWorkspace, type Workspace } from "./workspace.ts";

/** What a check found. */
export interface Report {
  /** How many scripts were read. */
  readonly files: number;
  /** One line each, by place: where, what was found, what to do about it. */
  readonly problems: readonly string[];
}

/**
 * Checks every import of every member's scripts, tests aside, and the maps in
 * every `deno.json`. Tests are left to the lint plugin.
 *
 * @param root URL of the workspace's directory; ends with `/`.
 * @throws {Error} The workspace cannot be read.
 */
export async function checkWorkspace(root: URL): Promise<Report> {
  const workspace = await readWorkspace(root);
  const files = workspace.files.filter(isChecked);
  const problems = [
    ...configProblems(workspace),
    ...await importProblems(workspace, files),
    ...await directiveProblems(workspace, files),
  ];
  return { files: files.length, problems: problems.sort(byPlace) };
}

function byPlace(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function isChecked(path: string): boolean {
  const isPublished = memberOf(path) !== undefined || path === "mod.ts";
  return isPublished && !isTest(path);
}

async function importProblems(
  workspace: Workspace,
  files: readonly string[],
): Promise<string[]> {
  const { imports, broken } = await readGraph(workspace, files);
  const problems = imports.flatMap((edge) => {
    const violation = judgeImport(edge);
    if (violation === undefined) return [];
    const { from, line, column } = edge;
    return `${from}:${line}:${column}: ${violation.found}. ${violation.fix}`;
  });
  return [...problems, ...broken];
}

function configProblems({ config, members }: Workspace): string[] {
  const configs: [string, Config][] = [["", config], ...members];
  return configs.flatMap(([directory, each]) => {
    const path = directory === "" ? "deno.json" : `${directory}/deno.json`;
    return [...nameProblems(directory, each), ...mapProblems(directory, each)]
      .map((problem) => `${path}: ${problem}`);
  });
}

function nameProblems(directory: string, config: Config): string[] {
  if (directory === "") return [];
  if (!isMember(directory)) {
    return [`Cannot find the member's rules in tests/boundaries: ${directory}`];
  }
  if (config.name === `@rusm/${directory}`) return [];
  return [`Cannot call the package anything but @rusm/${directory}`];
}

function mapProblems(directory: string, { imports = {} }: Config): string[] {
  return Object.entries(imports).flatMap(([name, specifier]) => {
    if (directory === "otp") {
      return `Cannot map an import in otp, which has no dependencies: ${name}`;
    }
    if (EXACT_NPM.test(specifier)) return [];
    return `Cannot map an import to anything but npm:NAME@X.Y.Z: ${specifier}`;
  });
}

const EXACT_NPM = /^npm:\/?(?:@[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+[^/]*(?:\/.*)?$/;

// The lint plugin alone watches the globals of otp, and computed imports. A
// directive would switch it off there without a trace, and one that names no
// rule switches it off anywhere.
async function directiveProblems(
  { root }: Workspace,
  files: readonly string[],
): Promise<string[]> {
  const problems = files.map(async (path) => {
    const text = await Deno.readTextFile(new URL(path, root));
    return text.split("\n").flatMap((line, index) => {
      const problem = directiveProblem(path, line);
      return problem === undefined ? [] : `${path}:${index + 1}: ${problem}`;
    });
  });
  return (await Promise.all(problems)).flat();
}

function directiveProblem(path: string, line: string): string | undefined {
  const rules = DIRECTIVE.exec(line)?.[1]?.trim();
  if (rules === undefined) return undefined;
  if (rules === "") return "Cannot switch off every rule at once";
  if (memberOf(path) !== "otp" || !rules.includes("rusm/")) return undefined;
  return `Cannot switch off a rule of the house in otp: ${rules}`;
}

const DIRECTIVE =
  /^\s*\/\/\s*deno-lint-ignore(?:-file)?(?![\w-])(.*?)(?:\s--\s.*)?$/;

if (import.meta.main) {
  const { files, problems } = await checkWorkspace(ROOT);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) Deno.exit(1);
  console.log(`Checked the imports of ${files} files`);
}
