/**
 * Values of a store, read in the thread that asks.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import {
  DIRECT_READ_MS_MAX,
  DIRECT_REST_MS,
  DIRECT_VALUE_BYTES_MAX,
} from "./limits.ts";
import type { Seen } from "./requests.ts";

/** An open file, and what is asked of it. */
interface Reading {
  readonly database: DatabaseSync;
  readonly begin: StatementSync;
  readonly get: StatementSync;
  readonly end: StatementSync;
}

// So many quick reads make good for a slow one.
const SLOW_READ = 16;

const NOTHING: Seen = { value: undefined };

// The length of a value is known without reading it.
const GET = `SELECT
    CASE WHEN length(value) <= ${DIRECT_VALUE_BYTES_MAX} THEN value END AS value
  FROM entries
  WHERE bucket = ? AND key = ? AND (expires_at IS NULL OR expires_at > ?)`;

/**
 * Reads small values through a connection of its own, as they were last
 * committed by anybody. All reads of one turn of the event loop share a
 * snapshot, which is half of what a read costs.
 *
 * What it cannot read at once is left to the thread that has the file: large
 * values, a file that is busy or damaged, and, when some reads have waited
 * for the disk, all others for a while.
 */
export class SnapshotReader {
  readonly #path: string;
  readonly #nowMs: () => number;
  #reading: Reading | undefined;
  #isInSnapshot = false;
  #isClosed = false;
  #slowness = 0;
  #restsUntilMs = 0;

  /**
   * A reader of the file at `path`, which is that of a store.
   *
   * @param nowMs Counts milliseconds.
   */
  constructor(path: string, nowMs: () => number = () => performance.now()) {
    this.#path = path;
    this.#nowMs = nowMs;
  }

  /** Reads a value; undefined when that is left to others. */
  read(
    { bucket, key }: { readonly bucket: string; readonly key: string },
    now: number,
  ): Seen | undefined {
    const fromMs = this.#nowMs();
    if (this.#isClosed || fromMs < this.#restsUntilMs) return undefined;
    try {
      const row = this.#begun().get.get(bucket, key, now);
      this.#notice(fromMs);
      if (row === undefined) return NOTHING;
      return row.value === null
        ? undefined
        : { value: row.value as Uint8Array };
    } catch {
      // The thread with the file finds the same, and tells.
      this.#giveUp();
      return undefined;
    }
  }

  #begun(): Reading {
    const reading = this.#reading ??= open(this.#path);
    if (this.#isInSnapshot) return reading;
    reading.begin.run();
    this.#isInSnapshot = true;
    queueMicrotask(() => this.end());
    return reading;
  }

  // One slow read says little: another program may have had the core.
  #notice(fromMs: number): void {
    const tookMs = this.#nowMs() - fromMs;
    if (tookMs > DIRECT_READ_MS_MAX) this.#slowness += SLOW_READ;
    else if (this.#slowness > 0) this.#slowness--;
    // This thread has more to do than to wait for a disk.
    if (this.#slowness > 2 * SLOW_READ) this.#rest();
  }

  #rest(): void {
    this.#slowness = 0;
    this.#restsUntilMs = this.#nowMs() + DIRECT_REST_MS;
  }

  /** Lets the next read see what was committed meanwhile. */
  end(): void {
    if (!this.#isInSnapshot) return;
    this.#isInSnapshot = false;
    try {
      this.#reading!.end.run();
    } catch {
      // As above.
      this.#giveUp();
    }
  }

  #giveUp(): void {
    this.#isInSnapshot = false;
    this.#reading?.database.close();
    this.#reading = undefined;
    this.#rest();
  }

  /** Closes the file. Nothing is read any more. */
  close(): void {
    this.#isClosed = true;
    this.#giveUp();
  }
}

function open(path: string): Reading {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    return {
      database,
      begin: database.prepare("BEGIN"),
      get: database.prepare(GET),
      end: database.prepare("COMMIT"),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
