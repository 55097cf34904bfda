/**
 * Programs that ask a server, and that nobody here wrote.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { startEngine } from "../portable/engine.ts";

/** How a program ended. */
export interface Ending {
  /** Its exit code. */
  readonly code: number;
  /** What it printed. */
  readonly printed: Uint8Array;
  /** What it printed to standard error. */
  readonly errors: string;
}

/** Longer than any of them takes, in milliseconds. */
const TIMEOUT_MS = 60_000;

/**
 * Runs `command` to its end, or until its time is up.
 *
 * @param directory Where it runs, and its home.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  directory: string = Deno.cwd(),
): Promise<Ending> {
  const { ended } = startEngine({ command, version: "" }, {
    ...{ args, timeoutMs: TIMEOUT_MS },
    directory: pathToFileURL(`${directory}/`),
  });
  const { code, stdout: printed, stderr } = await ended;
  return { code, printed, errors: new TextDecoder().decode(stderr) };
}

/**
 * A test that runs `command`; ignored, with what to install, where it is not.
 *
 * @param from What it is in, where packages are Debian's.
 */
export function testWith(
  command: string,
  from: string,
  name: string,
  test: (t: Deno.TestContext) => Promise<void>,
): void {
  if (isThere(command)) Deno.test(`${command}: ${name}`, test);
  else {
    const why = `none found; apt-get install -y ${from}`;
    Deno.test.ignore(`${command}: ${name}: ${why}`, () => {});
  }
}

// Not all of them can be asked for their version.
function isThere(command: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((directory) => {
    try {
      return Deno.statSync(`${directory}/${command}`).isFile;
    } catch (error) {
      // That it is not there is an answer.
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}
