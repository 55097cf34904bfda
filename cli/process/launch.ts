/**
 * What a process that {@linkcode restart} started is told through its
 * environment.
 *
 * @module
 */

/** How this process came to be. */
export interface Launch {
  /** Whether it has the Deno flags that `build`, `serve` and `exec` need. */
  readonly hasFlags: boolean;
  /** The process that waits for this one; `undefined` when nobody does. */
  readonly parentPid: number | undefined;
  /** Where the user is; `undefined` when that is where this process is. */
  readonly cwd: string | undefined;
}

const FLAGS = "RUSM_FLAGS";
const PARENT = "RUSM_PARENT";
const CWD = "RUSM_CWD";

/** How long a process outlives its parent, at most twice this, in milliseconds. */
const ORPHAN_CHECK_MS = 500;

/** The environment of a process whose {@linkcode takeLaunch} is `launch`. */
export function launchEnvironment(launch: Launch): Record<string, string> {
  const { hasFlags, parentPid, cwd } = launch;
  return {
    ...hasFlags ? { [FLAGS]: "1" } : {},
    ...parentPid === undefined ? {} : { [PARENT]: String(parentPid) },
    ...cwd === undefined ? {} : { [CWD]: cwd },
  };
}

/**
 * Reads how this process came to be, and removes the traces from its
 * environment, so that no app sees them.
 */
export function takeLaunch(): Launch {
  const parent = take(PARENT);
  return {
    hasFlags: take(FLAGS) === "1",
    parentPid: parent === undefined ? undefined : Number(parent),
    cwd: take(CWD),
  };
}

function take(variable: string): string | undefined {
  // Reading without the permission would prompt.
  const query = { name: "env", variable } as const;
  if (Deno.permissions.querySync(query).state !== "granted") return undefined;
  const value = Deno.env.get(variable);
  Deno.env.delete(variable);
  return value;
}

/**
 * Ends this process soon after the process `parentPid` has ended.
 *
 * A parent that is killed (SIGKILL, out of memory) cannot pass that on, and the
 * server would live on and keep its port. So the child looks: an orphan gets
 * another parent. It then asks itself to stop, and, still alive at the next
 * look, again, which ends it at once.
 */
export function followParent(parentPid: number): void {
  const timer = setInterval(() => {
    if (Deno.ppid !== parentPid) Deno.kill(Deno.pid, "SIGTERM");
  }, ORPHAN_CHECK_MS);
  // It must not keep a process alive that has nothing left to do.
  Deno.unrefTimer(timer);
}
