/**
 * The end of a stream that is written here and read on another scheduler.
 *
 * @module
 */

import type { StreamBroken } from "@rusm/otp";
import type { WriteEnd } from "../core/streams.ts";
import { AWAY_CHUNKS_MAX } from "./limits.ts";
import type { Blocked, Window } from "./window.ts";

/** The way to the reader. */
export interface ToReader {
  /** Sends a chunk; false when there is no way. */
  chunk(bytes: Uint8Array): boolean;
  /** Tells of the end, or of a break. Idempotent. */
  end(isBroken: boolean): void;
}

/**
 * A writer.
 *
 * Invariant: chunks that its reader has not taken are `AWAY_CHUNKS_MAX` at most.
 */
export class AwayWriter implements WriteEnd, Blocked {
  /** Where it is read. */
  readonly scheduler: number;
  readonly #window: Window;
  readonly #way: ToReader;
  #credit = AWAY_CHUNKS_MAX;
  #broken: StreamBroken | undefined;
  #isEnded = false;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** Nothing was written yet. */
  constructor(scheduler: number, window: Window, way: ToReader) {
    this.scheduler = scheduler;
    this.#window = window;
    this.#way = way;
  }

  ready(): void | Promise<void> {
    if (this.#broken !== undefined || this.#isEnded) return undefined;
    if (this.#credit > 0 && this.#window.hasRoom) return undefined;
    if (this.#credit > 0) this.#window.block(this);
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  /** @throws {StreamBroken} Nobody will read it. */
  tryWrite(chunk: Uint8Array): boolean {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#isEnded || this.#credit === 0 || !this.#window.hasRoom) {
      return false;
    }
    this.#credit--;
    this.#window.take(chunk.length);
    return this.#way.chunk(chunk);
  }

  end(): void {
    this.#finish(false);
  }

  abandon(): void {
    this.#finish(true);
  }

  #finish(isBroken: boolean): void {
    this.#isEnded = true;
    this.#way.end(isBroken);
    this.#release();
  }

  /** The reader has taken a chunk. */
  allow(): void {
    this.#credit++;
    this.wake();
  }

  /** Nobody reads any more. */
  lose(broken: StreamBroken): void {
    this.#broken = broken;
    this.#release();
  }

  #release(): void {
    this.#window.forget(this);
    this.wake();
  }

  wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}
