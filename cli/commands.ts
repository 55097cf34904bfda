/**
 * The table of commands.
 *
 * What a command does is imported when it runs: help and `new` start without
 * loading the serving half.
 *
 * @module
 */

import type { Arguments } from "./arguments.ts";
import type { Command, Option } from "./command.ts";
import { EXIT_OK, UsageError } from "./errors.ts";
import { commandHelp, topHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { suggest } from "./nearest.ts";

const CONFIG_OPTION: Option = {
  name: "config",
  value: "FILE",
  summary: "The manifest; ./rusm.toml by default",
};

const NEW: Command = {
  name: "new",
  operands: [{ name: "name", isOptional: false }],
  summary: "Create an app in a directory of its own",
  details: [
    "Makes the directory <name> and puts a complete app into it, ready to build\n" +
    "and serve. Nothing is written when <name> exists and is not empty.",
  ],
  options: [
    { name: "lang", value: "LANG", summary: "ts (default)" },
    {
      name: "protocol",
      short: "p",
      value: "PROTOCOL",
      summary: "http (default)",
    },
    { name: "template", value: "NAME", summary: "hello (default)" },
  ],
  examples: ["rusm new hello", "rusm new shop --lang ts --protocol http"],
  needsFlags: false,
  run: async (args, io) => (await import("./new.ts")).runNew(args, io),
};

const BUILD: Command = {
  name: "build",
  operands: [],
  summary: "Bundle the components of an app",
  details: [
    "Bundles each directory of components/ that has an index.ts or a src/index.ts\n" +
    "into one file of wasm/, and tries each bundle once, so that what fails when a\n" +
    "component starts fails here.",
    "A component that fails keeps its old bundle. All that fail are reported.",
  ],
  options: [CONFIG_OPTION],
  examples: ["rusm build", "rusm build --config shop/rusm.toml"],
  needsFlags: true,
  run: async (args, io) => (await import("./build.ts")).runBuild(args, io),
};

const SERVE: Command = {
  name: "serve",
  operands: [],
  summary: "Serve an app until it is told to stop",
  details: [
    "Opens every [[serve]] of the manifest. Each request is answered by a sandboxed\n" +
    "process of its own.",
    "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop the app in an orderly way: exit code\n" +
    "0. A second one ends it at once.",
  ],
  options: [
    CONFIG_OPTION,
    { name: "build", summary: "Bundle the components first" },
  ],
  examples: ["rusm serve", "rusm serve --build --config shop/rusm.toml"],
  needsFlags: true,
  run: async (args, io) => (await import("./serve.ts")).runServe(args, io),
};

const HELP: Command = {
  name: "help",
  operands: [{ name: "command", isOptional: true }],
  summary: "Explain a command",
  details: [],
  options: [],
  examples: ["rusm help", "rusm help build"],
  needsFlags: false,
  run: (args, io) => Promise.resolve(runHelp(args, io)),
};

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [NEW, BUILD, SERVE, HELP];

/**
 * Finds the command that `name` selects.
 *
 * @throws {UsageError} There is none.
 */
export function findCommand(name: string): Command {
  const command = COMMANDS.find((command) => command.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map(({ name }) => name);
  throw new UsageError(
    `Unknown command "${name}": ${suggest(name, names, "commands")}`,
  );
}

function runHelp(args: Arguments, io: Io): number {
  const [name] = args.operands;
  io.stdout.write(
    name === undefined ? topHelp(COMMANDS) : commandHelp(findCommand(name)),
  );
  return EXIT_OK;
}
