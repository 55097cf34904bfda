/**
 * How the types of an app are checked.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import { readIfThere } from "../bundle/own_directory.ts";

/** Parts of a `deno.json` or a `tsconfig.json`. */
interface Config {
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly scopes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly nodeModulesDir?: string | boolean;
}

/** Web APIs that components have. Deno's own names are in none of them. */
const LIBRARIES = [
  ...["esnext", "deno.console", "deno.url", "deno.web", "deno.fetch"],
  "deno.crypto",
];

/** What an app may choose: how strict the checks are, and how JSX is written. */
const CHOICES = [
  ...["allowUnreachableCode", "allowUnusedLabels", "checkJs"],
  ...["exactOptionalPropertyTypes", "experimentalDecorators"],
  ...["jsx", "jsxFactory", "jsxFragmentFactory", "jsxImportSource"],
  ...["noErrorTruncation", "noFallthroughCasesInSwitch", "noImplicitAny"],
  ...["noImplicitOverride", "noImplicitReturns", "noImplicitThis"],
  ...["noPropertyAccessFromIndexSignature", "noUncheckedIndexedAccess"],
  ...["noUnusedLocals", "noUnusedParameters", "strict"],
  ...["strictBindCallApply", "strictBuiltinIteratorReturn"],
  ...["strictFunctionTypes", "strictNullChecks"],
  ...["strictPropertyInitialization", "useUnknownInCatchVariables"],
  ...["verbatimModuleSyntax"],
];

/**
 * Writes the configuration that the components of an app are checked with: what a
 * component knows, and what the app's own `tsconfig.json` and `deno.json` say of
 * strictness and imports.
 *
 * Shape: a `deno.json` in a directory of the app.
 *
 * @param app Absolute path.
 * @param mappings Imports that every component has, from that directory.
 */
export async function checkConfig(
  app: string,
  mappings: Readonly<Record<string, string>>,
): Promise<string> {
  const tsconfig = await readConfig(join(app, "tsconfig.json"));
  const own = await readConfig(join(app, "deno.json")) ??
    await readConfig(join(app, "deno.jsonc"));
  const packageJson = await readIfThere(join(app, "package.json"));
  const nodeModulesDir = own?.nodeModulesDir ??
    (packageJson === undefined ? undefined : "manual");
  const hasLock = await readIfThere(join(app, "deno.lock")) !== undefined;
  const config = {
    compilerOptions: {
      ...choicesOf(tsconfig),
      ...choicesOf(own),
      ...{ lib: LIBRARIES, types: ["./globals.d.ts"] },
    },
    imports: { ...moved(own?.imports), ...mappings },
    scopes: movedScopes(own?.scopes),
    ...nodeModulesDir === undefined ? {} : { nodeModulesDir },
    lock: hasLock ? "../deno.lock" : false,
  };
  return JSON.stringify(config, undefined, 2);
}

async function readConfig(path: string): Promise<Config | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return Object(JSON.parse(withoutComments(text)));
  } catch {
    // Deno says what is wrong with its own; the editor, with the other.
    return undefined;
  }
}

/** A string, a comment, or a comma in front of a bracket that closes. */
const PARTS = /"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[^]*?\*\/|,(?=\s*[}\]])/g;

function withoutComments(text: string): string {
  const bare = text.replaceAll(PARTS, keepString);
  // What stood in front of a comment stands in front of a bracket now.
  return bare.replaceAll(PARTS, keepString);
}

function keepString(part: string): string {
  return part.startsWith('"') ? part : "";
}

function choicesOf(config: Config | undefined): Record<string, unknown> {
  const options = Object.entries(Object(config?.compilerOptions));
  return Object.fromEntries(options.filter(([name]) => CHOICES.includes(name)));
}

type Mappings = Readonly<Record<string, string>>;

function moved(mappings: Mappings = {}): Mappings {
  return Object.fromEntries(
    Object.entries(mappings).map(([from, to]) => [move(from), move(to)]),
  );
}

function movedScopes(scopes: Readonly<Record<string, Mappings>> = {}) {
  return Object.fromEntries(
    Object.entries(scopes).map(([from, to]) => [move(from), moved(to)]),
  );
}

// The configuration lies one directory below the one that it is made of.
function move(path: string): string {
  if (isAbsolute(path) || !/^\.\.?(?:\/|$)/.test(path)) return path;
  return path.startsWith("./") ? `.${path}` : `../${path}`;
}
