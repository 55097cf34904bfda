/**
 * The steps of `deno task ok`, and how they are run.
 *
 * @module
 */

import { isMember } from "./boundaries/members.ts";
import { entryPoints, type Workspace } from "./boundaries/workspace.ts";

/** One thing that a change must pass. */
export interface Step {
  /** One word, unique. */
  readonly name: string;
  /** Arguments for `deno`, which runs in the workspace's directory. */
  readonly args: readonly string[];
}

/** How a step ended. */
export interface Outcome {
  /** Whether the step passed. */
  readonly success: boolean;
  /** Everything it printed: standard output, then standard error. */
  readonly output: string;
}

// What has examples besides the scripts.
const DOCUMENTS = [
  "README.md",
  ...["otp", "wasm", "cluster", "serve"].map((member) => `${member}/README.md`),
];

/** Lists the steps for a workspace, the cheap ones first, the tests last. */
export function stepsOf({ members, files }: Workspace): Step[] {
  const exported = [...members].flatMap(([directory, config]) =>
    isMember(directory) ? entryPoints(directory, config) : []
  );
  const check = ["--allow-read", "--allow-run", "tests/boundaries/check.ts"];
  return [
    { name: "fmt", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint"] },
    { name: "boundaries", args: ["run", "--no-prompt", ...check] },
    { name: "doc", args: ["doc", "--lint", ...exported] },
    { name: "check", args: ["check", "--doc", ...files, ...DOCUMENTS] },
    { name: "publish", args: ["publish", "--dry-run", "--allow-dirty"] },
    { name: "coverage", args: ["task", "coverage"] },
    { name: "test", args: ["task", "test"] },
  ];
}

/**
 * Runs one step to its end.
 *
 * @param root URL of the workspace's directory.
 */
export async function runStep(root: URL, step: Step): Promise<Outcome> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...step.args],
    cwd: root,
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return { success, output: text.decode(stdout) + text.decode(stderr) };
}
