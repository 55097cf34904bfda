/**
 * HTTP/1.1 responses off a connection, as RFC 9112 frames them.
 *
 * @module
 */

/** One response. */
export interface HttpResponse {
  /** Status code, 200 to 999; interim responses are skipped. */
  readonly status: number;
  /** The body, without its framing. Valid until the next response is read. */
  readonly body: Uint8Array;
  /** Whether the server will close the connection. */
  readonly isLast: boolean;
}

/** What was read is not a response, or ended within one. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** The most bytes of one response that are kept: heading and body, or one chunk. */
export const RESPONSE_BYTES_MAX: number = 2 ** 20;

const BUFFER_BYTES = 2 ** 14;
const CR = 13;
const LF = 10;
const LATIN1 = new TextDecoder("latin1");

/** Where bytes come from: a `Deno.Conn` is one. */
export interface ByteSource {
  /** Reads some bytes into `target`; null at the end. */
  read(target: Uint8Array): Promise<number | null>;
}

/** What the heading of a response says. */
interface Heading {
  readonly status: number;
  /** Bytes of the body; undefined when chunked, or until the end. */
  readonly contentLength: number | undefined;
  readonly isChunked: boolean;
  readonly isLast: boolean;
}

/**
 * Reads the responses of one connection, one after another.
 *
 * Invariant: 0 ≤ start ≤ end ≤ buffer.length; the bytes between start and end
 * were read and not yet used.
 */
export class ResponseReader {
  readonly #source: ByteSource;
  #buffer = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  /** A reader that has read nothing. */
  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes that were read and belong to no response yet. */
  get leftoverBytes(): number {
    return this.#end - this.#start;
  }

  /**
   * Reads the next response.
   *
   * @returns It, or undefined when the connection ended before its first byte.
   * @throws {ProtocolError} What came is not a response, is longer than
   * {@linkcode RESPONSE_BYTES_MAX}, or ends too early.
   */
  async next(): Promise<HttpResponse | undefined> {
    if (this.leftoverBytes === 0 && !await this.#fill()) return undefined;
    for (;;) {
      const heading = parseHeading(await this.#heading());
      if (heading.status < 200) continue;
      const body = await this.#body(heading);
      return { status: heading.status, body, isLast: heading.isLast };
    }
  }

  /** The heading, its last empty line included. */
  async #heading(): Promise<string> {
    return LATIN1.decode(await this.#through(CR, LF, CR, LF));
  }

  async #body(heading: Heading): Promise<Uint8Array> {
    const { status, contentLength, isChunked } = heading;
    if (isBodiless(status)) return new Uint8Array(0);
    if (isChunked) return await this.#chunks();
    if (contentLength !== undefined) return await this.#take(contentLength);
    while (await this.#fill()) { /* the body ends with the connection */ }
    return await this.#take(this.leftoverBytes);
  }

  async #chunks(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (let bytes = 0;;) {
      const chunkBytes = parseChunkBytes(LATIN1.decode(await this.#line()));
      if (chunkBytes === 0) break;
      bytes += chunkBytes;
      if (bytes > RESPONSE_BYTES_MAX) throw tooLong();
      chunks.push((await this.#take(chunkBytes)).slice());
      if ((await this.#line()).length > 2) {
        throw new ProtocolError("Cannot find the end of a chunk");
      }
    }
    while ((await this.#line()).length > 2) { /* trailer fields */ }
    return concat(chunks);
  }

  #line(): Promise<Uint8Array> {
    return this.#through(CR, LF);
  }

  /** Takes the bytes up to and with the first `mark`. */
  async #through(...mark: readonly number[]): Promise<Uint8Array> {
    for (let from = this.#start;;) {
      const at = indexOf(this.#buffer, mark, from, this.#end);
      if (at >= 0) return await this.#take(at + mark.length - this.#start);
      const seen = Math.max(0, this.leftoverBytes - mark.length + 1);
      if (!await this.#fill()) throw tooShort();
      from = this.#start + seen;
    }
  }

  async #take(bytes: number): Promise<Uint8Array> {
    if (bytes > RESPONSE_BYTES_MAX) throw tooLong();
    while (this.leftoverBytes < bytes) {
      if (!await this.#fill()) throw tooShort();
    }
    return this.#buffer.subarray(this.#start, this.#start += bytes);
  }

  /** Reads more. Returns false at the end of the connection. */
  async #fill(): Promise<boolean> {
    if (this.leftoverBytes === 0) this.#start = this.#end = 0;
    else if (this.#end === this.#buffer.length) this.#makeRoom();
    const target = this.#buffer.subarray(this.#end);
    const count = await this.#source.read(target);
    this.#end += count ?? 0;
    return count !== null;
  }

  #makeRoom(): void {
    const bytes = this.leftoverBytes;
    if (bytes > RESPONSE_BYTES_MAX) throw tooLong();
    const isHalfFull = bytes * 2 > this.#buffer.length;
    const target = isHalfFull
      ? new Uint8Array(2 * this.#buffer.length)
      : this.#buffer;
    target.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = target;
    this.#start = 0;
    this.#end = bytes;
  }
}

function parseHeading(text: string): Heading {
  const [, minor, status] = /^HTTP\/1\.([01]) ([1-9]\d\d)[ \r]/.exec(text) ??
    [];
  if (status === undefined) {
    throw new ProtocolError(`Cannot read a status line: ${firstLine(text)}`);
  }
  const length = /\r\ncontent-length:[ \t]*([^\r]*?)[ \t]*\r/i.exec(text)?.[1];
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new ProtocolError(`Cannot read a content length: ${length}`);
  }
  const isChunked = /\r\ntransfer-encoding:[^\r]*chunked[ \t]*\r/i.test(text);
  const isFramed = isChunked || length !== undefined ||
    isBodiless(Number(status));
  const isClosed = /\r\nconnection:[^\r]*\bclose\b/i.test(text);
  return {
    status: Number(status),
    contentLength: isChunked || length === undefined
      ? undefined
      : Number(length),
    isChunked,
    isLast: minor === "0" || isClosed || !isFramed,
  };
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf("\r")).slice(0, 80);
}

function parseChunkBytes(line: string): number {
  const digits = /^([0-9a-f]{1,8})[ \t]*(?:;[^\r]*)?\r\n$/i.exec(line)?.[1];
  if (digits !== undefined) return parseInt(digits, 16);
  throw new ProtocolError(`Cannot read a chunk size: ${firstLine(line)}`);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Index of the first `mark` in `bytes` from `from` to `end`, or -1. */
function indexOf(
  bytes: Uint8Array,
  mark: readonly number[],
  from: number,
  end: number,
): number {
  const first = mark[0]!;
  for (let at = bytes.indexOf(first, from); at >= 0;) {
    if (at + mark.length > end) return -1;
    if (mark.every((byte, index) => bytes[at + index] === byte)) return at;
    at = bytes.indexOf(first, at + 1);
  }
  return -1;
}

function tooLong(): ProtocolError {
  return new ProtocolError(
    `Cannot read a response longer than bytes: ${RESPONSE_BYTES_MAX}`,
  );
}

function tooShort(): ProtocolError {
  return new ProtocolError("Cannot read a response that ends too early");
}
