/**
 * Bodies that are read from a file as they are taken.
 *
 * @module
 */

import { BODY_PIECE_BYTES } from "../limits.ts";

/** What of a file is sent. */
export interface Piece {
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** How much it is, in bytes; at least 1. */
  readonly length: number;
}

/**
 * A body of `length` bytes of `file`, which it takes: the file is closed when
 * they are sent, when reading fails, and when nobody takes them any more. One
 * that has grown is cut; one that has shrunk breaks the body off.
 */
export function fileBody(
  file: Deno.FsFile,
  { offset, length }: Piece,
): ReadableStream<Uint8Array> {
  let left = length;
  return new ReadableStream({
    async start() {
      if (offset > 0) await file.seek(offset, Deno.SeekMode.Start);
    },
    async pull(controller) {
      try {
        const bytes = await readSome(file, left);
        left -= bytes.length;
        controller.enqueue(bytes);
      } catch (error) {
        file.close();
        throw error;
      }
      if (left > 0) return;
      file.close();
      controller.close();
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
}

async function readSome(
  file: Deno.FsFile,
  left: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.min(left, BODY_PIECE_BYTES));
  const count = await file.read(bytes);
  if (count !== null) return bytes.subarray(0, count);
  throw new Deno.errors.UnexpectedEof(
    `Cannot send a file that has become shorter: ${left} bytes are missing`,
  );
}
