/**
 * `rusm new`: an app to start from.
 *
 * @module
 */

import { resolve } from "node:path";
import { createApp } from "./app_directory.ts";
import type { Arguments } from "./arguments.ts";
import { EXIT_OK, UsageError } from "./errors.ts";
import { type Io, paint, print } from "./io.ts";
import { suggest } from "./nearest.ts";
import { quoteForShell } from "./shell.ts";
import { HELLO, type Template } from "./templates.ts";

/** The words that an option takes: what each means, or that it cannot be yet. */
interface Choice<Value> {
  /** Name of the option, without the dashes. */
  readonly option: string;
  /** What is meant when the option is not given. */
  readonly preset: string;
  /** `undefined` stands for what is planned. */
  readonly words: ReadonlyMap<string, Value | undefined>;
}

const LANG: Choice<"ts"> = {
  option: "lang",
  preset: "ts",
  words: withPlanned([["ts", "ts"], ["typescript", "ts"]], [
    "rust",
    "rs",
    "go",
    "golang",
    "generic",
    "wasm",
  ]),
};

const PROTOCOL: Choice<"http"> = {
  option: "protocol",
  preset: "http",
  words: withPlanned([["http", "http"]], ["sse", "ws"]),
};

const TEMPLATE: Choice<Template> = {
  option: "template",
  preset: "hello",
  words: withPlanned([["hello", HELLO]], [
    "todo-board",
    "weather",
    "mailer",
  ]),
};

/**
 * Creates the app that `args` describe, and says how to go on.
 *
 * @throws {UsageError} The name is none for a directory, or an option has a
 * value that is unknown or not there yet.
 * @throws {CommandFailure} The directory exists and is not empty.
 */
export async function runNew(args: Arguments, io: Io): Promise<number> {
  const [name = ""] = args.operands;
  checkName(name);
  choose(LANG, args);
  choose(PROTOCOL, args);
  const template = choose(TEMPLATE, args);
  await createApp(resolve(io.cwd, name), template);
  printCreated(name, template, io);
  return EXIT_OK;
}

function checkName(name: string): void {
  const isName = name !== "" && !name.startsWith("-") &&
    name !== "." && name !== ".." && !/[/\\\0]/.test(name);
  if (isName) return;
  throw new UsageError(
    `Cannot create an app of this name, it is one directory below this one: ${
      JSON.stringify(name)
    }`,
  );
}

function withPlanned<Value>(
  present: readonly (readonly [string, Value])[],
  planned: readonly string[],
): ReadonlyMap<string, Value | undefined> {
  return new Map<string, Value | undefined>([
    ...present,
    ...planned.map((word) => [word, undefined] as const),
  ]);
}

function choose<Value>(choice: Choice<Value>, args: Arguments): Value {
  const { option, preset, words } = choice;
  const word = args.values.get(option) ?? preset;
  const value = words.get(word);
  if (value !== undefined) return value;
  const known = [...words.keys()].filter((word) =>
    words.get(word) !== undefined
  );
  throw new UsageError(
    words.has(word)
      ? `Cannot create an app with --${option} ${word} yet: there is ${
        known.join(", ")
      }`
      : `Unknown --${option} "${word}": ${
        suggest(word, known, `words for --${option}`)
      }`,
  );
}

function printCreated(name: string, template: Template, io: Io): void {
  print(
    io.stdout,
    `${paint(io.stdout, "green", "created")} ${name}/`,
    ...[...template.keys()].map((path) => `  ${path}`),
    "",
    "next:",
    `  cd ${quoteForShell(name)}`,
    "  rusm build",
    "  rusm serve",
    "  curl http://127.0.0.1:8080/",
  );
  if (io.invocation === "rusm") return;
  print(
    io.stdout,
    "",
    "where rusm is what you have just run; give it that name with:",
    `  alias rusm=${quoteForShell(io.invocation)}`,
  );
}
