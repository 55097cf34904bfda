/**
 * Bytes off a connection, in lines and lengths.
 *
 * @module
 */

/** What was read is not what it should be, or ended too early. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** Where bytes come from; a `Deno.Conn` is one. */
export interface ByteSource {
  /** Reads some bytes into `target`; null at the end. */
  read(target: Uint8Array): Promise<number | null>;
}

/** Takes bytes as they come; they are the reader's again when it returns. */
export type Sink = (bytes: Uint8Array) => void;

/** The longest line, or head of a response, in bytes. */
export const LINE_BYTES_MAX: number = 64 * 1024;

// Ten thousand connections have one each.
const BUFFER_BYTES = 2 * 1024;
const BUFFER_BYTES_MAX = 2 * LINE_BYTES_MAX;

const LF = 10;

/**
 * Reads a connection from its beginning to its end.
 *
 * Invariant: 0 ≤ start ≤ end ≤ buffer.length; the bytes between start and end
 * were read and not yet taken.
 */
export class Reader {
  readonly #source: ByteSource;
  #buffer = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;
  #totalBytes = 0;

  /** A reader that has read nothing. */
  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes that were read, and not taken. */
  get waitingBytes(): number {
    return this.#end - this.#start;
  }

  /** Bytes that were read since the beginning. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Reads more. Answers whether something came. */
  async more(): Promise<boolean> {
    if (this.#start === this.#end) this.#start = this.#end = 0;
    else if (this.#end === this.#buffer.length) this.#makeRoom();
    const room = this.#buffer.length - this.#end;
    const count = await this.#source.read(this.#buffer.subarray(this.#end));
    if (count === null) return false;
    this.#end += count;
    this.#totalBytes += count;
    if (count === room) this.#grow();
    return true;
  }

  #makeRoom(): void {
    if (this.#start === 0) return this.#grow();
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  // What fills it has more to say.
  #grow(): void {
    if (this.#buffer.length >= BUFFER_BYTES_MAX) return;
    const buffer = new Uint8Array(2 * this.#buffer.length);
    buffer.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = buffer;
    this.#end -= this.#start;
    this.#start = 0;
  }

  /**
   * Takes a line, its end included, or all lines up to an empty one, that
   * included. Valid until more is read.
   *
   * @throws {ProtocolError} It is longer than {@linkcode LINE_BYTES_MAX}, or the
   * connection ended in it.
   */
  async line(): Promise<Uint8Array> {
    return await this.#through((from) => {
      const at = this.#buffer.indexOf(LF, from);
      return at < 0 || at >= this.#end ? -1 : at + 1;
    });
  }

  /** See {@linkcode Reader.line}. */
  async head(): Promise<Uint8Array> {
    return await this.#through((from) => this.#headEnd(from));
  }

  async #through(endFrom: (from: number) => number): Promise<Uint8Array> {
    for (let seen = 0;;) {
      const end = endFrom(this.#start + seen);
      if (end >= 0) return this.#takeTo(end);
      // The last three may begin the end of a head.
      seen = Math.max(0, this.waitingBytes - 3);
      if (this.waitingBytes > LINE_BYTES_MAX) {
        throw new ProtocolError(
          `Cannot read a line or head longer than bytes: ${LINE_BYTES_MAX}`,
        );
      }
      if (!await this.more()) throw endsTooEarly();
    }
  }

  #headEnd(from: number): number {
    const buffer = this.#buffer;
    for (let at = buffer.indexOf(LF, from); at >= 0 && at < this.#end;) {
      const next = buffer.indexOf(LF, at + 1);
      if (next < 0 || next >= this.#end) return -1;
      if (next - at === 2 && buffer[at + 1] === 13) return next + 1;
      at = next;
    }
    return -1;
  }

  #takeTo(end: number): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#start = end);
  }

  /** Whether what waits begins with `bytes`, which are taken then. */
  takes(bytes: Uint8Array): boolean {
    const { length } = bytes;
    if (length > this.waitingBytes) return false;
    for (let at = 0; at < length; at++) {
      if (this.#buffer[this.#start + at] !== bytes[at]) return false;
    }
    this.#start += length;
    return true;
  }

  /**
   * Takes as many bytes as asked for, at most {@linkcode LINE_BYTES_MAX}. Valid
   * until more is read.
   *
   * @throws {ProtocolError} The connection ends before.
   */
  async exactly(count: number): Promise<Uint8Array> {
    while (this.waitingBytes < count) {
      if (!await this.more()) throw endsTooEarly();
    }
    return this.#takeTo(this.#start + count);
  }

  /**
   * Takes `count` bytes, however many, and hands them to `sink` as they come.
   *
   * @throws {ProtocolError} The connection ends before.
   */
  async pass(count: number, sink: Sink): Promise<void> {
    for (let left = count; left > 0;) {
      if (this.waitingBytes === 0 && !await this.more()) throw endsTooEarly();
      const end = Math.min(this.#end, this.#start + left);
      left -= end - this.#start;
      sink(this.#takeTo(end));
    }
  }

  /** Takes all up to the end of the connection, as {@linkcode Reader.pass} does. */
  async passAll(sink: Sink): Promise<void> {
    do sink(this.#takeTo(this.#end)); while (await this.more());
  }
}

function endsTooEarly(): ProtocolError {
  return new ProtocolError("Cannot read on: the connection ended");
}
