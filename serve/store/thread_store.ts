/**
 * A store whose file another thread has.
 *
 * @module
 */

import { StoreError } from "../errors.ts";
import { bytesOf, copy, insistValid } from "./checks.ts";
import {
  FAILURE_MS_MIN,
  GROUP_MAX,
  PENDING_BYTES_MAX,
  PENDING_MAX,
} from "./limits.ts";
import { SnapshotReader } from "./snapshot_reader.ts";
import type {
  Failure,
  GroupOutcome,
  Listing,
  Seen,
  StoreAnswer,
  StoreRequest,
  StoreWrite,
} from "./requests.ts";
import type { StoreThread } from "./thread.ts";
import { UnsettledWrites } from "./unsettled_writes.ts";

/** What was asked and is not answered. */
interface Waiting {
  readonly request: StoreRequest;
  readonly bytes: number;
  resolve(answer: StoreAnswer): void;
  reject(error: StoreError): void;
}

/** What a store is made with. */
export interface ThreadStoreOptions {
  /** Has the file open. */
  readonly thread: StoreThread;
  /** Of the file. */
  readonly path: string;
  /** See `StoreOptions.now`. */
  readonly now?: (() => number) | undefined;
  /** See `StoreOptions.failed`. */
  readonly failed?: ((error: StoreError) => void) | undefined;
}

/** See `Store` of `@rusm/serve`, which it is. */
export class ThreadStore {
  readonly #options: ThreadStoreOptions;
  readonly #now: () => number;
  readonly #reader: SnapshotReader;
  readonly #unsettled = new UnsettledWrites();
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #waitingCount = 0;
  #working: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #failedAtMs = -Infinity;

  /** A store of which nothing was asked. */
  constructor(options: ThreadStoreOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#reader = new SnapshotReader(options.path);
  }

  peek(bucket: string, key: string): Seen | undefined {
    const request = { op: "get", bucket, key } as const;
    insistValid(request);
    if (this.#closed !== undefined) return undefined;
    // A caller who asks for a write, and then for the value, gets what it wrote.
    if (this.#unsettled.has(request)) return undefined;
    return this.#reader.read(request, this.#now());
  }

  async get(bucket: string, key: string): Promise<Uint8Array | undefined> {
    const seen = this.peek(bucket, key);
    if (seen !== undefined) return seen.value;
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
    this.#unsettled.add(request);
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
      const group = this.#waiting.splice(0, GROUP_MAX);
      const requests = group.map(({ request }) => request);
      const now = this.#now();
      const outcome = await this.#options.thread.ask(
        { type: "group", requests, now },
      ) as GroupOutcome;
      // Who hears of a write sees it.
      this.#reader.end();
      if (outcome.type === "done") this.#settle(group, outcome);
      else this.#fail(group, outcome);
    }
    this.#working = undefined;
  }

  #settle(
    group: readonly Waiting[],
    { answers, failures }: Extract<GroupOutcome, { type: "done" }>,
  ): void {
    const failed = new Map(failures);
    // The answers were too large to be made together.
    this.#waiting.unshift(...group.slice(answers.length));
    for (const [index, waiting] of group.slice(0, answers.length).entries()) {
      const failure = failed.get(index);
      if (failure !== undefined) this.#fail([waiting], failure);
      else {
        this.#forget(waiting);
        waiting.resolve(answers[index]);
      }
    }
  }

  #fail(group: readonly Waiting[], { code, why }: Failure): void {
    const message = `Cannot use the store ${this.#options.path}: ${why}`;
    const error = new StoreError(code, message);
    this.#tell(error);
    for (const waiting of group) {
      this.#forget(waiting);
      waiting.reject(error);
    }
  }

  // One guest that asks again and again would fill the log.
  #tell(error: StoreError): void {
    const nowMs = performance.now();
    if (nowMs - this.#failedAtMs < FAILURE_MS_MIN) return;
    this.#failedAtMs = nowMs;
    this.#options.failed?.(error);
  }

  #forget({ request, bytes }: Waiting): void {
    this.#waitingBytes -= bytes;
    this.#waitingCount--;
    this.#unsettled.remove(request);
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    await this.#working;
    this.#reader.close();
    await this.#options.thread.end();
  }
}
