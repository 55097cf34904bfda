/**
 * HTTP/1.1 as bytes on a socket, to see what a client library hides.
 *
 * @module
 */

/** A response as it came. */
export interface RawResponse {
  /** Status code. */
  readonly status: number;
  /** Name in lower case and value of each header, in order, as Latin-1. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** As long as the headers say. */
  readonly body: Uint8Array;
}

/** Opens a connection to `port` of this machine. */
export async function connect(port: number): Promise<Connection> {
  return new Connection(await Deno.connect({ hostname: "127.0.0.1", port }));
}

/**
 * A connection to a server. Closed by `using`.
 *
 * Invariant: `#rest` holds what was read beyond the last response.
 */
export class Connection {
  readonly #socket: Deno.TcpConn;
  readonly #chunk = new Uint8Array(64 * 1024);
  #rest = new Uint8Array(0);

  /** Takes `socket`. */
  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  /** Sends bytes, or text in Latin-1. */
  async write(data: string | Uint8Array): Promise<void> {
    let bytes = typeof data === "string" ? toLatin1(data) : data;
    while (bytes.length > 0) {
      bytes = bytes.subarray(await this.#socket.write(bytes));
    }
  }

  /**
   * Reads a response, interim ones too.
   *
   * @param method Of the request: what answers HEAD has no body.
   * @throws {Error} The server has closed the connection.
   */
  async read(method = "GET"): Promise<RawResponse> {
    const headBytes = await this.#readUntilBlankLine();
    const [statusLine = "", ...lines] = fromLatin1(headBytes).split("\r\n");
    const status = Number(statusLine.split(" ")[1]);
    const headers = lines.map(readHeader);
    const count = hasBody(method, status) ? lengthOf(headers) : 0;
    return { status, headers, body: await this.readBytes(count) };
  }

  /** Whether the server closes the connection, without another byte. */
  async isEnded(): Promise<boolean> {
    return this.#rest.length === 0 && !await this.#fill();
  }

  /** Closes this end. Idempotent. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes this end. Idempotent. */
  close(): void {
    try {
      this.#socket.close();
    } catch (error) {
      // It was closed before.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #readUntilBlankLine(): Promise<Uint8Array> {
    for (;;) {
      const end = fromLatin1(this.#rest).indexOf("\r\n\r\n");
      if (end >= 0) return this.#take(end + 4).subarray(0, end);
      await this.#mustFill();
    }
  }

  /** Reads so many bytes. @throws {Error} The server has closed the connection before. */
  async readBytes(count: number): Promise<Uint8Array> {
    while (this.#rest.length < count) await this.#mustFill();
    return this.#take(count);
  }

  #take(count: number): Uint8Array {
    const taken = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    return taken;
  }

  async #mustFill(): Promise<void> {
    if (await this.#fill()) return;
    throw new Error("Cannot read a response: the connection has ended");
  }

  async #fill(): Promise<boolean> {
    const count = await this.#socket.read(this.#chunk);
    if (count === null) return false;
    const rest = new Uint8Array(this.#rest.length + count);
    rest.set(this.#rest);
    rest.set(this.#chunk.subarray(0, count), this.#rest.length);
    this.#rest = rest;
    return true;
  }
}

function readHeader(line: string): [name: string, value: string] {
  const at = line.indexOf(":");
  return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
}

/** The values of `name`, in order. */
export function valuesOf({ headers }: RawResponse, name: string): string[] {
  return headers.filter((header) => header[0] === name).map(([, value]) =>
    value
  );
}

// RFC 9112, section 6.3.
function hasBody(method: string, status: number): boolean {
  return method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
}

function lengthOf(headers: RawResponse["headers"]): number {
  const lengths = headers.filter(([name]) => name === "content-length");
  if (lengths.length === 1) return Number(lengths[0]![1]);
  throw new Error(`Cannot tell the length of a body: ${lengths.length} say it`);
}

function toLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

// `TextDecoder` takes "latin1" for Windows-1252, which differs in 27 places.
function fromLatin1(bytes: Uint8Array): string {
  return bytes.reduce((text, byte) => text + String.fromCharCode(byte), "");
}
