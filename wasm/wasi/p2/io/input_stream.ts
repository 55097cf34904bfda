/**
 * Streams that a guest reads.
 *
 * @module
 */

import type { Condition } from "../../watchers.ts";
import { STREAM_BYTES_MAX } from "../limits.ts";
import { closed, failed } from "./io_error.ts";
import { Children, Pollable } from "./pollable.ts";

/**
 * Where the bytes of a stream come from: a file, a pipe, a socket.
 *
 * It is ready when `take` has bytes, or has come to the end or to a failure.
 */
export interface InputSource extends Condition {
  /**
   * The next bytes.
   *
   * @param bytesMax At least 1.
   * @returns At most `bytesMax`, the caller's own; none when there are none
   * yet, and then it sees to it that there will be; undefined at the end.
   * @throws {StreamFailure | Error} It failed: an error of the host's files, or
   * one that says itself what the guest gets.
   */
  take(bytesMax: number): Uint8Array | undefined;

  /** The stream is dropped. Idempotent. */
  close?(): void;
}

/** The resource `input-stream` of `wasi:io/streams`. */
export class InputStream implements Condition {
  readonly #source: InputSource;
  readonly #pollables = new Children("an input-stream");
  #isClosed = false;

  /** Reads from `source`, and closes it. */
  constructor(source: InputSource) {
    this.#source = source;
  }

  /** Whether a read would not have to wait. */
  get isReady(): boolean {
    return this.#isClosed || this.#source.isReady;
  }

  watch(wake: () => void): () => void {
    return this.#source.watch(wake);
  }

  /**
   * Reads up to `length` bytes; none when none are there.
   *
   * @throws {ComponentError} A `stream-error`: the stream is then closed.
   */
  read(length: bigint): Uint8Array {
    if (this.#isClosed) throw closed();
    const bytesMax = lengthOf(length);
    if (bytesMax === 0) return new Uint8Array(0);
    const bytes = this.#take(bytesMax);
    if (bytes !== undefined) return bytes;
    this.#isClosed = true;
    throw closed();
  }

  #take(bytesMax: number): Uint8Array | undefined {
    try {
      return this.#source.take(bytesMax);
    } catch (error) {
      // A stream that has failed once has no more to give.
      this.#isClosed = true;
      throw failed(error);
    }
  }

  /** A pollable that is ready when the stream is. */
  subscribe(): Pollable {
    return new Pollable(this, this.#pollables);
  }

  /** Closes it. @throws {CanonicalTrap} It has pollables; it is closed all the same. */
  drop(): void {
    this.#isClosed = true;
    this.#source.close?.();
    this.#pollables.insistNone();
  }
}

/** What a call moves of the `length` bytes that a guest asks for. */
export function lengthOf(length: bigint): number {
  return length > BigInt(STREAM_BYTES_MAX) ? STREAM_BYTES_MAX : Number(length);
}

/** A source that is at its end. */
export const EMPTY_SOURCE: InputSource = {
  isReady: true,
  take: () => undefined,
  watch: () => () => {},
};
