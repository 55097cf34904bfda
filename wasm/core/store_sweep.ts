/**
 * Keeping a store of modules within its bounds.
 *
 * @module
 */

import { join } from "node:path";

/** What the names of entries end with. */
export const ENTRY_SUFFIX = ".rusm";

/** What the names of entries end with that are being written. */
export const DRAFT_SUFFIX = ".tmp";

// A draft of this age was left by a process that was killed.
const DRAFT_MS_MAX = 60 * 60 * 1_000;

// The directory may hold what is not ours.
const KEY = /[0-9a-f]{64}-\d+-\d+(-linked(-[0-9a-f]{1,64})?)?-[0-9a-f]+/.source;
const ENTRY = new RegExp(`^${KEY}\\.rusm$`);
const DRAFT = new RegExp(`^${KEY}\\.rusm\\.[0-9a-f-]{36}\\.tmp$`);

/** What a store may hold. */
export interface StoreBounds {
  /** Bytes of all entries. */
  readonly bytesMax: number;
  /** Number of entries. */
  readonly entriesMax: number;
}

interface Found {
  readonly path: string;
  readonly isDraft: boolean;
  readonly bytes: number;
  readonly atMs: number;
}

/**
 * Removes what was used longest ago, until the rest is within `bounds`, and
 * what killed processes left. Nothing else in the directory is touched.
 *
 * Others may add and remove meanwhile.
 */
export async function sweep(
  directory: string,
  bounds: StoreBounds,
): Promise<void> {
  const found = await findAll(directory);
  for (const { path } of excess(found, bounds, Date.now())) {
    await Deno.remove(path).catch(ignoreMissing);
  }
}

/** What is too much, oldest last. Pure. */
function excess(
  found: readonly Found[],
  { bytesMax, entriesMax }: StoreBounds,
  nowMs: number,
): Found[] {
  const left = found.filter(({ isDraft, atMs }) =>
    isDraft && nowMs - atMs > DRAFT_MS_MAX
  );
  const entries = found.filter(({ isDraft }) => !isDraft)
    .toSorted((one, other) => other.atMs - one.atMs);
  let bytes = 0;
  const kept = entries.findIndex((entry, nth) =>
    (bytes += entry.bytes) > bytesMax || nth >= entriesMax
  );
  return kept === -1 ? left : [...left, ...entries.slice(kept)];
}

async function findAll(directory: string): Promise<Found[]> {
  const found: Found[] = [];
  for await (const { name, isFile } of Deno.readDir(directory)) {
    const isDraft = DRAFT.test(name);
    if (!isFile || !isDraft && !ENTRY.test(name)) continue;
    const path = join(directory, name);
    const info = await Deno.lstat(path).catch(ignoreMissing);
    if (info === undefined) continue;
    const atMs = info.mtime?.getTime() ?? 0;
    found.push({ path, isDraft, bytes: info.size, atMs });
  }
  return found;
}

// Another process was quicker.
function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
  return undefined;
}
