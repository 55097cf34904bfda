/**
 * A client of HTTP/2 that does nothing on its own.
 *
 * @module
 */

/** A frame, as RFC 9113, section 4.1, has it. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  /** Below 256 here. */
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** Types of frames. */
export const DATA = 0;
export const HEADERS = 1;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;

/** END_STREAM, and of SETTINGS and PING: ACK. */
const LAST = 1;
const END_HEADERS = 4;

// By index: GET, http, /. As a literal with the name by index: the authority x.
const GET = [0x82, 0x86, 0x84, 0x41, 1, 0x78];

/** A connection by prior knowledge, whose frames a test writes and reads. */
export class Http2Client {
  readonly #conn: Deno.Conn;
  #unread = new Uint8Array();

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  static async connect(url: string): Promise<Http2Client> {
    const { hostname, port } = new URL(url);
    const conn = await Deno.connect({ hostname, port: Number(port) });
    const client = new Http2Client(conn);
    await client.#write(encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    await client.send(SETTINGS);
    return client;
  }

  /** Asks for `/` on `stream`. */
  get(stream: number): Promise<void> {
    return this.send(HEADERS, END_HEADERS | LAST, stream, GET);
  }

  /** Acknowledges SETTINGS or PING. */
  acknowledge({ type, payload }: Frame): Promise<void> {
    return this.send(type, LAST, 0, type === PING ? payload : []);
  }

  async send(
    type: number,
    flags = 0,
    stream = 0,
    payload: ArrayLike<number> = [],
  ): Promise<void> {
    const head = [0, 0, payload.length, type, flags, 0, 0, 0, stream];
    await this.#write(Uint8Array.from([...head, ...Array.from(payload)]));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#conn.write(bytes.subarray(sent));
    }
  }

  /** The next frame of one of `types`; undefined when the connection ends before. */
  async next(...types: readonly number[]): Promise<Frame | undefined> {
    for (;;) {
      const frame = await this.#read();
      if (frame === undefined || types.includes(frame.type)) return frame;
    }
  }

  async #read(): Promise<Frame | undefined> {
    const head = await this.#take(9);
    if (head === undefined) return undefined;
    const length = head[0]! * 65_536 + head[1]! * 256 + head[2]!;
    const payload = await this.#take(length);
    if (payload === undefined) return undefined;
    return { type: head[3]!, flags: head[4]!, stream: head[8]!, payload };
  }

  async #take(count: number): Promise<Uint8Array | undefined> {
    const piece = new Uint8Array(65_536);
    while (this.#unread.length < count) {
      const got = await this.#conn.read(piece);
      if (got === null) return undefined;
      this.#unread = Uint8Array.of(...this.#unread, ...piece.subarray(0, got));
    }
    const taken = this.#unread.subarray(0, count);
    this.#unread = this.#unread.slice(count);
    return taken;
  }

  close(): void {
    this.#conn.close();
  }
}

const encoder = new TextEncoder();
