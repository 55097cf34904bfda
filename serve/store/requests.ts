/**
 * What is asked of a store, as it goes to the thread that has the file.
 *
 * @module
 */

/** One thing that is asked. */
export type StoreRequest =
  | { readonly op: "get"; readonly bucket: string; readonly key: string }
  | { readonly op: "exists"; readonly bucket: string; readonly key: string }
  | ({ readonly op: "list"; readonly bucket: string } & Listing)
  | { readonly op: "buckets" }
  | StoreWrite
  | {
    readonly op: "compareAndSet";
    readonly bucket: string;
    readonly key: string;
    /** What must be there; undefined for nothing. */
    readonly expected: Uint8Array | undefined;
    /** What is there then; undefined for nothing. */
    readonly value: Uint8Array | undefined;
  }
  | { readonly op: "batch"; readonly writes: readonly StoreWrite[] };

/** A change that needs no look at what is there. */
export type StoreWrite =
  | {
    readonly op: "set";
    readonly bucket: string;
    readonly key: string;
    readonly value: Uint8Array;
    /** Milliseconds until it is gone; it stays when absent. */
    readonly ttlMs?: number;
  }
  | { readonly op: "delete"; readonly bucket: string; readonly key: string };

/** Which keys of a bucket. */
export interface Listing {
  /** How they begin; anyhow when absent. */
  readonly prefix?: string;
  /** The key that they come behind; all when absent. */
  readonly after?: string;
  /** At most so many; all when absent. */
  readonly limit?: number;
}

/** What came of a request: of `get` bytes, of `list` and `buckets` names, of the others whether it was so. */
export type StoreAnswer = Uint8Array | undefined | readonly string[] | boolean;

/** Requests in order, all that write in one transaction. */
export interface Group {
  /** The requests. */
  readonly requests: readonly StoreRequest[];
  /** The time, in milliseconds since 1970. */
  readonly now: number;
}

/** What was found without waiting. */
export interface Seen {
  /** The value; undefined when there is none. */
  readonly value: Uint8Array | undefined;
}

/** Why something was not done. */
export interface Failure {
  /** What kind of failure it is, for whoever asked. */
  readonly code: "failed" | "full" | "corrupt" | "busy" | "tooLarge";
  /** A sentence of SQLite. */
  readonly why: string;
}

/** What came of a group, or why none of it was done. */
export type GroupOutcome =
  | {
    readonly type: "done";
    /** An answer for each request, or for the first of them: the others were not looked at. */
    readonly answers: readonly StoreAnswer[];
    /** Which of those were not done, by index, in order. */
    readonly failures: readonly (readonly [index: number, failure: Failure])[];
  }
  | ({ readonly type: "failed" } & Failure);

/** What the thread with the file is told. */
export type ToStoreThread =
  | {
    readonly type: "open";
    readonly path: string;
    /** Bytes that the file may have; the machine's when absent. */
    readonly bytesMax?: number | undefined;
  }
  | ({ readonly type: "group" } & Group)
  | { readonly type: "close" };

/** What it answers, to each in order. */
export type FromStoreThread =
  | { readonly type: "opened" }
  | GroupOutcome
  | { readonly type: "closed" };
