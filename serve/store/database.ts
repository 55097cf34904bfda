/**
 * The file of a store: SQLite, in the thread that calls.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { BUSY_MS_MAX, EXPIRED_PER_GROUP } from "./limits.ts";
import type {
  Group,
  GroupOutcome,
  StoreAnswer,
  StoreRequest,
  StoreWrite,
} from "./requests.ts";

/** What SQLite keeps in the head of each file of ours: "rusm". */
const APPLICATION_ID = 0x72_75_73_6d;

/** Raised when the tables change. */
const VERSION = 1;

const TABLES = `
  CREATE TABLE entries (
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (bucket, key)
  ) STRICT;
  CREATE INDEX expiring ON entries (expires_at) WHERE expires_at IS NOT NULL;
`;

const LIVE = "(expires_at IS NULL OR expires_at > :now)";

const STATEMENTS = {
  get: `SELECT value FROM entries
    WHERE bucket = :bucket AND key = :key AND ${LIVE}`,
  exists: `SELECT 1 FROM entries
    WHERE bucket = :bucket AND key = :key AND ${LIVE}`,
  list: `SELECT key FROM entries
    WHERE bucket = :bucket AND key > :after AND key >= :prefix
      AND (:end IS NULL OR key < :end) AND ${LIVE}
    ORDER BY key LIMIT :limit`,
  listFirst: `SELECT key FROM entries
    WHERE bucket = :bucket AND key >= :prefix
      AND (:end IS NULL OR key < :end) AND ${LIVE}
    ORDER BY key LIMIT :limit`,
  buckets: `SELECT DISTINCT bucket FROM entries WHERE ${LIVE} ORDER BY bucket`,
  set: `INSERT INTO entries VALUES (:bucket, :key, :value, :expires_at)
    ON CONFLICT DO UPDATE SET value = excluded.value,
      expires_at = excluded.expires_at`,
  delete: `DELETE FROM entries
    WHERE bucket = :bucket AND key = :key AND ${LIVE}`,
  expire: `DELETE FROM entries WHERE rowid IN (
    SELECT rowid FROM entries WHERE expires_at <= :now LIMIT :limit)`,
};

type Statements = Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;

/** An open file of a store. Other OS processes may have it open too. */
export class StoreDatabase {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  /**
   * Opens the file at `path`, and makes it when it is not there.
   *
   * @throws {Error} It cannot be opened, or is not the file of a store.
   */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: BUSY_MS_MAX });
    try {
      prepare(this.#database);
      this.#statements = statementsOf(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /**
   * Does what a group asks. What it writes is on disk when this returns; when
   * it cannot be, nothing was written.
   */
  run({ requests, now }: Group): GroupOutcome {
    const writes = requests.some(isWrite);
    try {
      if (writes) this.#database.exec("BEGIN IMMEDIATE");
      const answers = requests.map((request) => this.#answer(request, now));
      if (writes) {
        this.#statements.expire.run({ now, limit: EXPIRED_PER_GROUP });
        this.#database.exec("COMMIT");
      }
      return { type: "done", answers };
    } catch (error) {
      // Whoever asked is told: the thread goes on for the others.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      return { type: "failed", why: (error as Error).message };
    }
  }

  #answer(request: StoreRequest, now: number): StoreAnswer {
    const { get, exists, buckets } = this.#statements;
    switch (request.op) {
      case "get":
        return valueOf(get, request, now);
      case "exists":
        return exists.get({ ...placeOf(request), now }) !== undefined;
      case "list":
        return this.#list(request, now);
      case "buckets":
        return buckets.all({ now }).map(({ bucket }) => bucket as string);
      case "compareAndSet":
        return this.#compareAndSet(request, now);
      case "batch":
        for (const write of request.writes) this.#write(write, now);
        return true;
      default:
        return this.#write(request, now);
    }
  }

  #list(
    { bucket, prefix = "", after, limit = -1 }: StoreRequest & { op: "list" },
    now: number,
  ): readonly string[] {
    const range = { bucket, prefix, end: endOf(prefix), limit, now };
    const rows = after === undefined
      ? this.#statements.listFirst.all(range)
      : this.#statements.list.all({ ...range, after });
    return rows.map(({ key }) => key as string);
  }

  #write(write: StoreWrite, now: number): boolean {
    if (write.op === "delete") {
      const place = placeOf(write);
      return this.#statements.delete.run({ ...place, now }).changes > 0;
    }
    const { value, ttlMs } = write;
    const expires_at = ttlMs === undefined ? null : now + ttlMs;
    this.#statements.set.run({ ...placeOf(write), value, expires_at });
    return true;
  }

  #compareAndSet(
    request: StoreRequest & { op: "compareAndSet" },
    now: number,
  ): boolean {
    const { bucket, key, expected, value } = request;
    const there = valueOf(this.#statements.get, request, now);
    if (!isSame(there, expected)) return false;
    if (value !== undefined) {
      this.#write({ op: "set", bucket, key, value }, now);
    } else this.#write({ op: "delete", bucket, key }, now);
    return true;
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }
}

function prepare(database: DatabaseSync): void {
  const { application_id: id } = database
    .prepare("PRAGMA application_id").get()!;
  if (id !== APPLICATION_ID) create(database);
  const { user_version: version } = database
    .prepare("PRAGMA user_version").get()!;
  if (version !== VERSION) {
    throw new Error(`made by another version of rusm: ${version}`);
  }
  // What is acknowledged is on disk, and readers do not wait for writers.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
}

// Two OS processes may come at the same time: the second finds it done.
function create(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  const { application_id: id } = database
    .prepare("PRAGMA application_id").get()!;
  if (id !== APPLICATION_ID) {
    const { tables } = database
      .prepare("SELECT count(*) AS tables FROM sqlite_schema").get()!;
    if (id !== 0 || tables !== 0) {
      throw new Error("a database of another program");
    }
    database.exec(TABLES);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${VERSION}`);
  }
  database.exec("COMMIT");
}

function statementsOf(database: DatabaseSync): Statements {
  const entries = Object.entries(STATEMENTS).map((
    [name, sql],
  ) => [name, database.prepare(sql)]);
  return Object.fromEntries(entries) as Statements;
}

function isWrite({ op }: StoreRequest): boolean {
  return op === "set" || op === "delete" || op === "compareAndSet" ||
    op === "batch";
}

function placeOf(
  { bucket, key }: { readonly bucket: string; readonly key: string },
) {
  return { bucket, key };
}

function valueOf(
  get: StatementSync,
  place: { readonly bucket: string; readonly key: string },
  now: number,
): Uint8Array | undefined {
  return get.get({ ...placeOf(place), now })?.value as Uint8Array | undefined;
}

function isSame(
  one: Uint8Array | undefined,
  other: Uint8Array | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.compare(one, other) === 0;
}

// The least text that sorts behind all that begin with `prefix`: SQLite orders
// text by its bytes in UTF-8, which is the order of code points.
function endOf(prefix: string): string | null {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === "\u{10FFFF}") continue;
    // Surrogates lie between, and are in no text.
    const next = last === "\uD7FF" ? 0xE000 : last.codePointAt(0)! + 1;
    return points.join("") + String.fromCodePoint(next);
  }
  return null;
}
