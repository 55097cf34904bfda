/**
 * WebSocket frames, as RFC 6455 has them, from the client's side.
 *
 * @module
 */

import { ProtocolError, type Reader } from "./reader.ts";

/** What a frame is: RFC 6455, section 5.2. */
export const OPCODE = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** The longest payload of a frame about the connection, in bytes. */
const CONTROL_BYTES_MAX = 125;

// A mask hides from old proxies what is sent; any will do.
const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

/** A whole message, or a frame about the connection, as a client sends it. */
export function clientFrame(
  opcode: number,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const length = lengthBytes(payload.length);
  const frame = new Uint8Array(1 + length.length + 4 + payload.length);
  frame[0] = 0x80 | opcode;
  frame.set(length, 1);
  frame[1]! |= 0x80;
  frame.set(MASK, 1 + length.length);
  const start = 1 + length.length + 4;
  payload.forEach((byte, at) => frame[start + at] = byte ^ MASK[at & 3]!);
  return frame;
}

function lengthBytes(length: number): Uint8Array {
  if (length < 126) return Uint8Array.of(length);
  const bytes = new Uint8Array(length < 65_536 ? 3 : 9);
  const view = new DataView(bytes.buffer);
  bytes[0] = length < 65_536 ? 126 : 127;
  if (length < 65_536) view.setUint16(1, length);
  else view.setBigUint64(1, BigInt(length));
  return bytes;
}

/** What came from a server. */
export type Arrival =
  /** A message, all of it. */
  | { readonly type: "message" }
  /** A frame that wants to be answered by its payload. */
  | { readonly type: "ping"; readonly payload: Uint8Array<ArrayBuffer> }
  /** The server ends the connection; 1005 when it does not say why. */
  | { readonly type: "close"; readonly code: number };

const MESSAGE: Arrival = { type: "message" };

interface FrameHead {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly bytes: number;
}

/**
 * Reads up to the next message, ping or close; payloads of messages are
 * skipped, so a long one takes no memory.
 *
 * @throws {ProtocolError} What came is no frame of a server without extensions,
 * or the connection ended.
 */
export async function nextArrival(reader: Reader): Promise<Arrival> {
  for (;;) {
    const { opcode, isLast, bytes } = await frameHead(reader);
    if (opcode < OPCODE.close) {
      await reader.pass(bytes, ignore);
      if (isLast) return MESSAGE;
      continue;
    }
    const arrival = controlOf(opcode, await reader.exactly(bytes));
    if (arrival !== undefined) return arrival;
  }
}

function ignore(): void {}

async function frameHead(reader: Reader): Promise<FrameHead> {
  const [first = 0, second = 0] = await reader.exactly(2);
  const opcode = first & 0x0f;
  const isLast = (first & 0x80) !== 0;
  const isKnown = opcode <= OPCODE.binary ||
    opcode >= OPCODE.close && opcode <= OPCODE.pong && isLast;
  if (!isKnown || (first & 0x70) !== 0 || (second & 0x80) !== 0) {
    throw new ProtocolError(
      `Cannot read a frame that begins with: ${[first, second].join(", ")}`,
    );
  }
  const bytes = await payloadBytes(reader, second);
  if (opcode < OPCODE.close || bytes <= CONTROL_BYTES_MAX) {
    return { opcode, isLast, bytes };
  }
  throw new ProtocolError(`Cannot read a frame about more bytes: ${bytes}`);
}

async function payloadBytes(reader: Reader, short: number): Promise<number> {
  if (short < 126) return short;
  const bytes = await reader.exactly(short === 126 ? 2 : 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (short === 126) return view.getUint16(0);
  const long = view.getBigUint64(0);
  if (long <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(long);
  throw new ProtocolError(`Cannot read a frame of bytes: ${long}`);
}

function controlOf(opcode: number, payload: Uint8Array): Arrival | undefined {
  if (opcode === OPCODE.ping) return { type: "ping", payload: payload.slice() };
  if (opcode === OPCODE.pong) return undefined;
  const [high, low] = payload;
  const code = low === undefined ? 1005 : high! << 8 | low;
  return { type: "close", code };
}
