/**
 * The body of a request, read whole and no further than allowed.
 *
 * @module
 */

import { announcedBytes, type Incoming } from "./incoming.ts";
import type { Stopping } from "./stopping.ts";

/** What became of reading a body. */
export type BodyResult =
  /** All of it; null when the request has none. */
  | { readonly type: "body"; readonly bytes: Uint8Array | null }
  /** It is larger than allowed. The rest was not read. */
  | { readonly type: "tooLarge" }
  /** The time was up before the end, or a piece took too long. The rest was not read. */
  | { readonly type: "tooSlow" }
  /** It ended early or was malformed. */
  | { readonly type: "broken" }
  /** The node stops. The rest was not read. */
  | { readonly type: "stopped" };

/**
 * Reads the body of `request`, of at most `bytesMax` bytes.
 *
 * What the client announces is checked before anything is read, and what it
 * sends is counted, since it may announce nothing.
 *
 * @param timeoutMs Gives the reading up, after so many milliseconds.
 * @param stopping Does so, too; nothing else does when absent.
 */
export async function readBody(
  request: Incoming,
  bytesMax: number,
  timeoutMs: number,
  stopping?: Pick<Stopping, "when">,
): Promise<BodyResult> {
  const announced = announcedBytes(request) ?? 0;
  // First: a client that expects "100 Continue" gets it when the body is touched.
  if (announced > bytesMax) return { type: "tooLarge" };
  // The usual request has no body, and needs no deadline of its own.
  if (request.body === null) return { type: "body", bytes: null };
  const reader = request.body.getReader();
  let early: BodyResult | undefined;
  const giveUp = (result: BodyResult) => {
    early ??= result;
    cancel(reader);
  };
  const timer = setTimeout(() => giveUp({ type: "tooSlow" }), timeoutMs);
  const forget = stopping?.when(() => giveUp({ type: "stopped" }));
  try {
    const result = await readChunks(reader, bytesMax);
    return early ?? result;
  } finally {
    clearTimeout(timer);
    forget?.();
  }
}

async function readChunks(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  bytesMax: number,
): Promise<BodyResult> {
  const gathered = new Gathered();
  for (;;) {
    const chunk = await readChunk(reader);
    if (chunk === "tooSlow" || chunk === "broken") return { type: chunk };
    if (chunk === null) return { type: "body", bytes: gathered.take() };
    if (gathered.count + chunk.length > bytesMax) {
      cancel(reader);
      return { type: "tooLarge" };
    }
    gathered.add(chunk);
  }
}

// Null at the end, a word when there is no more to be had.
async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | null | "tooSlow" | "broken"> {
  try {
    const { done, value } = await reader.read();
    return done ? null : value;
  } catch (error) {
    // What is wrong with the stream is the client's doing, or its absence.
    const isTimeout = error instanceof DOMException &&
      error.name === "TimeoutError";
    return isTimeout ? "tooSlow" : "broken";
  }
}

function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  // A stream that cannot be cancelled has failed, and read() has said so.
  reader.cancel().catch(() => {});
}

/**
 * Bytes that come in chunks, in one piece: a client may send one byte at a
 * time, and a list of such chunks would take a hundred times their size.
 */
class Gathered {
  /** How many there are. */
  count = 0;
  #room = new Uint8Array(0);

  /** Adds `chunk`, copied. */
  add(chunk: Uint8Array): void {
    const count = this.count + chunk.length;
    if (count > this.#room.length) this.#grow(count);
    this.#room.set(chunk, this.count);
    this.count = count;
  }

  #grow(bytesMin: number): void {
    const bytes = Math.max(bytesMin, 2 * this.#room.length);
    this.#room = new Uint8Array(this.#room.buffer.transfer(bytes));
  }

  /** Hands all of them over, in a buffer of their size. */
  take(): Uint8Array {
    return new Uint8Array(this.#room.buffer.transfer(this.count));
  }
}
