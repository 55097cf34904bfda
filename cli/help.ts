/**
 * The help texts, all from the command table.
 *
 * @module
 */

import { HELP_OPTION } from "./arguments.ts";
import { type Command, type Option, usageOf } from "./command.ts";

/** How the program as a whole is used, in one line. */
export const USAGE = "rusm <command> [options]";

/** What the program takes when no command is given. */
export const TOP_OPTIONS: readonly Option[] = [
  { ...HELP_OPTION, summary: "Explain the program, or a command behind it" },
  { name: "version", short: "V", summary: "Print the version" },
];

/** The help of the program: its commands in table order. */
export function topHelp(commands: readonly Command[]): string {
  return sections([
    "Erlang/OTP for WebAssembly on Deno",
    `usage: ${USAGE}`,
    list("commands:", commands.map(({ name, summary }) => [name, summary])),
    list("options:", TOP_OPTIONS.map(optionRow)),
    "rusm help <command> explains one command.",
  ]);
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  return sections([
    `usage: ${usageOf(command)}`,
    command.summary,
    ...command.details,
    list("options:", [...command.options, HELP_OPTION].map(optionRow)),
    ["examples:", ...command.examples.map((line) => `  ${line}`)].join("\n"),
  ]);
}

function optionRow(option: Option): readonly [string, string] {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const value = option.value === undefined ? "" : ` ${option.value}`;
  const dots = option.repeats ? "..." : "";
  return [`${short}--${option.name}${value}${dots}`, option.summary];
}

function list(title: string, rows: readonly (readonly [string, string])[]) {
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) =>
    `  ${left.padEnd(width)}  ${right}`
  );
  return [title, ...lines].join("\n");
}

function sections(texts: readonly string[]): string {
  return `${texts.join("\n\n")}\n`;
}
