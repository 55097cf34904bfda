/**
 * Calls on streams that wait.
 *
 * Each answers at once where nothing has to be waited for.
 *
 * @module
 */

import { CanonicalTrap } from "../../../component/canonical/mod.ts";
import { BLOCKING_WRITE_BYTES_MAX } from "../limits.ts";
import type { Waits } from "./waits.ts";
import { type InputStream, lengthOf } from "./input_stream.ts";
import type { OutputStream } from "./output_stream.ts";

/** Reads up to `length` bytes, and at least one unless that is 0. */
export function blockingRead(
  waits: Waits,
  stream: InputStream,
  length: bigint,
): Uint8Array | Promise<Uint8Array> {
  const bytes = stream.read(length);
  if (bytes.length > 0 || length === 0n) return bytes;
  return waits.until([stream]).then(() => blockingRead(waits, stream, length));
}

/** Reads as `blockingRead` does, and drops it. Returns how many bytes. */
export function blockingSkip(
  waits: Waits,
  stream: InputStream,
  length: bigint,
): bigint | Promise<bigint> {
  const bytes = blockingRead(waits, stream, length);
  if (!(bytes instanceof Promise)) return BigInt(bytes.length);
  return bytes.then((later) => BigInt(later.length));
}

/** Writes all of `bytes`, and waits until they are passed on. @throws {CanonicalTrap} They are more than WASI allows. */
export function blockingWriteAndFlush(
  waits: Waits,
  stream: OutputStream,
  bytes: Uint8Array,
): void | Promise<void> {
  insistShort(bytes.length);
  return writeAndFlush(waits, stream, bytes);
}

function insistShort(length: number | bigint): void {
  if (length <= BLOCKING_WRITE_BYTES_MAX) return;
  throw new CanonicalTrap(
    `Cannot write more than ${BLOCKING_WRITE_BYTES_MAX} bytes at once: ${length}`,
  );
}

function writeAndFlush(
  waits: Waits,
  stream: OutputStream,
  bytes: Uint8Array,
): void | Promise<void> {
  const fitting = bytes.subarray(0, stream.checkWrite());
  stream.write(fitting);
  const rest = bytes.subarray(fitting.length);
  if (rest.length === 0) return blockingFlush(waits, stream);
  return waits.until([stream]).then(() => writeAndFlush(waits, stream, rest));
}

/** Writes `length` zeros, as `blockingWriteAndFlush` does. */
export function blockingWriteZeroesAndFlush(
  waits: Waits,
  stream: OutputStream,
  length: bigint,
): void | Promise<void> {
  insistShort(length);
  return writeAndFlush(waits, stream, new Uint8Array(Number(length)));
}

/** Waits until all that was written is passed on. */
export function blockingFlush(
  waits: Waits,
  stream: OutputStream,
): void | Promise<void> {
  stream.flush();
  if (stream.isReady) return void stream.checkWrite();
  return waits.until([stream]).then(() => void stream.checkWrite());
}

/** Moves up to `length` bytes from `source` to `stream`, as many as are there and fit. Returns how many. */
export function splice(
  stream: OutputStream,
  source: InputStream,
  length: bigint,
): bigint {
  const room = stream.checkWrite();
  const bytesMax = Math.min(room, lengthOf(length));
  const bytes = source.read(BigInt(bytesMax));
  stream.write(bytes);
  return BigInt(bytes.length);
}

/** Moves as `splice` does, and at least one byte unless `length` is 0. */
export async function blockingSplice(
  waits: Waits,
  stream: OutputStream,
  source: InputStream,
  length: bigint,
): Promise<bigint> {
  for (;;) {
    if (!stream.isReady) await waits.until([stream]);
    const moved = splice(stream, source, length);
    if (moved > 0n || length === 0n) return moved;
    if (!source.isReady) await waits.until([source]);
  }
}
