/**
 * `deno task guests`: builds the components that tests run.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { build, BuildFailed } from "./build.ts";
import { type Guest, GUESTS } from "./guests.ts";
import { builtPath } from "./paths.ts";
import {
  type BuildRecord,
  digestOf,
  digestOfSources,
  type Entry,
  readRecord,
  writeRecord,
} from "./record.ts";
import { type Tool, toolsOf } from "./tools.ts";

/** What the command reaches outside itself. */
export interface Io {
  /** Writes a line to standard output. */
  readonly print: (line: string) => void;
  /** Writes a line to standard error. */
  readonly printError: (line: string) => void;
  /** What a guest is built with. */
  readonly toolsOf: (guest: Guest) => readonly Tool[];
  /** Builds a guest. */
  readonly build: (guest: Guest) => Promise<Uint8Array<ArrayBuffer>>;
}

const USAGE = `Usage: deno task guests [NAME ...] [--check]

Builds the guests, or the named ones, into tests/guests/built, and says what is
missing for those that cannot be built here.

  --check     build them, and compare with what is there instead
  -h, --help  show this

Exits with 1 when a guest does not build, or differs from what is there.`;

/**
 * Runs the command.
 *
 * @returns The exit code: 0 when all is well, 1 when a guest does not build or
 * is not what it should be, 2 when the arguments are wrong.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === "string") {
    io.printError(`${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    io.print(USAGE);
    return 0;
  }
  let isWell = true;
  for (const guest of options.guests) {
    const made = await make(guest, options.isCheck, io);
    io.print(`${guest.name.padEnd(20)}${made.message}`);
    isWell &&= made.isWell;
  }
  return isWell ? 0 : 1;
}

interface Options {
  readonly help: boolean;
  readonly isCheck: boolean;
  readonly guests: readonly Guest[];
}

/** Options, or a sentence about what is wrong with the arguments. */
function parseOptions(args: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        check: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const stranger = positionals.find((name) =>
      !GUESTS.some((guest) => guest.name === name)
    );
    if (stranger !== undefined) {
      return `Cannot build an unknown guest: ${stranger}`;
    }
    const guests = GUESTS.filter(({ name }) =>
      positionals.length === 0 || positionals.includes(name)
    );
    return { help: values.help, isCheck: values.check, guests };
  } catch (error) {
    // The parser throws a TypeError that names the argument, and nothing else.
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

interface Outcome {
  readonly isWell: boolean;
  readonly message: string;
}

async function make(guest: Guest, isCheck: boolean, io: Io): Promise<Outcome> {
  const tools = new Map<string, string>();
  for (const tool of io.toolsOf(guest)) {
    const version = await tool.version();
    if (version === undefined) {
      return { isWell: true, message: `left out: needs ${tool.hint}` };
    }
    tools.set(tool.name, version);
  }
  const versions = Object.fromEntries(tools);
  try {
    return isCheck
      ? await check(guest, versions, io)
      : await put(guest, versions, io);
  } catch (error) {
    // The others are built all the same.
    if (error instanceof BuildFailed) {
      return { isWell: false, message: error.message };
    }
    throw error;
  }
}

async function put(
  guest: Guest,
  tools: Entry["tools"],
  io: Io,
): Promise<Outcome> {
  const component = await io.build(guest);
  await Deno.writeFile(builtPath(guest.name), component);
  const entry = await entryOf(guest, component, tools);
  await writeRecord({ ...await readRecord(), [guest.name]: entry });
  return { isWell: true, message: `${component.length} bytes` };
}

async function check(
  guest: Guest,
  tools: Entry["tools"],
  io: Io,
): Promise<Outcome> {
  const record: BuildRecord = await readRecord();
  const recorded = record[guest.name];
  if (recorded === undefined) return { isWell: false, message: "never built" };
  const other = Object.entries(tools).find(([name, version]) =>
    recorded.tools[name] !== version
  );
  if (other !== undefined) {
    const [name, version] = other;
    const message = `not compared: built by ${name} ${
      recorded.tools[name]
    }, here is ${version}`;
    return { isWell: true, message };
  }
  const made = await entryOf(guest, await io.build(guest), tools);
  const isWell = made.component === recorded.component;
  return { isWell, message: isWell ? "the same" : "differs: build it anew" };
}

async function entryOf(
  guest: Guest,
  component: Uint8Array<ArrayBuffer>,
  tools: Entry["tools"],
): Promise<Entry> {
  const [sources, digest] = await Promise.all([
    digestOfSources(guest),
    digestOf(component),
  ]);
  return { sources, component: digest, tools };
}

if (import.meta.main) {
  Deno.exitCode = await main(Deno.args, {
    print: console.log,
    printError: console.error,
    toolsOf,
    build,
  });
}
