/**
 * Bodies that a guest writes, on their way.
 *
 * @module
 */

import { Watchers } from "../../watchers.ts";
import { PIPE_BYTES_MAX, STREAM_BYTES_MAX } from "../limits.ts";
import type { OutputSink } from "../io/output_stream.ts";
import { ByteRing } from "../io/ring.ts";
import { bodyFailure, codeOf, type HttpErrorCode } from "./error_code.ts";
import type { Field } from "./fields.ts";
import { atTurnEnd } from "./turn_end.ts";

/** Where a body goes: the client of a listener, or a server. */
export interface BodyDrain {
  /**
   * Takes bytes, which are its own then. Called again only when it has
   * answered; rejects with whatever {@linkcode codeOf} knows.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Takes the last bytes, perhaps none, and the trailers. The body is complete. */
  end(rest: Uint8Array, trailers: readonly Field[]): void;
  /** The body ends here and is not complete. */
  abort(): void;
}

/**
 * What was written and not passed on yet.
 *
 * It is passed on when the guest has given up its turn: what it writes before is
 * one piece. One piece is under way at a time, and as much again waits.
 */
export class BodyPipe implements OutputSink {
  readonly #ring = new ByteRing(PIPE_BYTES_MAX);
  readonly #watchers = new Watchers();
  #drain: BodyDrain | undefined;
  #trailers: readonly Field[] | undefined;
  #isPumping = false;
  #isWriting = false;
  // Complete or not: the drain was told.
  #isOver = false;
  #failure: HttpErrorCode | undefined;
  #hasReader = true;

  get isReady(): boolean {
    return this.#ring.room > 0 || this.#failure !== undefined ||
      !this.#hasReader;
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  room(): number | undefined {
    if (this.#failure !== undefined) throw bodyFailure(this.#failure);
    return this.#hasReader ? this.#ring.room : undefined;
  }

  write(bytes: Uint8Array): void {
    // Whoever read it has gone: the next `room` says so.
    if (!this.#hasReader || this.#isOver) return;
    this.#ring.push(bytes);
    this.#begin();
  }

  /** Says where it goes. Only once. */
  attach(drain: BodyDrain): void {
    this.#drain = drain;
    if (this.#isOver) return drain.abort();
    this.#begin();
  }

  /** It is complete. */
  end(trailers: readonly Field[]): void {
    this.#trailers = trailers;
    this.#begin();
  }

  /** It ends where it is. Idempotent; nothing once it was complete. */
  abort(): void {
    if (this.#isOver || this.#trailers !== undefined) return;
    this.#isOver = true;
    this.#ring.clear();
    this.#drain?.abort();
  }

  /** Nobody reads it any more: what is written is at its end, or fails by `failure`. Idempotent. */
  closeReader(failure?: HttpErrorCode): void {
    if (!this.#hasReader) return;
    this.#hasReader = false;
    this.#isOver = true;
    this.#failure = failure;
    this.#ring.clear();
    this.#watchers.wake();
  }

  /**
   * The guest has ended: passes on all that there is. A body that is not complete
   * is aborted behind that.
   */
  finishNow(): void {
    if (this.#isOver) return;
    if (this.#trailers === undefined || this.#drain === undefined) {
      this.#passOnNow();
      return this.abort();
    }
    this.#endNow();
  }

  // What waits for the end of this turn would be lost.
  #passOnNow(): void {
    if (this.#drain === undefined || this.#ring.size === 0) return;
    // What is written before has not arrived: there it ends.
    if (this.#isWriting) return;
    // Nobody is left to be told.
    this.#drain.write(this.#ring.take(STREAM_BYTES_MAX)).catch(() => {});
  }

  #begin(): void {
    if (this.#isPumping || this.#isOver || this.#drain === undefined) return;
    this.#isPumping = true;
    atTurnEnd(() => void this.#pump(this.#drain!));
  }

  async #pump(drain: BodyDrain): Promise<void> {
    if (this.#isOver) return;
    try {
      while (this.#ring.size > 0 && this.#trailers === undefined) {
        const piece = this.#ring.take(STREAM_BYTES_MAX);
        this.#watchers.wake();
        this.#isWriting = true;
        await drain.write(piece);
        this.#isWriting = false;
      }
    } catch (error) {
      // Nobody waits for this one write: the next call hears of it.
      this.closeReader(codeOf(error));
    }
    this.#isPumping = false;
    if (this.#trailers !== undefined && !this.#isOver) this.#endNow();
  }

  #endNow(): void {
    this.#isOver = true;
    this.#drain!.end(this.#ring.take(PIPE_BYTES_MAX), this.#trailers!);
  }
}
