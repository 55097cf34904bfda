/**
 * Hooks that a listener names and that are nowhere.
 *
 * @module
 */

import { join } from "node:path";
import { artifactName, hookOf } from "../auth/hook_name.ts";
import type { Problem } from "../errors.ts";
import type { ComponentEntry, Components } from "./component.ts";
import { nearest } from "./nearest.ts";

/**
 * Finds the hooks that nobody declares, and of which the app has neither sources,
 * `auth/<name>/`, nor an artifact.
 *
 * @param directory Absolute path of the app.
 * @param natives Names of hooks that the host has.
 */
export async function findUnknownHooks(
  components: Components,
  directory: string,
  natives: Iterable<string>,
): Promise<readonly Problem[]> {
  const implied = [...components.values()].filter((entry) => entry.isImplied);
  if (implied.length === 0) return [];
  const known = new Set([
    ...natives,
    ...await namesIn(join(directory, "auth")),
    ...[...components.values()].flatMap((entry) =>
      entry.isImplied ? [] : hookOf(entry.name) ?? []
    ),
  ]);
  const built = new Set(await namesIn(join(directory, "wasm")));
  return implied.flatMap((entry) => {
    const name = hookOf(entry.name)!;
    const isThere = known.has(name) ||
      ["js", "wasm"].some((end) =>
        built.has(`${artifactName(entry.name)}.${end}`)
      );
    return isThere ? [] : [problemOf(entry, name, known)];
  });
}

function problemOf(
  { at }: ComponentEntry,
  name: string,
  known: ReadonlySet<string>,
): Problem {
  const word = nearest(name, known);
  return {
    at,
    message: `Unknown authentication hook ${JSON.stringify(name)} in [[serve]]`,
    hint: word === undefined
      ? `add auth/${name}/index.ts`
      : `did you mean "${word}"?`,
  };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.map(({ name }) => name);
  } catch (error) {
    // An app need not have it.
    const { NotFound, NotADirectory } = Deno.errors;
    const isNone = error instanceof NotFound || error instanceof NotADirectory;
    if (!isNone) throw error;
    return [];
  }
}
