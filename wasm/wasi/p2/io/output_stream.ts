/**
 * Streams that a guest writes.
 *
 * @module
 */

import { CanonicalTrap } from "../../../component/canonical/mod.ts";
import type { Condition } from "../../watchers.ts";
import { closed, failed } from "./io_error.ts";
import { Children, Pollable } from "./pollable.ts";

/**
 * Where the bytes of a stream go: a file, a pipe, a socket.
 *
 * It is ready when it has room and nothing is left to flush, and when it has
 * failed or nobody reads it.
 */
export interface OutputSink extends Condition {
  /**
   * Bytes that `write` takes now; 0 while it is not ready, and undefined once
   * nobody reads them.
   *
   * @throws {StreamFailure | Error} It failed: an error of the host's files, or
   * one that says itself what the guest gets.
   */
  room(): number | undefined;

  /**
   * Takes all of `bytes`.
   *
   * @param bytes No more than there is room for. The sink's own from now on.
   * @throws {StreamFailure | Error} As `room` does.
   */
  write(bytes: Uint8Array): void;

  /** Begins to pass on all that it holds. It is not ready before that is done. Absent where nothing is held. */
  flush?(): void;

  /** The stream is dropped. Idempotent. */
  close?(): void;
}

/**
 * The resource `output-stream` of `wasi:io/streams`.
 *
 * Invariant: what the guest may write is no more than what the sink has room for.
 */
export class OutputStream implements Condition {
  readonly #sink: OutputSink;
  readonly #pollables = new Children("an output-stream");
  // What the last `check-write` allowed, less what was written since.
  #allowance = 0;
  #isClosed = false;

  /** Writes to `sink`, and closes it. */
  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  /** Whether `checkWrite` has an answer other than 0. */
  get isReady(): boolean {
    return this.#isClosed || this.#sink.isReady;
  }

  watch(wake: () => void): () => void {
    return this.#sink.watch(wake);
  }

  /**
   * Bytes that may be written now; 0 when that has to be waited for.
   *
   * @throws {ComponentError} A `stream-error`: the stream is then closed.
   */
  checkWrite(): number {
    if (this.#isClosed) throw closed();
    const room = this.#try(() => this.#sink.room());
    if (room === undefined) throw this.#closed();
    return this.#allowance = room;
  }

  /**
   * Writes `bytes`.
   *
   * @throws {CanonicalTrap} They are more than `checkWrite` allowed.
   * @throws {ComponentError} A `stream-error`: the stream is then closed.
   */
  write(bytes: Uint8Array): void {
    if (this.#isClosed) throw closed();
    insistAllowed(bytes.length, this.#allowance);
    this.#allowance -= bytes.length;
    if (bytes.length > 0) this.#try(() => this.#sink.write(bytes));
  }

  /** Writes `length` zeros, as `write` does. */
  writeZeroes(length: bigint): void {
    if (this.#isClosed) throw closed();
    insistAllowed(length, this.#allowance);
    this.write(new Uint8Array(Number(length)));
  }

  /** Begins to pass on what was written; `checkWrite` is 0 until that is done. @throws {ComponentError} A `stream-error`. */
  flush(): void {
    if (this.#isClosed) throw closed();
    this.#allowance = 0;
    this.#try(() => this.#sink.flush?.());
  }

  #try<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      // A stream that has failed once takes no more.
      this.#isClosed = true;
      throw failed(error);
    }
  }

  #closed(): Error {
    this.#isClosed = true;
    return closed();
  }

  /** A pollable that is ready when the stream is. */
  subscribe(): Pollable {
    return new Pollable(this, this.#pollables);
  }

  /** Closes it. @throws {CanonicalTrap} It has pollables; it is closed all the same. */
  drop(): void {
    this.#isClosed = true;
    this.#sink.close?.();
    this.#pollables.insistNone();
  }
}

function insistAllowed(length: number | bigint, allowance: number): void {
  if (length <= allowance) return;
  throw new CanonicalTrap(
    `Cannot write more than the ${allowance} bytes that were allowed: ${length}`,
  );
}
