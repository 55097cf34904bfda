/**
 * Compression of a response that never knows what comes next.
 *
 * @module
 */

import { constants, crc32, deflateRawSync } from "node:zlib";
import { COMPRESSED_BYTES_MIN } from "../limits.ts";

/**
 * Makes a gzip file of chunks, each of which can be inflated when it is there.
 *
 * Each is compressed by itself, so that a stream which waits holds 8 bytes, and
 * not the 256 KiB of a compressor; small ones are stored.
 *
 * @see RFC 1951 and RFC 1952.
 */
export class GzipChunks {
  #crc = 0;
  #byteCount = 0;
  #isBegun = false;

  /** What is sent for `bytes`. */
  add(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    this.#crc = crc32(bytes, this.#crc);
    this.#byteCount += bytes.length;
    const head = this.#isBegun ? NOTHING : HEAD;
    this.#isBegun = true;
    return join([head, ...blocksOf(bytes)]);
  }

  /** What is sent last. */
  end(): Uint8Array<ArrayBuffer> {
    const head = this.#isBegun ? NOTHING : HEAD;
    const sums = new DataView(new ArrayBuffer(8));
    sums.setUint32(0, this.#crc, true);
    // Modulo 2³², as the format has it.
    sums.setUint32(4, this.#byteCount % 2 ** 32, true);
    return join([head, LAST_BLOCK, new Uint8Array(sums.buffer)]);
  }
}

const NOTHING = new Uint8Array();

// Deflate, no name, no time, an unknown system.
const HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

// Empty, with fixed codes.
const LAST_BLOCK = Uint8Array.of(3, 0);

// Both kinds end at a byte, and refer to nothing before.
function blocksOf(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length >= COMPRESSED_BYTES_MIN) {
    return [deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })];
  }
  const head = new DataView(new ArrayBuffer(5));
  head.setUint16(1, bytes.length, true);
  head.setUint16(3, ~bytes.length, true);
  return [new Uint8Array(head.buffer), bytes];
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const byteCount = parts.reduce((sum, { length }) => sum + length, 0);
  const whole = new Uint8Array(byteCount);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Whether a client that sends this `Accept-Encoding` takes gzip.
 *
 * @see RFC 9110, section 12.5.3.
 */
export function acceptsGzip(accepted: string | null): boolean {
  const weights = new Map(
    (accepted ?? "").toLowerCase().split(",").map((part) => {
      const [name = "", ...parameters] = part.split(";").map((it) => it.trim());
      const weight = parameters.find((it) => it.startsWith("q="));
      return [name, weight === undefined ? 1 : Number(weight.slice(2))];
    }),
  );
  const weight = weights.get("gzip") ?? weights.get("x-gzip") ??
    weights.get("*") ?? 0;
  return weight > 0;
}
