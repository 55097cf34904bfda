/**
 * The ways in which a command does not succeed.
 *
 * @module
 */

/** Exit code of a command that did what it was asked to. */
export const EXIT_OK = 0;

/** Exit code of a command that could not do it. */
export const EXIT_FAILED = 1;

/** Exit code of a command that was asked wrongly. */
export const EXIT_MISUSED = 2;

/** The arguments make no sense: exit code 2, with the usage of the command. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** The command was understood and cannot be carried out. */
export class CommandFailure extends Error {
  override readonly name: string = "CommandFailure";
  /** What the process ends with. */
  readonly exitCode: number;
  /** What the user can do about it; a line each. */
  readonly hints: readonly string[];

  /** Takes a sentence without a full stop. The exit code is 1 by default. */
  constructor(
    message: string,
    options: {
      readonly exitCode?: number;
      readonly hints?: readonly string[];
    } = {},
  ) {
    super(message);
    this.exitCode = options.exitCode ?? EXIT_FAILED;
    this.hints = options.hints ?? [];
  }
}
