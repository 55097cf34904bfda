/**
 * `rusm generate component`: one more component of an app.
 *
 * @module
 */

import { ManifestError, parseManifest } from "@rusm/serve";
import { dirname, join } from "node:path";
import type { Arguments } from "../arguments.ts";
import {
  CommandFailure,
  EXIT_MISUSED,
  EXIT_OK,
  UsageError,
} from "../errors.ts";
import { exists, replaceFile, shorten } from "../file.ts";
import { type Io, paint, print } from "../io.ts";
import { loadOrFail } from "../manifest_load.ts";
import { findManifest } from "../manifest_path.ts";
import { suggest } from "../nearest.ts";
import type { Starter } from "../templates.ts";
import { choose, LANG, PROTOCOL } from "./choice.ts";

/** What a manifest takes for the name of a component. */
const NAME = /^[a-z][a-z0-9_-]*$/;

const KINDS = ["component"];

/**
 * Adds the component that `args` describe, and says how to go on.
 *
 * @throws {UsageError} The kind is unknown, the name is none that a manifest can
 * have, or an option has a value that is unknown or not there yet.
 * @throws {CommandFailure} There is no manifest, it is wrong, or there is such a
 * component already. Nothing is written then.
 */
export async function runGenerate(args: Arguments, io: Io): Promise<number> {
  const [kind = "", name = ""] = args.operands;
  if (!KINDS.includes(kind)) {
    throw new UsageError(
      `Unknown kind "${kind}": ${suggest(kind, KINDS, "kinds")}`,
    );
  }
  checkName(name);
  choose(LANG, args, "a component");
  const starter = choose(PROTOCOL, args, "a component");
  const found = await findManifest(args, io);
  if (!found.exists) {
    throw new CommandFailure(`Cannot find rusm.toml in ${found.directory}`, {
      hints: ["Create an app with `rusm new`."],
    });
  }
  await addComponent(found.path, name, starter, io);
  return EXIT_OK;
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new UsageError(
    "Cannot give a component a name that is not of lower-case letters, " +
      `digits, _ and -, a letter first: ${JSON.stringify(name)}`,
  );
}

async function addComponent(
  path: string,
  name: string,
  starter: Starter,
  io: Io,
): Promise<void> {
  const { components } = await loadOrFail(path, io);
  const directory = join(dirname(path), "components", name);
  if (components.has(name)) throw taken(`[components.${name}]`, path, io);
  if (await exists(directory)) throw taken("this directory", directory, io);
  const text = await Deno.readTextFile(path);
  const extended = extend(text, name, starter);
  insistValid(extended, path, io);
  const entry = join(directory, "index.ts");
  await Deno.mkdir(directory, { recursive: true });
  await replaceFile(entry, starter.files.get(starter.component)!);
  await replaceFile(path, extended);
  print(
    io.stdout,
    `${paint(io.stdout, "green", "created")} ${shorten(entry, io.cwd)}`,
    `${paint(io.stdout, "green", "changed")} ${shorten(path, io.cwd)}`,
    "",
    "next:",
    `  say in ${shorten(path, io.cwd)} what it may do, and what it answers`,
    "  rusm build",
  );
}

function taken(what: string, path: string, io: Io): CommandFailure {
  return new CommandFailure(
    `Cannot add a component where there is ${what} already: ${
      shorten(path, io.cwd)
    }`,
  );
}

function extend(
  text: string,
  name: string,
  { protocol }: Starter,
): string {
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  // A route is the user's to choose: this shows how, and changes nothing.
  return `${text}${gap}
# The code: components/${name}/index.ts.
[components.${name}]
capability = "sandboxed"

# To serve it: a route of a [[serve]], such as
#   routes = { "GET /${name}" = "${name}" }
# or an address of its own:
# [[serve]]
# protocol = "${protocol}"
# listen = "127.0.0.1:8081"
# component = "${name}"
`;
}

// What stands at the end of a manifest decides what can be put behind it.
function insistValid(text: string, path: string, io: Io): void {
  try {
    parseManifest(text, path);
  } catch (error) {
    // The manifest was right before; so it is what was put behind it.
    if (!(error instanceof ManifestError)) throw error;
    throw new CommandFailure(
      `Cannot put a component at the end of the manifest: ${
        shorten(path, io.cwd)
      }`,
      { exitCode: EXIT_MISUSED, hints: error.message.split("\n") },
    );
  }
}
