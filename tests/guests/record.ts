/**
 * What was built, of what and by what: so that a component that is older than
 * its source is noticed without compilers.
 *
 * @module
 */

import type { Guest } from "./guests.ts";
import { BUILT, HERE } from "./paths.ts";

/** How a component was built. */
export interface Entry {
  /** SHA-256 of all that it is made of, in hexadecimal. */
  readonly sources: string;
  /** SHA-256 of the component. */
  readonly component: string;
  /** Versions of the tools, by name. */
  readonly tools: Readonly<Record<string, string>>;
}

/** How the components were built, by name. */
export type BuildRecord = Readonly<Record<string, Entry>>;

const PATH = new URL("record.json", BUILT);

/** Reads the record. */
export async function readRecord(): Promise<BuildRecord> {
  return JSON.parse(await Deno.readTextFile(PATH));
}

/** Writes the record, sorted by name. */
export async function writeRecord(record: BuildRecord): Promise<void> {
  const sorted = Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1);
  const text = JSON.stringify(Object.fromEntries(sorted), null, 2);
  await Deno.writeTextFile(PATH, `${text}\n`);
}

/** SHA-256, in hexadecimal. */
export async function digestOf(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** SHA-256 of all that a guest is made of: its files, and how it is built. */
export async function digestOfSources(guest: Guest): Promise<string> {
  const files = new Map<string, string>();
  for (const path of [...guest.sources, ...guest.wit]) {
    await addFile(files, path);
  }
  const text = JSON.stringify([guest, [...files]]);
  return digestOf(new TextEncoder().encode(text));
}

const INCLUDED = /^#include "(.+)"$/gm;

async function addFile(
  files: Map<string, string>,
  path: string,
): Promise<void> {
  if (files.has(path)) return;
  const text = await Deno.readTextFile(new URL(path, HERE));
  files.set(path, text);
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  for (const [, included] of text.matchAll(INCLUDED)) {
    await addFile(files, `${directory}${included}`);
  }
}
