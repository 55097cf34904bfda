/**
 * What is costly to make, kept as long as it is used.
 *
 * @module
 */

import type { Host } from "@rusm/otp";

/** What a {@linkcode Kept} is made with. */
export interface KeptOptions<Value> {
  /** Its clock. */
  readonly host: Pick<Host, "now" | "timer">;
  /** How long something is kept that is not used, in milliseconds; up to half as long again. */
  readonly idleMs: number;
  /** How much is kept, or being made, at once. */
  readonly countMax: number;
  /** Drops a value. Returns false when it cannot be dropped now: it is asked again. */
  discard(value: Value): boolean;
}

interface Entry<Value> {
  readonly making: Promise<Value>;
  // Set when it is made.
  made: { readonly value: Value } | undefined;
  // Of those who wait for it.
  userCount: number;
  usedAtMs: number;
}

/**
 * Makes each thing once for all who ask meanwhile, keeps it for those who ask
 * soon, and drops what was not used for long; when there is too much, what was
 * not used for longest. What could not be made is not kept.
 */
export class Kept<Value> {
  readonly #options: KeptOptions<Value>;
  // The least recently used first.
  readonly #entries = new Map<string, Entry<Value>>();
  #stop: (() => void) | undefined;
  #isClosed = false;

  /** Nothing is kept yet. */
  constructor(options: KeptOptions<Value>) {
    this.#options = options;
  }

  /** How much is kept or being made. */
  get count(): number {
    return this.#entries.size;
  }

  /** What is kept under `key`, which counts as a use; undefined when nothing is, or it is still being made. */
  peek(key: string): { readonly value: Value } | undefined {
    const entry = this.#entries.get(key);
    if (entry?.made !== undefined) this.#touch(key, entry);
    return entry?.made;
  }

  /**
   * Calls `use` with what is kept under `key`, or else with what `make` makes.
   * It is not dropped before `use` has returned.
   *
   * @throws {RangeError} There is too much that cannot be dropped.
   */
  async use<Result>(
    key: string,
    make: () => Promise<Value>,
    use: (value: Value) => Result,
  ): Promise<Result> {
    const entry = this.#entries.get(key) ?? this.#add(key, make);
    entry.userCount++;
    try {
      const value = await entry.making;
      this.#touch(key, entry);
      return use(value);
    } finally {
      entry.userCount--;
    }
  }

  #add(key: string, make: () => Promise<Value>): Entry<Value> {
    this.#makeRoom();
    const making = make();
    const usedAtMs = this.#options.host.now();
    const entry: Entry<Value> = {
      ...{ making, made: undefined, userCount: 0, usedAtMs },
    };
    this.#entries.set(key, entry);
    making.then((value) => {
      entry.made = { value };
      this.#arm();
    }, () => this.#entries.delete(key));
    return entry;
  }

  #touch(key: string, entry: Entry<Value>): void {
    entry.usedAtMs = this.#options.host.now();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #makeRoom(): void {
    const { countMax } = this.#options;
    if (this.#entries.size < countMax) return;
    for (const [key, entry] of this.#entries) {
      if (this.#drop(key, entry)) return;
    }
    throw new RangeError(
      `Cannot keep more components of dynamic code that run: ${countMax}`,
    );
  }

  #drop(key: string, { made, userCount }: Entry<Value>): boolean {
    if (made === undefined || userCount > 0) return false;
    if (!this.#options.discard(made.value)) return false;
    return this.#entries.delete(key);
  }

  #arm(): void {
    if (this.#isClosed || this.#stop !== undefined) return;
    const { host, idleMs } = this.#options;
    this.#stop = host.timer(Math.ceil(idleMs / 2), () => {
      this.#stop = undefined;
      this.#sweep(host.now() - idleMs);
      if (this.#entries.size > 0) this.#arm();
    });
  }

  #sweep(usedBeforeMs: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.usedAtMs > usedBeforeMs) return;
      this.#drop(key, entry);
    }
  }

  /** Stops its timer. What is kept is left to whoever made it. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#stop?.();
    this.#stop = undefined;
  }
}
