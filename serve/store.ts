/**
 * The store of a node: values by bucket and key, that outlive it.
 *
 * @module
 */

import { StoreError } from "./errors.ts";
import {
  BATCH_WRITES_MAX,
  GROUP_MAX,
  LISTING_MAX,
  NAME_BYTES_MAX,
  PENDING_BYTES_MAX,
  PENDING_MAX,
  TTL_MS_MAX,
  VALUE_BYTES_MAX,
} from "./store/limits.ts";
import type {
  FromStoreThread,
  GroupOutcome,
  Listing,
  StoreAnswer,
  StoreRequest,
  StoreWrite,
  ToStoreThread,
} from "./store/requests.ts";

export type { Listing, StoreWrite } from "./store/requests.ts";

/** How a store is opened. */
export interface StoreOptions {
  /** The time, in milliseconds since 1970; that of the machine when absent. */
  readonly now?: () => number;
}

/**
 * Values by bucket and key, in one file.
 *
 * What was asked is done in order. A write is on disk when its promise resolves,
 * also when the OS process is killed right after. Writes that are asked while
 * others are being written share one transaction, and one wait for the disk.
 *
 * A bucket is there while it has a key. Other OS processes may use the file at
 * the same time.
 *
 * Each method rejects with a {@linkcode StoreError}: a bucket's name or a key
 * is empty, ill-formed or too long, a value is too large, too much waits, the
 * file cannot be written, or the store is closed.
 *
 * @example
 * ```ts
 * import { openStore } from "@rusm/serve";
 * import { deepStrictEqual, strictEqual } from "node:assert";
 *
 * const file = await Deno.makeTempFile();
 * const store = await openStore(file);
 * await store.set("links", "deno", new TextEncoder().encode("land"));
 * deepStrictEqual(await store.list("links"), ["deno"]);
 * strictEqual(await store.delete("links", "deno"), true);
 * await store.close();
 * await Deno.remove(file);
 * ```
 */
export interface Store {
  /** Resolves to a value, or to undefined when there is none. */
  get(bucket: string, key: string): Promise<Uint8Array | undefined>;

  /**
   * Writes a value, in place of any that was there.
   *
   * @param value Copied before this returns.
   */
  set(
    bucket: string,
    key: string,
    value: Uint8Array,
    options?: {
      /** Milliseconds until it is gone; it stays when absent. */
      readonly ttlMs?: number;
    },
  ): Promise<void>;

  /** Removes a value. Resolves to whether there was one. */
  delete(bucket: string, key: string): Promise<boolean>;

  /** Resolves to whether there is a value. */
  exists(bucket: string, key: string): Promise<boolean>;

  /** Resolves to keys of a bucket, in the order of their code points. */
  list(bucket: string, listing?: Listing): Promise<readonly string[]>;

  /** Resolves to the buckets, in the order of their code points. */
  buckets(): Promise<readonly string[]>;

  /**
   * Writes `value`, or removes what is there when it is undefined, if what is
   * there is `expected`; undefined is nothing. Resolves to whether it was.
   */
  compareAndSet(
    bucket: string,
    key: string,
    expected: Uint8Array | undefined,
    value: Uint8Array | undefined,
  ): Promise<boolean>;

  /** Does all of `writes`, in order, or none. */
  batch(writes: readonly StoreWrite[]): Promise<void>;

  /** Closes the file, when all that was asked is done. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the store in the file at `path`, and makes the file when it is not
 * there; its directory must be. SQLite keeps two more files beside it.
 *
 * @throws {StoreError} It cannot be opened, or is not the file of a store.
 */
export async function openStore(
  path: string,
  options: StoreOptions = {},
): Promise<Store> {
  const thread = new StoreThread();
  const opened = await thread.ask({ type: "open", path });
  if (opened.type === "opened") return new ThreadStore(thread, path, options);
  await thread.end();
  const why = opened.type === "failed" ? opened.why : opened.type;
  throw new StoreError("open", `Cannot open the store ${path}: ${why}`);
}

/** One question at a time to the thread that has the file. */
class StoreThread {
  readonly #worker: Worker;
  #answered: ((answer: FromStoreThread) => void) | undefined;
  #failure: string | undefined;

  constructor() {
    const url = new URL("./store/worker.ts", import.meta.url);
    this.#worker = new Worker(url, { type: "module", name: "store" });
    this.#worker.onmessage = ({ data }) => this.#answer(data);
    this.#worker.onerror = (event) => {
      // Whoever waits is told; it would end the program here otherwise.
      event.preventDefault();
      this.#failure = event.message;
      this.#answer({ type: "failed", why: event.message });
    };
  }

  #answer(answer: FromStoreThread): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(answer);
  }

  ask(question: ToStoreThread): Promise<FromStoreThread> {
    const why = this.#failure;
    if (why !== undefined) return Promise.resolve({ type: "failed", why });
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#worker.postMessage(question);
    });
  }

  /** Closes the file, and ends the thread. */
  async end(): Promise<void> {
    await this.ask({ type: "close" });
    this.#worker.terminate();
  }
}

/** What was asked and is not answered. */
interface Waiting {
  readonly request: StoreRequest;
  readonly bytes: number;
  resolve(answer: StoreAnswer): void;
  reject(error: StoreError): void;
}

/** A store whose file another thread has. */
class ThreadStore implements Store {
  readonly #thread: StoreThread;
  readonly #path: string;
  readonly #now: () => number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #waitingCount = 0;
  #working: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(thread: StoreThread, path: string, { now }: StoreOptions) {
    this.#thread = thread;
    this.#path = path;
    this.#now = now ?? Date.now;
  }

  async get(bucket: string, key: string): Promise<Uint8Array | undefined> {
    return await this.#ask({ op: "get", bucket, key }) as
      | Uint8Array
      | undefined;
  }

  async set(
    bucket: string,
    key: string,
    value: Uint8Array,
    { ttlMs }: { readonly ttlMs?: number } = {},
  ): Promise<void> {
    const expiry = ttlMs === undefined ? {} : { ttlMs };
    await this.#ask({ op: "set", bucket, key, value, ...expiry });
  }

  async delete(bucket: string, key: string): Promise<boolean> {
    return await this.#ask({ op: "delete", bucket, key }) as boolean;
  }

  async exists(bucket: string, key: string): Promise<boolean> {
    return await this.#ask({ op: "exists", bucket, key }) as boolean;
  }

  async list(
    bucket: string,
    listing: Listing = {},
  ): Promise<readonly string[]> {
    return await this.#ask({ op: "list", bucket, ...listing }) as string[];
  }

  async buckets(): Promise<readonly string[]> {
    return await this.#ask({ op: "buckets" }) as string[];
  }

  async compareAndSet(
    bucket: string,
    key: string,
    expected: Uint8Array | undefined,
    value: Uint8Array | undefined,
  ): Promise<boolean> {
    const request = { op: "compareAndSet", bucket, key, expected, value };
    return await this.#ask(request as StoreRequest) as boolean;
  }

  async batch(writes: readonly StoreWrite[]): Promise<void> {
    await this.#ask({ op: "batch", writes });
  }

  #ask(request: StoreRequest): Promise<StoreAnswer> {
    insistValid(request);
    const bytes = bytesOf(request);
    this.#insistRoom(bytes);
    this.#waitingBytes += bytes;
    this.#waitingCount++;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: copy(request), bytes, resolve, reject });
      // What else is asked in this turn goes along.
      this.#working ??= Promise.resolve().then(() => this.#work());
    });
  }

  #insistRoom(bytes: number): void {
    if (this.#closed !== undefined) {
      throw new StoreError("closed", "Cannot use a store that is closed");
    }
    const isFull = this.#waitingCount >= PENDING_MAX ||
      this.#waitingBytes + bytes > PENDING_BYTES_MAX;
    if (!isFull) return;
    throw new StoreError(
      "busy",
      `Cannot ask the store for more: ${this.#waitingCount} requests of ${this.#waitingBytes} bytes wait`,
    );
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.slice(0, GROUP_MAX);
      this.#waiting = this.#waiting.slice(GROUP_MAX);
      const requests = group.map(({ request }) => request);
      const now = this.#now();
      const outcome = await this.#thread.ask({ type: "group", requests, now });
      this.#settle(group, outcome as GroupOutcome);
    }
    this.#working = undefined;
  }

  #settle(group: readonly Waiting[], outcome: GroupOutcome): void {
    for (const [index, { bytes, resolve, reject }] of group.entries()) {
      this.#waitingBytes -= bytes;
      this.#waitingCount--;
      if (outcome.type === "done") resolve(outcome.answers[index]);
      else {
        const message = `Cannot use the store ${this.#path}: ${outcome.why}`;
        reject(new StoreError("failed", message));
      }
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    await this.#working;
    await this.#thread.end();
  }
}

function insistValid(request: StoreRequest): void {
  switch (request.op) {
    case "buckets":
      return;
    case "batch":
      return insistBatch(request.writes);
    case "list":
      insistName("bucket", request.bucket);
      return insistInteger("limit", request.limit, [0, LISTING_MAX]);
    case "set":
      insistInteger("ttlMs", request.ttlMs, [1, TTL_MS_MAX]);
  }
  insistName("bucket", request.bucket);
  insistName("key", request.key);
  for (const { byteLength } of valuesOf(request)) insistSize(byteLength);
}

function insistBatch(writes: readonly StoreWrite[]): void {
  if (writes.length > BATCH_WRITES_MAX) {
    throw new StoreError(
      "tooLarge",
      `Cannot write more than ${BATCH_WRITES_MAX} values at once: ${writes.length}`,
    );
  }
  writes.forEach(insistValid);
}

// A group fails as a whole, so nothing of one request may fail it.
function insistInteger(
  what: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new StoreError("invalid", `Cannot use this ${what}: ${value}`);
}

const utf8 = new TextEncoder();

function insistName(what: string, name: string): void {
  const isFine = name !== "" && name.isWellFormed() && !name.includes("\0") &&
    utf8.encode(name).length <= NAME_BYTES_MAX;
  if (isFine) return;
  throw new StoreError(
    "invalid",
    `Cannot use this as a ${what}, which has 1 to ${NAME_BYTES_MAX} bytes: ${
      JSON.stringify(name.slice(0, NAME_BYTES_MAX))
    }`,
  );
}

function insistSize(bytes: number): void {
  if (bytes <= VALUE_BYTES_MAX) return;
  throw new StoreError(
    "tooLarge",
    `Cannot store a value of more than ${VALUE_BYTES_MAX} bytes: ${bytes}`,
  );
}

function bytesOf(request: StoreRequest): number {
  return valuesOf(request).reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function valuesOf(request: StoreRequest): readonly Uint8Array[] {
  switch (request.op) {
    case "set":
      return [request.value];
    case "compareAndSet":
      return [request.expected, request.value].filter((each) =>
        each !== undefined
      );
    case "batch":
      return request.writes.flatMap(valuesOf);
    default:
      return [];
  }
}

// A view is posted with all that it is a view of, and may change until then.
function copy<Request extends StoreRequest>(request: Request): Request {
  switch (request.op) {
    case "set":
      return { ...request, value: request.value.slice() };
    case "compareAndSet": {
      const { expected, value } = request;
      return { ...request, expected: expected?.slice(), value: value?.slice() };
    }
    case "batch":
      return { ...request, writes: request.writes.map(copy) };
    default:
      return request;
  }
}
