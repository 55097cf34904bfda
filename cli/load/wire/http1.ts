/**
 * Asking over HTTP/1.1, one request at a time.
 *
 * @module
 */

import { digestOf, EMPTY_DIGEST } from "./digest.ts";
import { ProtocolError, Reader } from "./reader.ts";
import { ResponseReader } from "./response.ts";
import { close, type Socket } from "./socket.ts";

/** What was answered. */
export interface Answer {
  /** Status code. */
  readonly status: number;
  /** Tells bodies apart, when that was asked for. */
  readonly digest: number;
  /** Whether nothing more can be asked. */
  readonly isLast: boolean;
  /** Bytes that came for it. */
  readonly bytes: number;
}

/** What can be asked, again and again. */
export interface Asker {
  /**
   * Asks once.
   *
   * @returns Undefined when the server had ended the connection before.
   * @throws What broke the connection. Then it is to be closed.
   */
  ask(): Promise<Answer | undefined>;
  /** Closes the connection. Harmless when it is closed. */
  close(): void;
}

/** How {@linkcode Http1} asks. */
export interface AskOptions {
  /** The whole request. */
  readonly request: Uint8Array<ArrayBuffer>;
  /** Whether it is a HEAD. */
  readonly isHead: boolean;
  /** Whether answers have a digest. */
  readonly wantsDigest: boolean;
}

/** A connection that is asked the same again and again. */
export class Http1 implements Asker {
  readonly #socket: Socket;
  readonly #options: AskOptions;
  readonly #reader: Reader;
  readonly #responses: ResponseReader;
  #digest = EMPTY_DIGEST;
  readonly #sink: (bytes: Uint8Array) => void;

  /** @param socket The connection's from now on. */
  constructor(socket: Socket, options: AskOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#reader = new Reader(socket);
    this.#responses = new ResponseReader(this.#reader, options.isHead);
    this.#sink = options.wantsDigest
      ? (bytes) => void (this.#digest = digestOf(bytes, this.#digest))
      : () => {};
  }

  /** See {@linkcode Asker.ask}. */
  async ask(): Promise<Answer | undefined> {
    const before = this.#reader.totalBytes;
    try {
      return await this.#ask(before);
    } catch (error) {
      // Not a failure of this request when it was over before it was asked.
      if (isGone(error) && this.#reader.totalBytes === before) return undefined;
      throw error;
    }
  }

  async #ask(before: number): Promise<Answer | undefined> {
    await sendWhole(this.#socket, this.#options.request);
    const head = await this.#responses.head();
    if (head === undefined) return undefined;
    this.#digest = EMPTY_DIGEST;
    await this.#responses.body(head, this.#sink);
    if (this.#reader.waitingBytes > 0) {
      throw new ProtocolError("Cannot use more bytes than the response has");
    }
    return {
      status: head.status,
      digest: this.#digest,
      isLast: head.isLast,
      bytes: this.#reader.totalBytes - before,
    };
  }

  /** Resolves when the server ends the connection. Nothing is to be asked then. */
  async ended(): Promise<void> {
    await this.#reader.passAll(() => {});
  }

  /** See {@linkcode Asker.close}. */
  close(): void {
    close(this.#socket);
  }
}

/** Writes all of `bytes`, unless the server stops reading. */
export async function sendWhole(
  socket: Socket,
  bytes: Uint8Array,
): Promise<void> {
  try {
    for (let sent = 0; sent < bytes.length;) {
      sent += await socket.write(bytes.subarray(sent));
    }
  } catch (error) {
    // A server may answer and close before it has read everything: whoever
    // reads next finds the answer, or that there is none.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted;
}
