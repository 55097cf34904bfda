/**
 * What an app's last builds were made of: `.rusm/build.json`, and `types.json`.
 *
 * @module
 */

import { replaceFile } from "../file.ts";
import { digest } from "./fingerprint.ts";
import { makeOwnDirectory, ownFile, readIfThere } from "./own_directory.ts";
import type { Problem } from "./problem.ts";

/** What a component was built of, and what it became. */
export interface Built {
  /** Absolute paths of the files that it was made of. */
  readonly inputs: readonly string[];
  /** What they held, and what they were built with. */
  readonly made: string;
  /** What its artifacts held. */
  readonly artifacts: string;
  /** Size of the artifact. */
  readonly bytes: number;
  /** What was said of it. */
  readonly warnings: readonly Problem[];
}

/** What is known of the last builds of an app. */
export interface BuildRecord {
  /** By name of the component. */
  readonly components: Readonly<Record<string, Built>>;
}

/** What is known of the last time that the types of an app were right. */
export interface TypesRecord {
  /** Absolute paths of the files that were checked. */
  readonly inputs: readonly string[];
  /** What they held, and what they were checked with. */
  readonly made: string;
}

/** The records, by the name of their file. */
interface Records {
  readonly "build.json": BuildRecord;
  readonly "types.json": TypesRecord;
}

/**
 * Reads a record of the app in `app`.
 *
 * @returns `undefined` when it is not there, was damaged, or was written in another
 * place.
 */
export async function readRecord<Name extends keyof Records>(
  app: string,
  name: Name,
): Promise<Records[Name] | undefined> {
  const text = await readIfThere(ownFile(app, name)) ?? "";
  const end = text.indexOf("\n");
  const json = text.slice(end + 1);
  // Whole, it is as it was written: nobody else knows how to.
  const isWhole = text.slice(0, end) === await sealOf(app, json);
  return isWhole ? JSON.parse(json) : undefined;
}

/** Writes a record of the app in `app`, in one step. */
export async function writeRecord<Name extends keyof Records>(
  app: string,
  name: Name,
  record: Records[Name],
): Promise<void> {
  const json = JSON.stringify(record);
  const text = `${await sealOf(app, json)}\n${json}`;
  await makeOwnDirectory(app);
  await replaceFile(ownFile(app, name), text);
}

/** To be changed with the shape of the records. */
const VERSION = 1;

async function sealOf(app: string, json: string): Promise<string> {
  return await digest(`${VERSION}\n${app}\n${json}`);
}
