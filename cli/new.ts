/**
 * `rusm new`: an app to start from.
 *
 * @module
 */

import { resolve } from "node:path";
import { createApp } from "./app_directory.ts";
import type { Arguments } from "./arguments.ts";
import { choose, LANG, PROTOCOL, TEMPLATE } from "./generate/choice.ts";
import { EXIT_OK, UsageError } from "./errors.ts";
import { type Io, paint, print } from "./io.ts";
import { quoteForShell } from "./shell.ts";
import type { Starter } from "./templates.ts";

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
  choose(LANG, args, "an app");
  const usual = choose(PROTOCOL, args, "an app");
  const starter = args.values.has(TEMPLATE.option)
    ? choose(TEMPLATE, args, "an app")
    : usual;
  await createApp(resolve(io.cwd, name), starter.files);
  printCreated(name, starter, io);
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

function printCreated(name: string, { files, probe }: Starter, io: Io): void {
  print(
    io.stdout,
    `${paint(io.stdout, "green", "created")} ${name}/`,
    ...[...files.keys()].map((path) => `  ${path}`),
    "",
    "next:",
    `  cd ${quoteForShell(name)}`,
    "  rusm build",
    "  rusm serve",
    `  ${probe}`,
  );
  if (io.invocation === "rusm") return;
  print(
    io.stdout,
    "",
    "where rusm is what you have just run; give it that name with:",
    `  alias rusm=${quoteForShell(io.invocation)}`,
  );
}
