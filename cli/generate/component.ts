/**
 * `rusm generate`: one more component of an app.
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

const KINDS = ["component", "authentication", "auth"];

/** What is added to an app. */
interface Addition {
  /** Name of the component. */
  readonly component: string;
  /** Its directory, relative to the app. */
  readonly directory: string;
  /** What its `index.ts` holds. */
  readonly source: string;
  /** What is put behind the manifest. */
  readonly text: string;
  /** What is left to say in the manifest. */
  readonly left: string;
}

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
  const addition = kind === "component"
    ? componentOf(name, choose(PROTOCOL, args, "a component"))
    : hookOf(name, args);
  const found = await findManifest(args, io);
  if (!found.exists) {
    throw new CommandFailure(`Cannot find rusm.toml in ${found.directory}`, {
      hints: ["Create an app with `rusm new`."],
    });
  }
  await add(found.path, addition, io);
  return EXIT_OK;
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new UsageError(
    "Cannot give a component a name that is not of lower-case letters, " +
      `digits, _ and -, a letter first: ${JSON.stringify(name)}`,
  );
}

async function add(
  path: string,
  { component, directory: relative, source, text: added, left }: Addition,
  io: Io,
): Promise<void> {
  const hook = component.split(":")[1];
  const { components } = await loadOrFail(path, io, hook ? [hook] : []);
  const directory = join(dirname(path), relative);
  const known = components.get(component);
  // That a listener names it does not declare a hook.
  const isDeclared = known !== undefined && known.isImplied !== true;
  if (isDeclared) throw taken(headerOf(component), path, io);
  if (await exists(directory)) throw taken("this directory", directory, io);
  const text = await Deno.readTextFile(path);
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  const extended = `${text}${gap}${added}`;
  insistValid(extended, path, io);
  const entry = join(directory, "index.ts");
  await Deno.mkdir(directory, { recursive: true });
  await replaceFile(entry, source);
  await replaceFile(path, extended);
  print(
    io.stdout,
    `${paint(io.stdout, "green", "created")} ${shorten(entry, io.cwd)}`,
    `${paint(io.stdout, "green", "changed")} ${shorten(path, io.cwd)}`,
    "",
    "next:",
    `  say in ${shorten(path, io.cwd)} ${left}`,
    "  rusm build",
  );
}

function headerOf(component: string): string {
  const isBare = NAME.test(component);
  return `[components.${isBare ? component : JSON.stringify(component)}]`;
}

function taken(what: string, path: string, io: Io): CommandFailure {
  return new CommandFailure(
    `Cannot add a component where there is ${what} already: ${
      shorten(path, io.cwd)
    }`,
  );
}

function componentOf(
  name: string,
  { protocol, files, component }: Starter,
): Addition {
  // A route is the user's to choose: this shows how, and changes nothing.
  const text = `
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
  return {
    ...{ component: name, directory: join("components", name), text },
    source: files.get(component)!,
    left: "what it may do, and what it answers",
  };
}

function hookOf(name: string, { values }: Arguments): Addition {
  if (values.has("protocol")) {
    throw new UsageError("A hook is asked by listeners of every --protocol");
  }
  const component = `auth:${name}`;
  const text = `
# The code: auth/${name}/index.ts. It denies everything, until it says otherwise.
[components."${component}"]
capability = "sandboxed"

# To have it asked, in a [[serve]]:
#   authentication = "${name}"
`;
  return {
    ...{ component, directory: join("auth", name), text, source: HOOK },
    left: "what it may do, and whose requests it is asked about",
  };
}

const HOOK = `import { authentication } from "@rusm/wasm/guest";

/** Who may make requests. What is known of them goes with all that is done for them. */
export default authentication((request) => {
  const key = request.header("authorization");
  // To let a request go on: return { allow: { tenant: "acme" } };
  console.log(\`denied \${request.method} \${request.path}\`, key !== null);
  return null;
});
`;

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
