/**
 * What a component was built into: a file of `wasm/`.
 *
 * @module
 */

import { isComponent } from "@rusm/wasm";
import { dirname, join } from "node:path";
import { artifactName } from "../auth/hook_name.ts";
import { Origins } from "./origins.ts";

/** What an artifact can be: TypeScript, a core module, or a component. */
export type ArtifactKind = "script" | "module" | "component";

/** What a file holds. */
export type Artifact =
  /** A bundle of TypeScript. */
  | {
    readonly kind: "script";
    readonly text: string;
    /** Names its source map; absent when it has none. */
    readonly mapId?: string;
  }
  /** Of a core module, or a component of the component model. */
  | {
    readonly kind: Exclude<ArtifactKind, "script">;
    readonly bytes: Uint8Array<ArrayBuffer>;
  };

/**
 * Reads the artifact of the component `name`: `wasm/<name>.js`, else
 * `wasm/<name>.wasm`. Those of the hook `auth:<name>` begin with `auth-`.
 *
 * @param directory Absolute path of the app.
 * @returns `undefined` when neither is there.
 */
export async function readArtifact(
  directory: string,
  name: string,
): Promise<Artifact | undefined> {
  const path = join(directory, "wasm", artifactName(name));
  const text = await unlessMissing(Deno.readTextFile(`${path}.js`));
  if (text !== undefined) return { kind: "script", text, ...mapIdIn(text) };
  const bytes = await unlessMissing(Deno.readFile(`${path}.wasm`));
  return bytes && binaryOf(bytes);
}

function binaryOf(bytes: Uint8Array<ArrayBuffer>): Artifact {
  return { kind: isComponent(bytes) ? "component" : "module", bytes };
}

/** A word that tells one artifact from another: of the same content, the same. */
export async function digestOf(artifact: Artifact): Promise<string> {
  const bytes = artifact.kind === "script"
    ? new TextEncoder().encode(artifact.text)
    : artifact.bytes;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `${artifact.kind} ${new Uint8Array(digest).toHex()}`;
}

/** What stands at the end of a bundle that has a map; the map says it, too. */
const MAP_ID = /\n\/\/# debugId=([0-9a-f-]{36})\n/;

/** Characters at the end of a bundle in which its map is named. */
const TRAILER_LENGTH_MAX = 1_024;

function mapIdIn(text: string): { mapId?: string } {
  const mapId = MAP_ID.exec(text.slice(-TRAILER_LENGTH_MAX))?.[1];
  return mapId === undefined ? {} : { mapId };
}

/** A larger map would keep its reader for seconds. */
const MAP_BYTES_MAX = 32 * 1_024 * 1_024;

/**
 * Reads a source map, at once: it is needed to say why a process has ended.
 *
 * @param mapId Of the bundle. A map of another one, as a later build leaves it, is
 * none.
 * @returns `undefined` when it is not there, or is none. A stack is told all the
 * same.
 */
export function readMap(path: string, mapId: string): Origins | undefined {
  try {
    if (Deno.statSync(path).size > MAP_BYTES_MAX) return undefined;
    const text = Deno.readTextFileSync(path);
    if (JSON.parse(text).debugId !== mapId) return undefined;
    return new Origins(text, dirname(path));
  } catch {
    // It only makes a stack more readable, which is being reported.
    return undefined;
  }
}

/** How binaries begin: `\0asm`. */
const MAGIC = [0, 0x61, 0x73, 0x6d];

/**
 * Tells by its first bytes what was built: what is not WebAssembly is a script.
 *
 * @throws {TypeError} It is neither, since it is not UTF-8.
 */
export function artifactOf(bytes: Uint8Array<ArrayBuffer>): Artifact {
  if (MAGIC.every((byte, index) => bytes[index] === byte)) {
    return binaryOf(bytes);
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return { kind: "script", text: decoder.decode(bytes) };
}

/** The files that {@linkcode readArtifact} looks for, for messages. */
export function artifactPaths(directory: string, name: string): string {
  return `${join(directory, "wasm", artifactName(name))}.js or .wasm`;
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
