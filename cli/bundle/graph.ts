/**
 * The files that components are made of, types included.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import { CommandFailure } from "../errors.ts";
import { replaceFile } from "../file.ts";
import { runDeno } from "../process/deno.ts";
import type { Component } from "./component.ts";
import { makeOwnDirectory, ownFile } from "./own_directory.ts";

/** The parts that are read of what `deno info --json` prints. */
interface Info {
  readonly modules: readonly Module[];
  readonly redirects: Readonly<Record<string, string>>;
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
  readonly typesDependency?: { readonly dependency?: Resolved };
}

interface Dependency {
  readonly code?: Resolved;
  readonly type?: Resolved;
}

interface Resolved {
  readonly specifier?: string;
}

/**
 * Finds the local files that each of `components` is made of, itself included:
 * code, types, data, and files that are imported and are not there. What comes
 * from elsewhere is not among them.
 *
 * Deno is asked, since the bundler does not say what it has read and left out.
 *
 * @param app Absolute path.
 * @returns Absolute paths, by the name of the component; `undefined` when Deno
 * cannot say.
 */
export async function findInputs(
  app: string,
  components: readonly Component[],
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  await makeOwnDirectory(app);
  const roots = ownFile(app, `roots.${crypto.randomUUID()}.ts`);
  const urls = components.map(({ entry }) => pathToFileURL(entry).href);
  const imports = urls.map((url) => `import ${JSON.stringify(url)};\n`);
  try {
    await replaceFile(roots, imports.join(""));
    const info = await askInfo(roots, app);
    if (info === undefined) return undefined;
    return new Map(
      components.map(({ name }, index) => [name, reach(urls[index]!, info)]),
    );
  } finally {
    await Deno.remove(roots).catch(() => {});
  }
}

async function askInfo(roots: string, app: string): Promise<Info | undefined> {
  try {
    const { code, stdout } = await runDeno(["info", "--json", roots], app);
    return code === 0 ? JSON.parse(stdout) : undefined;
  } catch (error) {
    // Without an answer nothing is kept, and all is built the next time.
    if (error instanceof CommandFailure) return undefined;
    throw error;
  }
}

function reach(start: string, { modules, redirects }: Info): string[] {
  const bySpecifier = new Map(modules.map((each) => [each.specifier, each]));
  // Grows while it is walked.
  const found = new Set([start]);
  for (const specifier of found) {
    const module = bySpecifier.get(redirects[specifier] ?? specifier);
    if (module === undefined) continue;
    for (const each of dependenciesOf(module)) found.add(each);
  }
  return [...found]
    .filter((specifier) => specifier.startsWith("file:"))
    .map((specifier) => fileURLToPath(specifier));
}

function dependenciesOf(
  { dependencies = [], typesDependency }: Module,
): string[] {
  const resolved = [
    typesDependency?.dependency,
    ...dependencies.flatMap(({ code, type }) => [code, type]),
  ];
  return resolved.flatMap((each) => each?.specifier ?? []);
}
