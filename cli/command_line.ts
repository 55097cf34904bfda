/**
 * From a command line to an exit code.
 *
 * @module
 */

import {
  type Arguments,
  HELP_OPTION,
  parseArguments,
  unknownOption,
} from "./arguments.ts";
import { type Command, usageOf } from "./command.ts";
import { COMMANDS, findCommand } from "./commands.ts";
import config from "./deno.json" with { type: "json" };
import {
  CommandFailure,
  EXIT_FAILED,
  EXIT_MISUSED,
  EXIT_OK,
  UsageError,
} from "./errors.ts";
import { commandHelp, TOP_OPTIONS, topHelp, USAGE } from "./help.ts";
import { type Io, paint, print } from "./io.ts";
import { findManifest } from "./manifest_path.ts";

/**
 * Runs `rusm` with `args`.
 *
 * Never throws: what goes wrong is printed on `io.stderr`.
 *
 * @param args The words behind the program's name.
 * @returns The exit code: 0 for success, 1 when the command failed, 2 when the
 * arguments or the manifest are wrong, 128 + n when signal n ended it. `exec`
 * answers what its program does; its help has the other codes.
 *
 * @example Asking for help
 * ```ts
 * import { type Io, main } from "@rusm/cli";
 * import { match, strictEqual } from "node:assert";
 *
 * let printed = "";
 * const output = {
 *   isTerminal: false,
 *   hasColour: false,
 *   write: (text: string) => void (printed += text),
 *   writeBytes: () => {},
 * };
 * const io: Io = {
 *   stdout: output,
 *   stderr: output,
 *   readInput: () => Promise.resolve(new Uint8Array()),
 *   cwd: "/",
 *   invocation: "rusm",
 *   onReload: () => () => {},
 *   listenForStop: () => {
 *     throw new Error("help does not wait");
 *   },
 * };
 * strictEqual(await main(["help", "build"], io), 0);
 * match(printed, /^usage: rusm build/);
 * ```
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let command: Command | undefined;
  // The last place where a failure can be told; nothing is above it but exit().
  try {
    if (asksForVersion(args)) return printVersion(io);
    const [word = "--help"] = args;
    if (word.startsWith("-")) return runTop(word, args[1], io);
    command = findCommand(word);
    return await runCommand(command, args, io);
  } catch (error) {
    return reportFailure(error, command, io);
  }
}

function asksForVersion(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const words = end === -1 ? args : args.slice(0, end);
  return words.includes("--version") || words.includes("-V");
}

function printVersion(io: Io): number {
  print(io.stdout, `rusm ${config.version}`);
  return EXIT_OK;
}

function runTop(option: string, name: string | undefined, io: Io): number {
  if (option !== "--help" && option !== "-h") {
    throw unknownOption(TOP_OPTIONS, option);
  }
  io.stdout.write(
    name === undefined ? topHelp(COMMANDS) : commandHelp(findCommand(name)),
  );
  return EXIT_OK;
}

async function runCommand(
  command: Command,
  args: readonly string[],
  io: Io,
): Promise<number> {
  const parsed = parseArguments(command, args.slice(1));
  if (parsed.flags.has(HELP_OPTION.name)) {
    io.stdout.write(commandHelp(command));
    return EXIT_OK;
  }
  if (!command.needsFlags || io.restart === undefined) {
    return await command.run(parsed, io);
  }
  return await io.restart(args, await directoryFor(command, parsed, io));
}

// Deno looks for an app's own deno.json or package.json where it is started.
async function directoryFor(
  { options }: Command,
  parsed: Arguments,
  io: Io,
): Promise<string> {
  const isAboutApp = options.some(({ name }) => name === "config");
  return isAboutApp ? (await findManifest(parsed, io)).directory : io.cwd;
}

function reportFailure(
  error: unknown,
  command: Command | undefined,
  io: Io,
): number {
  if (error instanceof UsageError) {
    const usage = command === undefined ? USAGE : usageOf(command);
    print(io.stderr, paint(io.stderr, "red", error.message), `usage: ${usage}`);
    return EXIT_MISUSED;
  }
  const title = `${command?.name ?? "rusm"} failed:`;
  const hints = error instanceof CommandFailure ? error.hints : [];
  print(
    io.stderr,
    `${paint(io.stderr, "red", title)} ${describe(error)}`,
    ...hints,
  );
  return error instanceof CommandFailure ? error.exitCode : EXIT_FAILED;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What the system refuses is the user's to mend; all else is a bug of ours,
  // which its stack locates.
  const isExpected = error instanceof CommandFailure || "code" in error ||
    error.constructor.name in Deno.errors;
  return isExpected ? error.message : error.stack ?? error.message;
}
