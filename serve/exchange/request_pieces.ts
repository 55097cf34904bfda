/**
 * The body of a request, read as it is asked for and no further than allowed.
 *
 * @module
 */

import type { CallerFrame } from "@rusm/wasm";

/** Why there is no more of a body, although it is not at its end. */
export type BodyFailure = "tooLarge" | "tooSlow" | "broken" | "stopped";

const END: CallerFrame = { type: "end" };

/** A body, piece by piece. Nothing is read ahead. */
export class RequestPieces {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #bytesLeft: number;
  #isWaiting = false;
  #failure: BodyFailure | undefined;

  /** @param bytesMax Of all pieces together. */
  constructor(body: ReadableStream<Uint8Array>, bytesMax: number) {
    this.#reader = body.getReader();
    this.#bytesLeft = bytesMax;
  }

  /** Whether somebody waits for a piece that the client has not sent. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** What reading has failed with; undefined while it has not. */
  get failure(): BodyFailure | undefined {
    return this.#failure;
  }

  /** Reads the next piece, as the guest is told of it; undefined when another read is under way. */
  async next(): Promise<CallerFrame | undefined> {
    if (this.#isWaiting) return undefined;
    this.#isWaiting = true;
    try {
      return await this.#next();
    } catch (error) {
      // What is wrong with the stream is the client's doing, or its absence.
      const isTimeout = error instanceof DOMException &&
        error.name === "TimeoutError";
      return this.#fail(isTimeout ? "tooSlow" : "broken");
    } finally {
      this.#isWaiting = false;
    }
  }

  async #next(): Promise<CallerFrame> {
    const { done, value } = await this.#reader.read();
    if (this.#failure !== undefined) return this.#fail(this.#failure);
    if (done) return END;
    this.#bytesLeft -= value.length;
    if (this.#bytesLeft >= 0) return { type: "piece", bytes: value };
    this.cancel();
    return this.#fail("tooLarge");
  }

  #fail(failure: BodyFailure): CallerFrame {
    this.#failure ??= failure;
    return { type: "broken", isTooLarge: this.#failure === "tooLarge" };
  }

  /** Has it fail, because the node stops. */
  stop(): void {
    this.#failure ??= "stopped";
    this.cancel();
  }

  /** Reads no further. */
  cancel(): void {
    // A stream that cannot be cancelled has failed, and read() has said so.
    this.#reader.cancel().catch(() => {});
  }
}
