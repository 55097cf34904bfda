/**
 * The table of commands.
 *
 * What a command does is imported when it runs: help and `new` start without
 * loading the serving half.
 *
 * @module
 */

import type { Arguments } from "./arguments.ts";
import { CHECK } from "./check/command.ts";
import { type Command, CONFIG_OPTION, type Option } from "./command.ts";
import { EXIT_OK, UsageError } from "./errors.ts";
import { GENERATE } from "./generate/command.ts";
import { commandHelp, topHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { LOAD } from "./load/command.ts";
import { suggest } from "./nearest.ts";

const LOG_OPTIONS: readonly Option[] = [
  {
    name: "log-level",
    value: "LEVEL",
    summary: "off, error, warn, info, debug; else [log] level",
  },
  {
    name: "log-format",
    value: "FORMAT",
    summary: "text, json; else [log] format",
  },
];

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
      summary: "http (default), ws, sse",
    },
    {
      name: "template",
      value: "NAME",
      summary: "hello (default), shortener, board, ws, sse",
    },
  ],
  examples: [
    "rusm new hello",
    "rusm new talk -p ws",
    "rusm new app --template board",
  ],
  needsFlags: false,
  run: async (args, io) => (await import("./new.ts")).runNew(args, io),
};

const BUILD: Command = {
  name: "build",
  operands: [],
  summary: "Build the components of an app",
  details: [
    "Makes of each directory of components/ one file of wasm/, by what it has:",
    "  index.ts, src/index.ts   a bundle, and its source map; it is tried once, so\n" +
    "                           that what fails when it starts fails here\n" +
    "  Cargo.toml               a component, by cargo\n" +
    "  go.mod                   a component by tinygo, else a module by go\n" +
    "  NAME.wasm                a copy",
    "A component is built when its files, all that it imports, or the configuration\n" +
    "have changed in content. One that fails keeps what was built before. All that\n" +
    "fail are reported. Types are checked at the same time; wrong ones fail the\n" +
    "build, and keep nothing from being written.",
  ],
  options: [
    CONFIG_OPTION,
    { name: "no-check", summary: "Leave the types unchecked" },
    { name: "json", summary: "Print how it went as JSON" },
  ],
  examples: ["rusm build", "rusm build --json --config shop/rusm.toml"],
  needsFlags: true,
  run: async (args, io) => (await import("./build.ts")).runBuild(args, io),
};

const RUN: Command = {
  name: "run",
  operands: [],
  summary: "Host an app, without listeners, until it is told to stop",
  details: [
    "Loads every component of the manifest: wasm/NAME.js, else wasm/NAME.wasm, which\n" +
    "is a module or a component. Those with resident = true are started, and again\n" +
    "whenever they end; programs, which have a _start or a wasi:cli/run, are started\n" +
    "once. No [[serve]] is opened.",
    "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop the app in an orderly way: exit code\n" +
    "0. A second one ends it at once. Residents that end more than 3 times within 5\n" +
    "seconds end the app: exit code 1.",
    "SIGUSR2 has the app take up what is on the disk: manifest, .env and what was\n" +
    "built. Only what has changed is touched; what is wrong with it is printed.",
  ],
  options: [CONFIG_OPTION, ...LOG_OPTIONS],
  examples: [
    "rusm run",
    "rusm run --config shop/rusm.toml --log-level debug",
  ],
  needsFlags: true,
  run: async (args, io) => (await import("./run.ts")).runRun(args, io),
};

const SERVE: Command = {
  name: "serve",
  operands: [],
  summary: "Serve an app until it is told to stop",
  details: [
    "Opens every [[serve]] of the manifest. Each request is answered by a sandboxed\n" +
    "process of its own. Residents and programs run as with `rusm run`, also when\n" +
    "there is no [[serve]].",
    "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop the app in an orderly way: exit code\n" +
    "0. A second one ends it at once.",
    "SIGUSR2 has the app take up what is on the disk: manifest, .env and what was\n" +
    "built. Only what has changed is touched; what is wrong with it is printed.",
  ],
  options: [
    CONFIG_OPTION,
    { name: "build", summary: "Build what has changed first" },
    { name: "no-check", summary: "Leave the types unchecked" },
    ...LOG_OPTIONS,
  ],
  examples: [
    "rusm serve",
    "rusm serve --build --config shop/rusm.toml",
    "rusm serve --log-level warn --log-format json",
  ],
  needsFlags: true,
  run: async (args, io) => (await import("./serve.ts")).runServe(args, io),
};

const DEV: Command = {
  name: "dev",
  operands: [],
  summary: "Serve an app while it is worked on",
  details: [
    "Builds the app, serves it as `rusm serve` does, and takes up what changes:",
    "  components/, and     what has changed is built, and serves at once;\n" +
    "  what they import     residents and programs of it are started again\n" +
    "  the manifest         components and listeners come, go, or change\n" +
    "  .env                 residents that may read what has changed start again",
    "Only what has changed is touched: connections of other components stay open,\n" +
    "and requests that are under way end on the code that they began with. What\n" +
    "cannot be built or taken up is printed, and the version of before goes on.",
    "Types are checked beside that. Wrong ones are printed, and keep nothing from\n" +
    "being served. Another store is taken up when rusm is started again.",
    "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop the app in an orderly way: exit code\n" +
    "0. A second one ends it at once.",
  ],
  options: [
    CONFIG_OPTION,
    { name: "no-check", summary: "Leave the types unchecked" },
    ...LOG_OPTIONS,
  ],
  examples: ["rusm dev", "rusm dev --config shop/rusm.toml"],
  needsFlags: true,
  run: async (args, io) => (await import("./dev.ts")).runDev(args, io),
};

const EXEC: Command = {
  name: "exec",
  operands: [{ name: "file", isOptional: false }],
  rest: "ARG",
  summary:
    "Run a program of WebAssembly or TypeScript as one sandboxed process",
  details: [
    "Runs <file>, a module or a component. A module begins with its _start, as\n" +
    "programs for wasm32-wasip1 have it, else its run; a component with its run, or\n" +
    "that of wasi:cli/run@0.2 or 0.3. The program reads and prints here, gets each\n" +
    "ARG, and has no files, variables or network but those that it is given.",
    "A file of TypeScript or JavaScript is bundled, in memory, and its default\n" +
    "function is called, if it has one. Process.args() are <file> and each ARG.",
    "A directory is read-only without :rw. GUEST is its path for the program; when\n" +
    "it is not given, HOST seen from /: data is /data, and . is / itself.",
    "What <file> is made into before it runs is kept for the next time, below\n" +
    "$RUSM_CACHE_DIR, else the user's cache directory.",
    "Exit codes: the program's own; 2 when <file> or the options are wrong, 1 when\n" +
    "it cannot be started or a script threw, 124 after --timeout, 134 when a module\n" +
    "or component crashed, 137 when it went past a limit or was killed, 128 + n\n" +
    "when signal n ended it.",
  ],
  options: [
    {
      name: "dir",
      value: "HOST[::GUEST][:rw]",
      repeats: true,
      summary: "Let it see a directory",
    },
    {
      name: "env",
      value: "NAME[=VALUE]",
      repeats: true,
      summary: "Set a variable; yours, without a value",
    },
    {
      name: "capability",
      value: "NAME",
      summary: "sandboxed (default), network-client, trusted",
    },
    { name: "timeout", value: "MS", summary: "End it after so long" },
    {
      name: "max-memory-mb",
      value: "N",
      summary: "4 to 4096; else the capability's",
    },
    {
      name: "max-cpu-ms",
      value: "N",
      summary: "Between two waits; else the capability's",
    },
    {
      name: "core-dump",
      value: "FILE",
      summary: "Write a core dump when it traps",
    },
    { name: "check", summary: "Check the types of a script first" },
    { name: "no-cache", summary: "Prepare <file> anew, and do not keep that" },
    {
      name: "jco",
      value: "DIR",
      summary: "Run preview 3 by the jco that npm has there",
    },
  ],
  examples: [
    "rusm exec hello.wasm",
    "rusm exec report.ts --dir data -- --year 2026",
    "rusm exec wc.wasm --dir . -- -l /README.md",
    "rusm exec build.wasm --dir src --dir out::/out:rw --env HOME --env CI=1",
    "rusm exec search.wasm --capability trusted --timeout 5000 < input.txt",
  ],
  needsFlags: true,
  run: async (args, io) => (await import("./exec.ts")).runExec(args, io),
};

const KV: Command = {
  name: "kv",
  operands: [
    { name: "action", isOptional: false },
    { name: "place", isOptional: true },
    { name: "file", isOptional: true },
  ],
  summary: "Look into the store of an app, and change it",
  details: [
    "  rusm kv get <bucket>/<key> [<file>]   print a value, or write it to <file>\n" +
    "  rusm kv set <bucket>/<key> [<file>]   store what <file> holds, or what is\n" +
    "                                        piped in\n" +
    "  rusm kv rm <bucket>/<key>             remove a value\n" +
    "  rusm kv list <bucket>                 print the keys of a bucket\n" +
    "  rusm kv buckets                       print the buckets",
    "The store is the file that [node] store of the manifest names. The app may\n" +
    "run meanwhile. A key may have slashes: a bucket ends at the first.",
    "Exit codes: 0; 1 when there is no such value, or the store cannot be used; 2\n" +
    "when the command line or the manifest is wrong.",
  ],
  options: [
    CONFIG_OPTION,
    { name: "prefix", value: "TEXT", summary: "List only keys that begin so" },
    { name: "json", summary: "List as one JSON array" },
  ],
  examples: [
    "rusm kv set links/deno link.txt",
    "echo -n land | rusm kv set links/deno",
    "rusm kv get links/deno",
    "rusm kv list links --prefix de --json",
  ],
  needsFlags: false,
  run: async (args, io) => (await import("./kv.ts")).runKv(args, io),
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
export const COMMANDS: readonly Command[] = [
  NEW,
  GENERATE,
  BUILD,
  CHECK,
  RUN,
  SERVE,
  DEV,
  EXEC,
  KV,
  LOAD,
  HELP,
];

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
