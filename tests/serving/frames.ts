/**
 * WebSockets as bytes on a socket, to send what a client library does not.
 *
 * @module
 */

import { connect, type Connection, type RawResponse } from "./connection.ts";

/** A frame as it comes from a server. */
export interface RawFrame {
  /** Whether it is the last of its message. */
  readonly isLast: boolean;
  /** The three reserved bits. */
  readonly reserved: number;
  /** What it is. */
  readonly opcode: number;
  /** What is in it. */
  readonly payload: Uint8Array;
}

/** How a frame is sent. */
export interface FrameOptions {
  /** Whether it is the last of its message; true when absent. */
  readonly isLast?: boolean;
  /** The three reserved bits; 0 when absent. */
  readonly reserved?: number;
  /** Whether it is masked; true when absent. */
  readonly isMasked?: boolean;
  /** The length that it says; its own when absent. */
  readonly length?: bigint;
  /** Of the extended length; as short as it can be when absent. */
  readonly lengthBytes?: 0 | 2 | 8;
}

/** Opcodes of RFC 6455, section 5.2. */
export const OPCODE = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

const HEAD = [
  "Host: rusm",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
];

const MASK = Uint8Array.of(1, 2, 3, 4);

/** A frame of a client. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = "",
  options: FrameOptions = {},
): Uint8Array {
  const { isLast = true, reserved = 0, isMasked = true } = options;
  const bytes = bytesOf(payload);
  const first = Number(isLast) << 7 | reserved << 4 | opcode;
  const [short, extended] = lengthOf(bytes, options);
  const masked = isMasked
    ? bytes.map((byte, at) => byte ^ MASK[at % 4]!)
    : bytes;
  return concat([
    Uint8Array.of(first, Number(isMasked) << 7 | short),
    extended,
    ...(isMasked ? [MASK] : []),
    masked,
  ]);
}

function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === "string"
    ? new TextEncoder().encode(payload)
    : payload;
}

function lengthOf(
  { length: own }: Uint8Array,
  { length = BigInt(own), lengthBytes }: FrameOptions,
): [short: number, extended: Uint8Array] {
  const count = lengthBytes ?? (length < 126n ? 0 : length < 65_536n ? 2 : 8);
  if (count === 0) return [Number(length), new Uint8Array(0)];
  const view = new DataView(new ArrayBuffer(count));
  if (count === 2) view.setUint16(0, Number(length));
  else view.setBigUint64(0, length);
  return [count === 2 ? 126 : 127, new Uint8Array(view.buffer)];
}

/** The payload of a close frame. */
export function closing(code: number, reason = ""): Uint8Array {
  return concat([Uint8Array.of(code >> 8, code & 255), bytesOf(reason)]);
}

/** One piece of several. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A WebSocket over a connection. Closed by `using`. */
export class RawWebSocket {
  /** The connection, to write frames to. */
  readonly connection: Connection;
  /** What the request was answered by. */
  readonly response: RawResponse;

  /** A connection that has become a WebSocket. */
  constructor(connection: Connection, response: RawResponse) {
    this.connection = connection;
    this.response = response;
  }

  /** Asks `port` of this machine for a WebSocket at `path`. */
  static async open(
    port: number,
    path = "/",
    headers: readonly string[] = [],
  ): Promise<RawWebSocket> {
    const connection = await connect(port);
    const lines = [`GET ${path} HTTP/1.1`, ...HEAD, ...headers];
    await connection.write(`${lines.join("\r\n")}\r\n\r\n`);
    return new RawWebSocket(connection, await connection.read());
  }

  /** Sends a frame. */
  async send(...parts: Parameters<typeof frame>): Promise<void> {
    await this.connection.write(frame(...parts));
  }

  /** Reads a frame. @throws {Error} The connection has ended. */
  async read(): Promise<RawFrame> {
    const [first, second] = await this.connection.readBytes(2);
    const short = second! & 127;
    return {
      isLast: first! >> 7 === 1,
      reserved: first! >> 4 & 7,
      opcode: first! & 15,
      payload: await this.connection.readBytes(await this.#length(short)),
    };
  }

  async #length(short: number): Promise<number> {
    if (short < 126) return short;
    const bytes = await this.connection.readBytes(short === 126 ? 2 : 8);
    return bytes.reduce((length, byte) => length * 256 + byte, 0);
  }

  /** Reads a frame, as `text hello`, `close 1000 bye`, or `end` when there is none. */
  async next(): Promise<string> {
    try {
      return describe(await this.read());
    } catch {
      // A connection that is reset has ended, too.
      return "end";
    }
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}

function describe({ opcode, payload }: RawFrame): string {
  const [name] = Object.entries(OPCODE).find(([, code]) => code === opcode)!;
  if (opcode !== OPCODE.close) {
    return `${name} ${new TextDecoder().decode(payload)}`.trim();
  }
  const [high = 0, low = 0, ...reason] = payload;
  const text = new TextDecoder().decode(Uint8Array.from(reason));
  return `close ${payload.length === 0 ? "" : high << 8 | low} ${text}`.trim();
}
