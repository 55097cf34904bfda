/**
 * How the user runs this program.
 *
 * @module
 */

import { basename, delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { quoteForShell } from "../shell.ts";

/** What is known of a running Deno program. */
export interface Program {
  /** URL of the main module. */
  readonly main: string;
  /** Absolute path of the running binary. */
  readonly binary: string;
  /** Deno's version. */
  readonly version: string;
  /** The search path; `undefined` when there is none. */
  readonly path: string | undefined;
  /** Whether `deno compile` made the binary. */
  readonly isStandalone: boolean;
}

/** A shell command that runs `program` from any directory. Pure. */
export function invocationOf(program: Program): string {
  if (program.isStandalone) return quoteForShell(program.binary);
  return `${denoOf(program)} run -A ${quoteForShell(mainOf(program.main))}`;
}

function denoOf({ binary, version, path = "" }: Program): string {
  // What npx unpacks has no name that can be typed.
  if (/[\\/]_npx[\\/]/.test(binary)) return `npx -y deno@${version}`;
  const isOnPath = path.split(delimiter).includes(dirname(binary));
  return isOnPath ? basename(binary) : quoteForShell(binary);
}

function mainOf(main: string): string {
  if (main.startsWith("file:")) return fileURLToPath(main);
  // The registry serves `jsr:@scope/name` from here.
  const name = /^https:\/\/jsr\.io\/(@[^/]+\/[^/]+)\//.exec(main)?.[1];
  return name === undefined ? main : `jsr:${name}`;
}
