/**
 * From words to operands and options.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { Command, Option } from "./command.ts";
import { UsageError } from "./errors.ts";
import { suggest } from "./nearest.ts";

/** What a command was given. */
export interface Arguments {
  /** In the order given; not fewer than required, not more than known. */
  readonly operands: readonly string[];
  /** The last value of each option that takes one and does not repeat. */
  readonly values: ReadonlyMap<string, string>;
  /** All values of each option that repeats, in the order given. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** The options that take no value and were given. */
  readonly flags: ReadonlySet<string>;
  /** What is behind `--`, when the command leaves that unread. */
  readonly rest: readonly string[];
}

/** What every command takes. */
export const HELP_OPTION: Option = {
  name: "help",
  short: "h",
  summary: "Explain the command",
};

/**
 * Reads the words behind the name of `command`.
 *
 * When `--help` is among them, nothing is required.
 *
 * @throws {UsageError} An option is unknown, has a value too many or none at
 * all, an operand is missing or one too many.
 */
export function parseArguments(
  command: Command,
  words: readonly string[],
): Arguments {
  const options = [...command.options, HELP_OPTION];
  const { read, rest } = splitRest(command, words);
  const operands: string[] = [];
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const flags = new Set<string>();
  for (const token of tokensOf(options, read)) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const option = optionOf(command, options, token);
    const value = readValue(option, token);
    if (value === undefined) flags.add(token.name);
    else if (!option.repeats) values.set(token.name, value);
    else lists.set(token.name, [...lists.get(token.name) ?? [], value]);
  }
  if (!flags.has(HELP_OPTION.name)) checkOperands(command, operands);
  return { operands, values, lists, flags, rest };
}

function splitRest(command: Command, words: readonly string[]) {
  const end = words.indexOf("--");
  if (command.rest === undefined || end === -1) {
    return { read: words, rest: [] };
  }
  return { read: words.slice(0, end), rest: words.slice(end + 1) };
}

type Token = ReturnType<typeof tokensOf>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

function tokensOf(options: readonly Option[], words: readonly string[]) {
  const config = options.map(({ name, short, value }) => {
    const type = value === undefined ? "boolean" as const : "string" as const;
    return [name, short === undefined ? { type } : { type, short }] as const;
  });
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(config),
    allowPositionals: true,
    // Its own messages do not say which words are known.
    strict: false,
    tokens: true,
  });
  return tokens;
}

function optionOf(
  command: Command,
  options: readonly Option[],
  token: OptionToken,
): Option {
  const option = options.find(({ name }) => name === token.name);
  if (option !== undefined) return option;
  const { message } = unknownOption(options, token.rawName);
  throw new UsageError(`${message}${restHint(command)}`);
}

// Who runs a program tends to write its arguments right behind it.
function restHint({ rest }: Command): string {
  return rest === undefined ? "" : `; each ${rest} comes behind --`;
}

function readValue(option: Option, token: OptionToken): string | undefined {
  if (option.value === undefined) {
    if (token.value === undefined) return undefined;
    throw new UsageError(
      `Cannot give ${token.rawName} a value: ${token.value}`,
    );
  }
  // `--config --build` is a forgotten value; `--config=--build` is a strange one.
  const isForgotten = token.value === undefined || token.value === "" ||
    (!token.inlineValue && token.value.startsWith("-"));
  if (!isForgotten) return token.value;
  throw new UsageError(`Missing ${option.value} behind ${token.rawName}`);
}

/** The error for an option that is not among `options`. */
export function unknownOption(
  options: readonly Option[],
  rawName: string,
): UsageError {
  const known = options.map(({ name }) => `--${name}`);
  return new UsageError(
    `Unknown option "${rawName}": ${suggest(rawName, known, "options")}`,
  );
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const extra = operands[command.operands.length];
  if (extra !== undefined) {
    throw new UsageError(`Unexpected argument: ${extra}${restHint(command)}`);
  }
  const missing = command.operands[operands.length];
  if (missing !== undefined && !missing.isOptional) {
    throw new UsageError(`Missing <${missing.name}>`);
  }
}
