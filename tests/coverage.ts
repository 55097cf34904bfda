/**
 * `deno task coverage`: whether the tests of `otp` run nearly all of it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { ROOT } from "./boundaries/paths.ts";
import {
  type FileLines,
  formatLines,
  parseLcov,
  percentOf,
  unloadedLines,
} from "./coverage/lines.ts";
import { javascriptOf, sourcesOfOtp } from "./portable/javascript.ts";
import { type Outcome, runStep } from "./steps.ts";

/** Per cent of the lines of each file that its tests must run. */
const PERCENT_MIN = 95;

/**
 * Runs the tests of `otp` and its examples, and prints each file with too many
 * lines that were not run. A file that no test loads counts too.
 *
 * @param root URL of the workspace's directory; ends with `/`.
 * @returns The exit code: 0 when every file has enough, 1 otherwise, or when a
 * test fails.
 */
export async function main(
  root: URL,
  print: (line: string) => void,
): Promise<number> {
  const profile = await Deno.makeTempDir();
  try {
    const tests = await runTests(root, profile);
    if (!tests.success) {
      print(tests.output);
      return 1;
    }
    return judge(await measure(root, profile), print);
  } finally {
    await Deno.remove(profile, { recursive: true });
  }
}

// Only otp's own tests: what the others happen to run of it proves little, and
// to profile them all takes minutes.
function runTests(root: URL, profile: string): Promise<Outcome> {
  const flags = ["-A", "--no-prompt", "--doc", "--coverage-raw-data-only"];
  return runStep(root, {
    name: "test",
    args: ["test", ...flags, `--coverage=${profile}`, "otp"],
  });
}

// In the order of the paths.
async function measure(root: URL, profile: string): Promise<FileLines[]> {
  const loaded = await readLoaded(root, profile);
  const files = (await sourcesOfOtp(root)).map(async (path) => {
    const file = new URL(path, root);
    const lines = loaded.get(fileURLToPath(file));
    if (lines !== undefined) return { ...lines, path };
    return unloadedLines(path, javascriptOf(await Deno.readTextFile(file)));
  });
  return await Promise.all(files);
}

// By the path that the file has on this machine.
async function readLoaded(
  root: URL,
  profile: string,
): Promise<ReadonlyMap<string, FileLines>> {
  const report = `${profile}/lcov.info`;
  const args = ["coverage", "--lcov", `--output=${report}`, profile];
  const { success, output } = await runStep(root, { name: "coverage", args });
  if (!success) throw new Error(`Cannot read what the tests ran: ${output}`);
  const files = parseLcov(await Deno.readTextFile(report));
  return new Map(files.map((file) => [file.path, file]));
}

function judge(
  files: readonly FileLines[],
  print: (line: string) => void,
): number {
  const below = files.filter((file) => percentOf(file) < PERCENT_MIN);
  for (const file of below) print(formatLines(file));
  const percent = percentOf(sumOf(files)).toFixed(1);
  print(`The tests of otp run ${percent} % of its lines`);
  print(`Files of which they run less than ${PERCENT_MIN} %: ${below.length}`);
  return below.length === 0 ? 0 : 1;
}

function sumOf(files: readonly FileLines[]): FileLines {
  const count = files.reduce((sum, file) => sum + file.count, 0);
  return { path: "otp", count, missed: files.flatMap(({ missed }) => missed) };
}

if (import.meta.main) Deno.exitCode = await main(ROOT, console.log);
