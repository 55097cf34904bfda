/**
 * How a program ended, as an exit code.
 *
 * @module
 */

import { type ExitReason, formatReason } from "@rusm/otp";
import { CommandFailure, EXIT_OK } from "../errors.ts";

/** Exit code after `--timeout`, as of `timeout(1)`. */
export const EXIT_TIMED_OUT = 124;

/** Exit code of a program that crashed, as of one that was aborted. */
export const EXIT_CRASHED = 134;

/** Exit code of a program that was killed, for a limit or by another. */
export const EXIT_KILLED = 137;

/** Who can give more of what a program ran out of. */
const LIMIT_HINTS: Readonly<Record<string, readonly string[]>> = {
  cpu: ["Give it more with --max-cpu-ms."],
  memory: ["Give it more with --max-memory-mb."],
};

/**
 * The exit code of a program whose process ended with `reason`. Pure.
 *
 * @param file What messages call the program.
 * @returns What the program gave; of a number above 255, the lowest 8 bits, as
 * an operating system has it.
 * @throws {CommandFailure} It did not end by itself.
 */
export function exitCodeFor(reason: ExitReason, file: string): number {
  if (reason === "normal") return EXIT_OK;
  const exitCode = exitCodeIn(reason);
  if (exitCode !== undefined) return exitCode & 0xff;
  throw failureOf(reason, file);
}

function exitCodeIn(reason: ExitReason): number | undefined {
  if (typeof reason === "string" || reason.type !== "exit") return undefined;
  const { payload } = reason;
  if (typeof payload !== "object" || payload === null) return undefined;
  const exitCode = "exitCode" in payload ? payload.exitCode : undefined;
  return typeof exitCode === "number" ? exitCode : undefined;
}

function failureOf(reason: ExitReason, file: string): CommandFailure {
  const type = typeof reason === "string" ? undefined : reason.type;
  return new CommandFailure(`${file} ${describe(reason)}`, {
    exitCode: type === "crashed" ? EXIT_CRASHED : EXIT_KILLED,
    hints: hintsFor(reason),
  });
}

function describe(reason: ExitReason): string {
  if (typeof reason !== "string") {
    if (reason.type === "crashed") return formatReason(reason);
    if (reason.type === "limit") return `was ended: ${reason.message}`;
  }
  return `was ended: ${formatReason(reason)}`;
}

function hintsFor(reason: ExitReason): readonly string[] {
  if (typeof reason === "string") return [];
  if (reason.type === "limit") return LIMIT_HINTS[reason.limit] ?? [];
  if (reason.type === "crashed") return framesIn(reason.stack);
  return [];
}

// The rest of a stack is the message, which is told already.
function framesIn(stack: string | undefined): readonly string[] {
  const lines = stack?.split("\n") ?? [];
  const first = lines.findIndex((line) => line.startsWith("    "));
  return first === -1 ? [] : lines.slice(first);
}
