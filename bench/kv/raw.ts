/**
 * The same values in bare SQLite, in one loop.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { openStore, type Store } from "@rusm/serve";
import { timeMs } from "../otp/timing.ts";
import { VALUE_BYTES, VALUES } from "./counts.ts";

const VALUE = new Uint8Array(VALUE_BYTES).fill(7);

/** Fills the store in `path` with {@linkcode VALUES} values. */
export async function fill(path: string): Promise<void> {
  const store: Store = await openStore(path);
  await Promise.all(
    Array.from(
      { length: VALUES },
      (_, nth) => store.set("bench", `k${nth}`, VALUE),
    ),
  );
  await store.close();
}

/** Writes `total` values to the file at `path`, each on disk before the next. Returns the milliseconds. */
export function plainSets(path: string, total: number): Promise<number> {
  return withFile(path, (database) => {
    const set = database.prepare(
      "INSERT OR REPLACE INTO entries (bucket, key, value) VALUES (?, ?, ?)",
    );
    return () => {
      for (let nth = 0; nth < total; nth++) set.run("plain", `${nth}`, VALUE);
    };
  });
}

/** Reads `total` values of the file at `path`. Returns the milliseconds. */
export function plainGets(path: string, total: number): Promise<number> {
  return withFile(path, (database) => {
    const get = database.prepare(
      "SELECT value FROM entries WHERE bucket = ? AND key = ?",
    );
    return () => {
      for (let nth = 0; nth < total; nth++) {
        const row = get.get("bench", `k${nth * 7919 % VALUES}`);
        const value = row?.value as Uint8Array;
        if (value.length !== VALUE_BYTES) {
          throw new Error("Cannot read a value");
        }
      }
    };
  });
}

async function withFile(
  path: string,
  make: (database: DatabaseSync) => () => void,
): Promise<number> {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  const elapsedMs = await timeMs(make(database));
  database.close();
  return elapsedMs;
}
