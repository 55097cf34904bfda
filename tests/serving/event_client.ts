/**
 * Event streams as their bytes.
 *
 * @module
 */

import { connect, type Connection } from "./connection.ts";

/** A client of event streams that reads when it is told to. */
export class EventClient {
  /** The status of the response. */
  readonly status: number;
  /** Name in lower case and value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly #connection: Connection;
  readonly #decoder = new TextDecoder();
  #text = "";

  private constructor(
    connection: Connection,
    status: number,
    headers: ReadonlyMap<string, string>,
  ) {
    this.#connection = connection;
    this.status = status;
    this.headers = headers;
  }

  /** Asks for `path`, with header lines of `headers`. Resolves when the head is there. */
  static async open(
    port: number,
    path = "/",
    headers: readonly string[] = [],
  ): Promise<EventClient> {
    const connection = await connect(port);
    const lines = [`GET ${path} HTTP/1.1`, "Host: a", ...headers];
    await connection.write(`${lines.join("\r\n")}\r\n\r\n`);
    const head = await connection.read("HEAD");
    return new EventClient(connection, head.status, new Map(head.headers));
  }

  /**
   * The next event, without the blank line; `"end"` when the stream was ended,
   * and `"cut"` when it broke off.
   */
  async next(): Promise<string> {
    let at: number;
    while ((at = this.#text.indexOf("\n\n")) < 0) {
      const chunk = await this.chunk();
      if (typeof chunk === "string") return chunk;
      this.#text += this.#decoder.decode(chunk, { stream: true });
    }
    const event = this.#text.slice(0, at);
    this.#text = this.#text.slice(at + 2);
    return event;
  }

  /** The next piece as it came. */
  async chunk(): Promise<Uint8Array | "end" | "cut"> {
    const size = await this.#readLine();
    if (size === undefined) return "cut";
    const bytes = await this.#readBytes(parseInt(size, 16));
    if (bytes === undefined) return "cut";
    await this.#readLine();
    return bytes.length === 0 ? "end" : bytes;
  }

  async #readBytes(count: number): Promise<Uint8Array | undefined> {
    try {
      return await this.#connection.readBytes(count);
    } catch {
      // What is not there cannot be read: the server has closed.
      return undefined;
    }
  }

  async #readLine(): Promise<string | undefined> {
    let line = "";
    while (!line.endsWith("\r\n")) {
      const bytes = await this.#readBytes(1);
      if (bytes === undefined) return undefined;
      line += String.fromCharCode(bytes[0]!);
    }
    return line.slice(0, -2);
  }

  /** Goes. */
  close(): void {
    this.#connection.close();
  }

  /** Goes. */
  [Symbol.dispose](): void {
    this.close();
  }
}
