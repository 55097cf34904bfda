/**
 * What do values cost that outlive the node?
 *
 * @module
 */

import {
  GETS,
  GUESTS,
  PLAIN_SETS,
  SETS,
  VALUE_BYTES,
  VALUES,
} from "./kv/counts.ts";
import { type Deed, withStoreGuests } from "./kv/guests.ts";
import { fill, plainGets, plainSets } from "./kv/raw.ts";
import { denoVariant, type Figures, type Noun, playVariant } from "./noun.ts";
import { rate } from "./otp/timing.ts";

const SETTING = rusm("sets");
const GETTING = rusm("gets");

/** Rows of guests that use the store against bare SQLite. */
export const kv: Noun = {
  name: "kv",
  question: "What do values cost that outlive the node?",
  rows: [
    {
      name: "sets",
      what: `${
        many(SETS)
      } values of ${VALUE_BYTES} bytes, each with a key of its own, by ${GUESTS} guests in TypeScript on all schedulers; each sets the next when it was told that the last is on disk. Held against a loop over bare SQLite with the same settings: each set is a transaction of its own, which waits for the disk.`,
      unit: "sets/s",
      figure: "perSecond",
      variant: SETTING,
      against: raw("plainSets"),
      bar: 50,
    },
    {
      name: "gets",
      what: `${many(GETS)} gets of ${
        many(VALUES)
      } values of ${VALUE_BYTES} bytes by these guests. Held against a loop over bare SQLite in one thread, by a prepared statement.`,
      unit: "gets/s",
      figure: "perSecond",
      variant: GETTING,
      against: raw("plainGets"),
      bar: 0.3,
    },
  ],
};

function rusm(id: string) {
  return denoVariant(import.meta.filename!, id, "rusm");
}

function raw(id: string) {
  return denoVariant(import.meta.filename!, id, "node:sqlite");
}

function many(count: number): string {
  return count.toLocaleString("en");
}

function guests(deed: Deed, total: number): Promise<Figures> {
  return withValues((path) =>
    withStoreGuests(path, (doAll) => perSecond(total, () => doAll(deed, total)))
  );
}

function bare(
  play: (path: string, total: number) => Promise<number>,
  total: number,
): Promise<Figures> {
  return withValues((path) => perSecond(total, () => play(path, total)));
}

async function withValues(
  play: (path: string) => Promise<Figures>,
): Promise<Figures> {
  const directory = await Deno.makeTempDir({ prefix: "rusm-bench-kv-" });
  try {
    const path = `${directory}/store.db`;
    await fill(path);
    return await play(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function perSecond(
  total: number,
  run: () => Promise<number>,
): Promise<Figures> {
  return { perSecond: await rate(total, run) };
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    sets: () => guests("set", SETS),
    plainSets: () => bare(plainSets, PLAIN_SETS),
    gets: () => guests("get", GETS),
    plainGets: () => bare(plainGets, GETS),
  });
}
