/**
 * What `rusm exec` is asked for.
 *
 * @module
 */

import { resolve } from "node:path";
import {
  BUILT_IN_PROFILES,
  type Capability,
  defineProfile,
  type ProfileTable,
} from "@rusm/wasm";
import type { Arguments } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { suggest } from "../nearest.ts";
import { findPreopens } from "./directories.ts";
import { readVariables } from "./variables.ts";

/** A program to run, and how. */
export interface ExecOptions {
  /** The file, as the user names it. */
  readonly file: string;
  /** The program's arguments, without its name. */
  readonly args: readonly string[];
  /** Variables that were given with a value. */
  readonly env: Readonly<Record<string, string>>;
  /** What the program may do. */
  readonly capability: Capability;
  /** Milliseconds after which it is ended; `undefined` when it may run on. */
  readonly timeoutMs: number | undefined;
  /** File for a core dump when it traps, as the user names it; `undefined` for none. */
  readonly coreDump: string | undefined;
  /** Whether what the program is made into is kept for the next time. */
  readonly usesCache: boolean;
  /** Absolute path from which jco is found; `undefined` when it is not to be. */
  readonly jcoDir: string | undefined;
}

/** The longest time that a timer can take, in milliseconds. */
const TIMER_MS_MAX = 2 ** 31 - 1;

const DEFAULT_CAPABILITY = "sandboxed";

/**
 * Reads `args`, and finds the directories that they name.
 *
 * @param cwd Absolute path that relative paths are relative to.
 * @throws {UsageError} A value makes no sense.
 * @throws {CommandFailure} A directory cannot be used.
 */
export async function readOptions(
  args: Arguments,
  cwd: string,
): Promise<ExecOptions> {
  const [file = ""] = args.operands;
  const { given, inherited } = readVariables(args.lists.get("env") ?? []);
  const timeoutMs = readNumber(args, "timeout", 1, TIMER_MS_MAX);
  const capability = defineProfile(file, {
    inherits: readCapability(args),
    env: inherited,
    // It is for its streams that a program is run.
    stdio: true,
    ...readLimits(args),
    preopens: await findPreopens(args.lists.get("dir") ?? [], cwd),
  });
  const usesCache = !args.flags.has("no-cache");
  const jco = args.values.get("jco");
  return {
    ...{ file, args: args.rest, env: given, capability, timeoutMs, usesCache },
    coreDump: args.values.get("core-dump"),
    jcoDir: jco === undefined ? undefined : resolve(cwd, jco),
  };
}

function readCapability(args: Arguments): string {
  const name = args.values.get("capability") ?? DEFAULT_CAPABILITY;
  if (BUILT_IN_PROFILES.has(name)) return name;
  const known = [...BUILT_IN_PROFILES.keys()];
  throw new UsageError(
    `Unknown --capability "${name}": ${suggest(name, known, "capabilities")}`,
  );
}

function readLimits(args: Arguments): ProfileTable {
  const memoryMbMax = readNumber(args, "max-memory-mb", 4, 4096);
  const cpuMsMax = readNumber(args, "max-cpu-ms", 1, TIMER_MS_MAX);
  return {
    ...memoryMbMax === undefined ? {} : { memoryMbMax },
    ...cpuMsMax === undefined ? {} : { cpuMsMax },
  };
}

function readNumber(
  args: Arguments,
  option: string,
  min: number,
  max: number,
): number | undefined {
  const word = args.values.get(option);
  if (word === undefined) return undefined;
  const value = Number(word);
  if (/^\d+$/.test(word) && value >= min && value <= max) return value;
  throw new UsageError(
    `Cannot use --${option} without a whole number from ${min} to ${max}: ${word}`,
  );
}
