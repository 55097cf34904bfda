/**
 * The file of a store: SQLite, in the thread that calls.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { failureOf, TooLarge } from "./failure.ts";
import {
  ANSWERS_BYTES_MAX,
  BUSY_MS_MAX,
  EXPIRED_PER_GROUP,
  LISTING_BYTES_MAX,
  LOG_BYTES_KEPT,
} from "./limits.ts";
import type {
  Failure,
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
// By position, which is cheaper: the bucket, the key, the time.
const AT = "bucket = ? AND key = ? AND (expires_at IS NULL OR expires_at > ?)";

const STATEMENTS = {
  beginReading: "BEGIN",
  beginWriting: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  get: `SELECT value FROM entries WHERE ${AT}`,
  exists: `SELECT 1 FROM entries WHERE ${AT}`,
  list: `SELECT key AS name FROM entries
    WHERE bucket = :bucket AND key > :after AND key >= :prefix
      AND (:end IS NULL OR key < :end) AND ${LIVE}
    ORDER BY key LIMIT :limit`,
  listFirst: `SELECT key AS name FROM entries
    WHERE bucket = :bucket AND key >= :prefix
      AND (:end IS NULL OR key < :end) AND ${LIVE}
    ORDER BY key LIMIT :limit`,
  // From one bucket to the next, past the keys of each.
  buckets: `WITH RECURSIVE names (name) AS (
      SELECT min(bucket) FROM entries
      UNION ALL
      SELECT (SELECT min(bucket) FROM entries WHERE bucket > name)
        FROM names WHERE name IS NOT NULL)
    SELECT name FROM names WHERE EXISTS (
      SELECT 1 FROM entries WHERE bucket = name AND ${LIVE})`,
  set: `INSERT INTO entries VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET value = excluded.value,
      expires_at = excluded.expires_at`,
  delete: `DELETE FROM entries WHERE ${AT}`,
  expire: `DELETE FROM entries WHERE rowid IN (
    SELECT rowid FROM entries WHERE expires_at <= :now LIMIT :limit)`,
};

const TOO_LARGE =
  `names of more than ${LISTING_BYTES_MAX} bytes: list fewer at a time`;

/** One request of a group, for the reason of its cause. */
class RequestFailed extends Error {}

/** What came of a group, or of the first of it. */
type Answers = Omit<Extract<GroupOutcome, { type: "done" }>, "type">;

type Statements = Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;

/** An open file of a store. Other OS processes may have it open too. */
export class StoreDatabase {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  /**
   * Opens the file at `path`, and makes it when it is not there.
   *
   * @param bytesMax What it may grow to; as far as the disk goes when absent.
   * @throws {Error} It cannot be opened, or is not the file of a store.
   */
  constructor(path: string, bytesMax?: number) {
    this.#database = new DatabaseSync(path, { timeout: BUSY_MS_MAX });
    try {
      prepare(this.#database, bytesMax);
      this.#statements = statementsOf(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /**
   * Does what a group asks, or what comes first of it when the answers are
   * large. What it writes is on disk when this returns; what is not done is not
   * written, in part neither.
   */
  run(group: Group): GroupOutcome {
    return this.#run(group, ANSWERS_BYTES_MAX);
  }

  #run(group: Group, bytesMax: number): GroupOutcome {
    try {
      return { type: "done", ...this.#transact(group, bytesMax) };
    } catch (error) {
      // Whoever asked is told: the thread goes on for the others.
      if (this.#database.isTransaction) this.#statements.rollback.run();
      if (error instanceof RequestFailed) {
        return this.#runApart(group, bytesMax, failureOf(error.cause));
      }
      return { type: "failed", ...failureOf(error) };
    }
  }

  #transact({ requests, now }: Group, bytesMax: number): Answers {
    const { beginWriting, beginReading, commit, expire } = this.#statements;
    const count = requests.reduce((sum, each) => sum + writesOf(each), 0);
    (count > 0 ? beginWriting : beginReading).run();
    const answers = this.#answerAll(requests, now, bytesMax);
    if (count > 0) {
      // As many as come are gone again.
      expire.run({ now, limit: Math.max(EXPIRED_PER_GROUP, 2 * count) });
    }
    commit.run();
    return answers;
  }

  #answerAll(
    requests: readonly StoreRequest[],
    now: number,
    bytesMax: number,
  ): Answers {
    const answers: StoreAnswer[] = [];
    const failures: [index: number, failure: Failure][] = [];
    let bytes = 0;
    for (const [index, request] of requests.entries()) {
      if (bytes > bytesMax) break;
      const answer = this.#answerOrFail(request, now);
      if (answer instanceof TooLarge) failures.push([index, failureOf(answer)]);
      else bytes += bytesOf(answer);
      answers.push(answer instanceof TooLarge ? undefined : answer);
    }
    return { answers, failures };
  }

  #answerOrFail(request: StoreRequest, now: number): StoreAnswer | TooLarge {
    try {
      return this.#answer(request, now);
    } catch (cause) {
      // Such a request has written nothing.
      if (cause instanceof TooLarge) return cause;
      // SQLite may have taken back all of the transaction, or this alone.
      throw new RequestFailed("Cannot do all of a group", { cause });
    }
  }

  // One of them fails, and the others need not: each half is a group.
  #runApart(
    { requests, now }: Group,
    bytesMax: number,
    failure: Failure,
  ): GroupOutcome {
    if (requests.length === 1) {
      return { type: "done", answers: [undefined], failures: [[0, failure]] };
    }
    const half = requests.length >>> 1;
    const first = this.#run(
      { requests: requests.slice(0, half), now },
      bytesMax,
    );
    if (first.type === "failed" || first.answers.length < half) return first;
    const bytesLeft = first.answers.reduce(
      (left: number, answer) => left - bytesOf(answer),
      bytesMax,
    );
    if (bytesLeft < 0) return first;
    const rest = { requests: requests.slice(half), now };
    const second = this.#run(rest, bytesLeft);
    // It is asked again, and is told then.
    return second.type === "failed" ? first : joined(first, second);
  }

  #answer(request: StoreRequest, now: number): StoreAnswer {
    const { get, exists, buckets } = this.#statements;
    switch (request.op) {
      case "get":
        return valueOf(get, request, now);
      case "exists":
        return exists.get(request.bucket, request.key, now) !== undefined;
      case "list":
        return this.#list(request, now);
      case "buckets":
        return namesIn(buckets.iterate({ now }));
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
    const { list, listFirst } = this.#statements;
    return namesIn(
      after === undefined
        ? listFirst.iterate(range)
        : list.iterate({ ...range, after }),
    );
  }

  #write(write: StoreWrite, now: number): boolean {
    if (write.op === "delete") {
      return this.#statements.delete.run(write.bucket, write.key, now).changes >
        0;
    }
    const { bucket, key, value, ttlMs } = write;
    const expiresAt = ttlMs === undefined ? null : now + ttlMs;
    this.#statements.set.run(bucket, key, value, expiresAt);
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

function prepare(database: DatabaseSync, bytesMax?: number): void {
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
  database.exec(`PRAGMA journal_size_limit = ${LOG_BYTES_KEPT}`);
  if (bytesMax === undefined) return;
  const { page_size: bytes } = database.prepare("PRAGMA page_size").get()!;
  const pages = Math.floor(bytesMax / Number(bytes));
  // It never is less than there are.
  database.exec(`PRAGMA max_page_count = ${pages}`);
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

function joined(first: Answers, second: Answers): GroupOutcome {
  const { length } = first.answers;
  const failures = second.failures.map(([index, failure]) =>
    [index + length, failure] as const
  );
  return {
    type: "done",
    answers: [...first.answers, ...second.answers],
    failures: [...first.failures, ...failures],
  };
}

/** How many values it may write. */
function writesOf(request: StoreRequest): number {
  switch (request.op) {
    case "set":
    case "delete":
    case "compareAndSet":
      return 1;
    case "batch":
      return request.writes.length;
    default:
      return 0;
  }
}

function bytesOf(answer: StoreAnswer): number {
  if (answer instanceof Uint8Array) return answer.length;
  if (!Array.isArray(answer)) return 0;
  return answer.reduce((sum, { length }) => sum + length, 0);
}

function namesIn(rows: Iterable<Record<string, unknown>>): readonly string[] {
  const names: string[] = [];
  let bytes = 0;
  for (const { name } of rows) {
    bytes += (name as string).length;
    if (bytes > LISTING_BYTES_MAX) throw new TooLarge(TOO_LARGE);
    names.push(name as string);
  }
  return names;
}

function valueOf(
  get: StatementSync,
  place: { readonly bucket: string; readonly key: string },
  now: number,
): Uint8Array | undefined {
  const row = get.get(place.bucket, place.key, now);
  return row?.value as Uint8Array | undefined;
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
