/**
 * What a component was built into, from elsewhere.
 *
 * @module
 */

import { fetchCode } from "@rusm/wasm";
import type { ArtifactSource } from "../manifest/dynamic.ts";
import type { Store } from "../store.ts";
import { type Artifact, artifactOf } from "./artifact.ts";

/**
 * Fetches the artifact that is at `source`: the node does, and no guest has a
 * say in it.
 *
 * @param store The app's; nothing is in it when undefined.
 * @throws {Error} It is not there, cannot be fetched, or is no artifact: a
 * sentence says so.
 */
export async function fetchArtifact(
  source: ArtifactSource,
  store: Store | undefined,
): Promise<Artifact> {
  const bytes = source.type === "url"
    ? await fetchCode(source.url, { denial: () => undefined })
    : await readStore(source, store);
  try {
    return artifactOf(bytes);
  } catch {
    // Which byte it is, nobody knows.
    throw new Error("It is neither WebAssembly nor a script in UTF-8");
  }
}

async function readStore(
  { bucket, key }: Extract<ArtifactSource, { type: "kv" }>,
  store: Store | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const value = await store?.get(bucket, key);
  if (value !== undefined) return new Uint8Array(value);
  throw new Error(`Nothing is in the store: ${bucket}/${key}`);
}
