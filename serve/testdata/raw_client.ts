/**
 * A client that sends bytes as it pleases.
 *
 * @module
 */

/** A connection to `url`, whose bytes a test writes and reads. */
export class RawClient {
  readonly #conn: Deno.Conn;
  readonly #decoder = new TextDecoder();
  #isClosed = false;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  static async connect(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    return new RawClient(await Deno.connect({ hostname, port: Number(port) }));
  }

  /** Sends all of `text`, one byte per UTF-16 code unit. */
  async send(text: string): Promise<void> {
    const bytes = Uint8Array.from(text, (unit) => unit.charCodeAt(0));
    try {
      for (let sent = 0; sent < bytes.length;) {
        sent += await this.#conn.write(bytes.subarray(sent));
      }
    } catch (error) {
      // The other side may have heard enough, and answered.
      if (!isEnd(error)) throw error;
    }
  }

  /** What comes next, up to and with `end`. */
  async readUntil(end: string): Promise<string> {
    let text = "";
    const piece = new Uint8Array(1);
    while (!text.endsWith(end)) {
      const count = await this.#conn.read(piece);
      if (count === null) throw new Error(`Ended too early: ${text}`);
      text += this.#decoder.decode(piece.subarray(0, count));
    }
    return text;
  }

  /** Reads `count` bytes and forgets them. */
  async skip(count: number): Promise<void> {
    const piece = new Uint8Array(1);
    for (let left = count; left > 0; left--) await this.#conn.read(piece);
  }

  /** All that comes until the other side ends or resets the connection. */
  async readAll(): Promise<string> {
    let text = "";
    const piece = new Uint8Array(65_536);
    try {
      for (;;) {
        const count = await this.#conn.read(piece);
        if (count === null) break;
        text += this.#decoder.decode(piece.subarray(0, count));
      }
    } catch (error) {
      // A reset comes when the other side had not read all.
      if (!isEnd(error)) throw error;
    }
    this.close();
    return text;
  }

  /** Idempotent. */
  close(): void {
    if (!this.#isClosed) this.#conn.close();
    this.#isClosed = true;
  }
}

function isEnd(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe;
}
