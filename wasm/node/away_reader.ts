/**
 * The end of a stream that is read here and written on another scheduler.
 *
 * @module
 */

import { type ExitReason, StreamBroken } from "@rusm/otp";
import type { ReadEnd } from "../core/streams.ts";

/** The way to the writer. */
export interface ToWriter {
  /** A chunk was taken: there is room for another. */
  taken(): void;
  /** Nobody reads any more. Idempotent. */
  gone(): void;
}

/** A reader. How much can wait for it the writer bounds. */
export class AwayReader implements ReadEnd {
  readonly #way: ToWriter;
  // The oldest first.
  #chunks: Uint8Array[] = [];
  #isOver = false;
  #broken: StreamBroken | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** Nothing has come yet. */
  constructor(way: ToWriter) {
    this.#way = way;
  }

  ready(): void | Promise<void> {
    if (this.#chunks.length > 0 || this.#isOver) return undefined;
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  /**
   * The next chunk; undefined at the end. Nothing when it is not `ready`, either.
   *
   * @throws {StreamBroken} The writer went without ending it.
   */
  read(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) this.#way.taken();
    else if (this.#broken !== undefined) throw this.#broken;
    return chunk;
  }

  cancel(): void {
    this.#chunks = [];
    this.#isOver = true;
    this.#broken = undefined;
    this.#way.gone();
    this.#wake();
  }

  /** A chunk has come. */
  put(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#chunks.push(chunk);
    this.#wake();
  }

  /** No more chunks come. */
  finish(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** No more chunks come, although there were to be more. */
  lose(reason: ExitReason): void {
    this.#broken = new StreamBroken("writer", reason);
    this.finish();
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}
