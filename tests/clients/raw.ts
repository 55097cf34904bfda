/**
 * Connections on which anything can be sent.
 *
 * @module
 */

/** A connection. Closed by `using`. */
export class Raw {
  readonly #conn: Deno.Conn;
  readonly #decoder = new TextDecoder();

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Connects to where `url` is, whatever is spoken there. */
  static async to(url: string): Promise<Raw> {
    const { hostname, port } = new URL(url);
    return new Raw(await Deno.connect({ hostname, port: Number(port) }));
  }

  /** Sends text in ASCII, or bytes; false when the server has closed. */
  async send(data: string | Uint8Array): Promise<boolean> {
    let left = typeof data === "string" ? new TextEncoder().encode(data) : data;
    try {
      while (left.length > 0) {
        left = left.subarray(await this.#conn.write(left));
      }
      return true;
    } catch (error) {
      if (isEnd(error)) return false;
      throw error;
    }
  }

  /** What comes next; `undefined` when the server has closed. */
  async read(): Promise<Uint8Array | undefined> {
    const piece = new Uint8Array(65_536);
    try {
      const count = await this.#conn.read(piece);
      return count === null ? undefined : piece.subarray(0, count);
    } catch (error) {
      if (isEnd(error)) return undefined;
      throw error;
    }
  }

  /** Reads until what has come matches, and returns that; or until the server closes. */
  async readUntil(pattern: RegExp): Promise<string> {
    let text = "";
    for (let piece; (piece = await this.read()) !== undefined;) {
      text += this.#decoder.decode(piece, { stream: true });
      if (pattern.test(text)) break;
    }
    return text;
  }

  /** Reads until the server closes; the first bytes that came. */
  async readAll(): Promise<string> {
    let text = "";
    for (let piece; (piece = await this.read()) !== undefined;) {
      if (text.length < 1_000) text += this.#decoder.decode(piece);
    }
    return text;
  }

  /** Goes. */
  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

function isEnd(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe;
}
