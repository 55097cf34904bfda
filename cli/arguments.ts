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
  /** The last value of each option that takes one. */
  readonly values: ReadonlyMap<string, string>;
  /** The options that take no value and were given. */
  readonly flags: ReadonlySet<string>;
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
  const operands: string[] = [];
  const values = new Map<string, string>();
  const flags = new Set<string>();
  for (const token of tokensOf(options, words)) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const value = readValue(options, token);
    if (value === undefined) flags.add(token.name);
    else values.set(token.name, value);
  }
  if (!flags.has(HELP_OPTION.name)) checkOperands(command, operands);
  return { operands, values, flags };
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

function readValue(
  options: readonly Option[],
  token: OptionToken,
): string | undefined {
  const option = options.find(({ name }) => name === token.name);
  if (option === undefined) throw unknownOption(options, token.rawName);
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
    throw new UsageError(`Unexpected argument: ${extra}`);
  }
  const missing = command.operands[operands.length];
  if (missing !== undefined && !missing.isOptional) {
    throw new UsageError(`Missing <${missing.name}>`);
  }
}
