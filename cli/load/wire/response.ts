/**
 * HTTP/1.1 responses off a connection, as RFC 9112 frames them.
 *
 * Bodies are passed on as they come, so a long one takes no memory.
 *
 * @module
 */

import {
  LINE_BYTES_MAX,
  ProtocolError,
  type Reader,
  type Sink,
} from "./reader.ts";

/** What the head of a response says. */
export interface Head {
  /** Status code, 100 to 999. */
  readonly status: number;
  /** All of it, up to the empty line. */
  readonly text: string;
  /** How the body ends. */
  readonly framing: Framing;
  /** Whether the connection ends with it. */
  readonly isLast: boolean;
}

/** How a body ends. */
export type Framing =
  | { readonly type: "none" }
  | { readonly type: "length"; readonly bytes: number }
  | { readonly type: "chunks" }
  | { readonly type: "end" };

const LATIN1 = new TextDecoder("latin1");

/**
 * Reads the responses of one connection, one after another: each its head, then
 * its body.
 */
export class ResponseReader {
  readonly #reader: Reader;
  readonly #isHeadRequest: boolean;
  #lastBytes: Uint8Array = new Uint8Array(0);
  #last: Head | undefined;

  /** @param isHeadRequest Whether what is asked by is HEAD: then no response has a body. */
  constructor(reader: Reader, isHeadRequest: boolean) {
    this.#reader = reader;
    this.#isHeadRequest = isHeadRequest;
  }

  /**
   * Reads the head of the next response; those that are not final are skipped.
   *
   * @returns It, or undefined when the connection ended before its first byte.
   * @throws {ProtocolError} What came is no response.
   */
  async head(): Promise<Head | undefined> {
    const reader = this.#reader;
    if (reader.waitingBytes === 0 && !await reader.more()) return undefined;
    for (;;) {
      const head = await this.#anyHead();
      if (head.status >= 200 || head.status === 101) return head;
    }
  }

  // Most heads are those before, until the second of their date is over.
  async #anyHead(): Promise<Head> {
    if (this.#last !== undefined && this.#reader.takes(this.#lastBytes)) {
      return this.#last;
    }
    const bytes = await this.#reader.head();
    const head = parseHead(LATIN1.decode(bytes), this.#isHeadRequest);
    this.#lastBytes = bytes.slice();
    this.#last = head;
    return head;
  }

  /**
   * Reads the body that `head` announced, and hands it to `sink`.
   *
   * @throws {ProtocolError} It is not framed as it should be, or ends too early.
   */
  async body({ framing }: Head, sink: Sink): Promise<void> {
    switch (framing.type) {
      case "none":
        return;
      case "length":
        return await this.#reader.pass(framing.bytes, sink);
      case "chunks":
        return await this.#chunks(sink);
      case "end":
        return await this.#reader.passAll(sink);
    }
  }

  async #chunks(sink: Sink): Promise<void> {
    for (;;) {
      const bytes = parseChunkBytes(LATIN1.decode(await this.#reader.line()));
      if (bytes === 0) break;
      await this.#reader.pass(bytes, sink);
      if ((await this.#reader.line()).length > 2) {
        throw new ProtocolError("Cannot find the end of a chunk");
      }
    }
    await this.#trailers();
  }

  async #trailers(): Promise<void> {
    for (let bytes = 0;;) {
      const { length } = await this.#reader.line();
      bytes += length;
      if (length <= 2) return;
      if (bytes <= LINE_BYTES_MAX) continue;
      throw new ProtocolError(
        `Cannot read trailers longer than bytes: ${LINE_BYTES_MAX}`,
      );
    }
  }
}

/**
 * The value of a field of `head`; empty when it has none.
 *
 * @param name Letters, digits and dashes.
 */
export function fieldOf({ text }: Head, name: string): string {
  const field = new RegExp(`\\r\\n${name}:[ \\t]*([^\\r]*?)[ \\t]*\\r`, "i");
  return field.exec(text)?.[1] ?? "";
}

// Its last empty line is included.
function parseHead(text: string, isHeadRequest: boolean): Head {
  const [, minor, digits] = /^HTTP\/1\.([01]) ([1-9]\d\d)[ \r]/.exec(text) ??
    [];
  if (digits === undefined) {
    throw new ProtocolError(`Cannot read a status line: ${firstLine(text)}`);
  }
  const status = Number(digits);
  const framing = framingOf(text, status, isHeadRequest);
  const isClosed = /\r\nconnection:[^\r]*\bclose\b/i.test(text);
  return {
    status,
    text,
    framing,
    isLast: minor === "0" || isClosed || framing.type === "end",
  };
}

function framingOf(
  text: string,
  status: number,
  isHeadRequest: boolean,
): Framing {
  const isBodiless = status < 200 || status === 204 || status === 304;
  if (isHeadRequest || isBodiless) return { type: "none" };
  if (/\r\ntransfer-encoding:[^\r]*chunked[ \t]*\r/i.test(text)) {
    return { type: "chunks" };
  }
  const length = /\r\ncontent-length:[ \t]*([^\r]*?)[ \t]*\r/i.exec(text)?.[1];
  if (length === undefined) return { type: "end" };
  if (/^\d{1,15}$/.test(length)) {
    return { type: "length", bytes: Number(length) };
  }
  throw new ProtocolError(`Cannot read a content length: ${length}`);
}

function parseChunkBytes(line: string): number {
  const digits = /^([0-9a-f]{1,8})[ \t]*(?:;[^\r]*)?\r\n$/i.exec(line)?.[1];
  if (digits !== undefined) return parseInt(digits, 16);
  throw new ProtocolError(`Cannot read a chunk size: ${firstLine(line)}`);
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf("\r")).slice(0, 80);
}
