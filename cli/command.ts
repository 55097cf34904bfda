/**
 * What a command is: a row of the table that help, parsing and running share.
 *
 * @module
 */

import type { Arguments } from "./arguments.ts";
import type { Io } from "./io.ts";

/** One command of `rusm`. */
export interface Command {
  /** The word that selects it. */
  readonly name: string;
  /** What follows the name and is no option, in order. */
  readonly operands: readonly Operand[];
  /**
   * What help calls the words behind `--`, which are not read. Absent: what is
   * there is operands.
   */
  readonly rest?: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Paragraphs, each at most 78 columns wide. */
  readonly details: readonly string[];
  /** In the order in which help shows them. */
  readonly options: readonly Option[];
  /** Command lines that work as they stand. */
  readonly examples: readonly string[];
  /** Whether it runs in a process with Deno flags: see {@linkcode Io.restart}. */
  readonly needsFlags: boolean;
  /** Carries it out, and resolves with the exit code. */
  run(args: Arguments, io: Io): Promise<number>;
}

/** An argument that is known by its place. */
export interface Operand {
  /** What help calls it. */
  readonly name: string;
  /** Whether it may be left out. */
  readonly isOptional: boolean;
}

/** An argument that is known by its name. */
export interface Option {
  /** Long name, without the dashes. */
  readonly name: string;
  /** One letter, without the dash. */
  readonly short?: string;
  /** What help calls its value. Absent: the option takes none. */
  readonly value?: string;
  /** Whether each value counts, instead of the last alone. */
  readonly repeats?: boolean;
  /** One line. */
  readonly summary: string;
}

/** What every command takes that is about an app. */
export const CONFIG_OPTION: Option = {
  name: "config",
  value: "FILE",
  summary: "The manifest; ./rusm.toml by default",
};

/** The command line of `command` in one line, every option included. */
export function usageOf(command: Command): string {
  const operands = command.operands.map(({ name, isOptional }) =>
    isOptional ? `[${name}]` : `<${name}>`
  );
  const options = command.options.map(({ name, value, repeats }) => {
    const option = value === undefined ? `[--${name}]` : `[--${name} ${value}]`;
    return repeats ? `${option}...` : option;
  });
  const rest = command.rest === undefined ? [] : [`[-- ${command.rest}...]`];
  return ["rusm", command.name, ...operands, ...options, ...rest].join(" ");
}
