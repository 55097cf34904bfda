/**
 * What is counted of the store.
 *
 * @module
 */

import { StoreError } from "../errors.ts";
import type { Listing, Seen, Store, StoreWrite } from "../store.ts";
import type { Family } from "./family.ts";
import { Histogram } from "./histogram.ts";

/** What can be asked of a store. */
type Operation = Exclude<keyof Store, "close" | "peek">;

/** A store that counts what is asked of another. */
export class MeasuredStore implements Store {
  readonly #store: Store;
  readonly #durations = new Map<Operation, Histogram>();
  readonly #failures = new Map<string, number>();
  #waiting = 0;
  #seen = 0;

  /** Asks `store`, of which nothing was asked yet. */
  constructor(store: Store) {
    this.#store = store;
  }

  peek(bucket: string, key: string): Seen | undefined {
    const seen = this.#store.peek(bucket, key);
    if (seen !== undefined) this.#seen++;
    return seen;
  }

  get(bucket: string, key: string): Promise<Uint8Array | undefined> {
    return this.#measure("get", this.#store.get(bucket, key));
  }

  set(
    bucket: string,
    key: string,
    value: Uint8Array,
    options?: { readonly ttlMs?: number },
  ): Promise<void> {
    return this.#measure("set", this.#store.set(bucket, key, value, options));
  }

  delete(bucket: string, key: string): Promise<boolean> {
    return this.#measure("delete", this.#store.delete(bucket, key));
  }

  exists(bucket: string, key: string): Promise<boolean> {
    return this.#measure("exists", this.#store.exists(bucket, key));
  }

  list(bucket: string, listing?: Listing): Promise<readonly string[]> {
    return this.#measure("list", this.#store.list(bucket, listing));
  }

  buckets(): Promise<readonly string[]> {
    return this.#measure("buckets", this.#store.buckets());
  }

  compareAndSet(
    ...asked: Parameters<Store["compareAndSet"]>
  ): Promise<boolean> {
    return this.#measure(
      "compareAndSet",
      this.#store.compareAndSet(...asked),
    );
  }

  batch(writes: readonly StoreWrite[]): Promise<void> {
    return this.#measure("batch", this.#store.batch(writes));
  }

  async #measure<Answer>(
    operation: Operation,
    answer: Promise<Answer>,
  ): Promise<Answer> {
    const startMs = performance.now();
    this.#waiting++;
    try {
      return await answer;
    } catch (error) {
      // Passed on, and counted.
      const code = error instanceof StoreError ? error.code : "other";
      this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
      throw error;
    } finally {
      this.#waiting--;
      this.#durationsOf(operation).addMs(performance.now() - startMs);
    }
  }

  #durationsOf(operation: Operation): Histogram {
    let durations = this.#durations.get(operation);
    if (durations === undefined) {
      durations = new Histogram();
      this.#durations.set(operation, durations);
    }
    return durations;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** What was counted. */
  families(): readonly Family[] {
    return [
      {
        ...{ name: "rusm_store_operation_duration_seconds", type: "histogram" },
        ...{ help: "Time that the store took to answer, failures included" },
        samples: [...this.#durations].map(([operation, value]) => ({
          ...{ labels: { operation: snakeCase(operation) }, value },
        })),
      },
      {
        ...{ name: "rusm_store_reads_at_once", type: "counter" },
        ...{ help: "Values that were read where they were asked for" },
        samples: [{ labels: {}, value: this.#seen }],
      },
      {
        ...{ name: "rusm_store_failures", type: "counter" },
        ...{ help: "Operations that failed, by why" },
        samples: [...this.#failures].map(([code, value]) => ({
          ...{ labels: { code: snakeCase(code) }, value },
        })),
      },
      {
        ...{ name: "rusm_store_waiting", type: "gauge" },
        ...{ help: "Operations that are not answered yet" },
        samples: [{ labels: {}, value: this.#waiting }],
      },
    ];
  }
}

function snakeCase(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
