/**
 * What a component was built into: a file of `wasm/`.
 *
 * @module
 */

import { isComponent } from "@rusm/wasm";
import { join } from "node:path";

/** What an artifact can be: TypeScript, a core module, or a component. */
export type ArtifactKind = "script" | "module" | "component";

/** What a file holds. */
export type Artifact =
  /** A bundle of TypeScript. */
  | { readonly kind: "script"; readonly text: string }
  /** Of a core module, or a component of the component model. */
  | {
    readonly kind: Exclude<ArtifactKind, "script">;
    readonly bytes: Uint8Array<ArrayBuffer>;
  };

/**
 * Reads the artifact of the component `name`: `wasm/<name>.js`, else
 * `wasm/<name>.wasm`.
 *
 * @param directory Absolute path of the app.
 * @returns `undefined` when neither is there.
 */
export async function readArtifact(
  directory: string,
  name: string,
): Promise<Artifact | undefined> {
  const path = join(directory, "wasm", name);
  const text = await unlessMissing(Deno.readTextFile(`${path}.js`));
  if (text !== undefined) return { kind: "script", text };
  const bytes = await unlessMissing(Deno.readFile(`${path}.wasm`));
  if (bytes === undefined) return undefined;
  return { kind: isComponent(bytes) ? "component" : "module", bytes };
}

/** The files that {@linkcode readArtifact} looks for, for messages. */
export function artifactPaths(directory: string, name: string): string {
  return `${join(directory, "wasm", name)}.js or .wasm`;
}

async function unlessMissing<Content>(
  reading: Promise<Content>,
): Promise<Content | undefined> {
  try {
    return await reading;
  } catch (error) {
    // The other file may be there instead; anything else is told as it is.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
