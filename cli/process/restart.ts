/**
 * Running the program again, in a process with the Deno flags that it needs.
 *
 * Deno takes them from the command line or from a deno.json beside the program;
 * neither an app's directory nor an installation from a registry has one.
 *
 * @module
 */

import { CommandFailure } from "../errors.ts";
import { launchEnvironment } from "./launch.ts";
import { queryGrants, toFlags } from "./permissions.ts";
import { onReloadSignal, RELOAD_SIGNAL } from "./reload.ts";
import { onStopSignal, type StopSignal } from "./stop.ts";

/**
 * What V8 is told, for speed only.
 *
 * While its heap is small many requests outlive its first collections, from which
 * it learns to make what belongs to them old from the start, and so to keep all
 * that leads to. It does not unlearn that under load.
 */
export const V8_FLAG = "--no-allocation-site-pretenuring";

/** Workers with permissions of their own, the bundler, and no questions. */
const FLAGS = [
  "--unstable-worker-options",
  "--unstable-bundle",
  "--no-prompt",
  `--v8-flags=${V8_FLAG}`,
];

/** What to run, and where. */
export interface Restart {
  /** URL of the program's main module. */
  readonly program: string;
  /** The words behind the program's name. */
  readonly args: readonly string[];
  /** Absolute path of the directory to work in. */
  readonly directory: string;
  /** Absolute path that the paths among `args` are relative to. */
  readonly cwd: string;
}

/**
 * Runs `program` in a child process with this one's permissions, terminal and
 * environment, and waits for it.
 *
 * Signals to stop and to reload are passed on. When this process ends, however it ends, so does
 * the child.
 *
 * @returns The child's exit code; 128 + n when signal n ended it.
 * @throws {CommandFailure} This process's permissions cannot be passed on.
 */
export async function restart(options: Restart): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...FLAGS,
      ...permissionFlags(),
      options.program,
      ...options.args,
    ],
    cwd: options.directory,
    env: launchEnvironment({
      hasFlags: true,
      parentPid: Deno.pid,
      cwd: options.cwd,
    }),
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const closes = [
    onStopSignal((signal) => passOn(child, signal)),
    onReloadSignal(() => passOn(child, RELOAD_SIGNAL)),
  ];
  const { code } = await child.status;
  closes.forEach((close) => close());
  return code;
}

function permissionFlags(): readonly string[] {
  const flags = toFlags(queryGrants());
  if (flags.type === "flags") return flags.flags;
  throw new CommandFailure(
    `Cannot pass on permissions that are not granted in full: ${
      flags.names.join(", ")
    }`,
    {
      hints: [
        "Deno does not say what a limited grant holds. Grant everything with -A, or",
        "start with the flags that are passed on otherwise, and the grants you want:",
        `  RUSM_FLAGS=1 deno run ${FLAGS.join(" ")} --allow-env=RUSM_FLAGS ...`,
      ],
    },
  );
}

// The child may hear a stop signal twice: from the terminal, which tells the whole
// group, and from here. It takes both for one; see STOP_REPEAT_MS.
function passOn(
  child: Deno.ChildProcess,
  signal: StopSignal | typeof RELOAD_SIGNAL,
): void {
  // On Windows every process of a console hears Ctrl-C, and kill() is fatal.
  if (Deno.build.os === "windows") return;
  try {
    child.kill(signal);
  } catch (error) {
    // It has ended between the signal and now, which is what was asked for.
    if (
      !(error instanceof TypeError || error instanceof Deno.errors.NotFound)
    ) {
      throw error;
    }
  }
}
