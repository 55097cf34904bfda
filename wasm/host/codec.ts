/**
 * Compression, for the guest's `CompressionStream` and `DecompressionStream`.
 *
 * By `node:zlib`, whose streams stop when nobody reads: Deno's own
 * `DecompressionStream` inflates all that it is given at once, a thousand
 * times its size.
 *
 * @module
 */

import * as zlib from "node:zlib";

import { type Codec, CODECS } from "../script/ops.ts";
import type { Pipe } from "../script/web/pipes.ts";

// A window of a megabyte: the default takes sixteen for each compressor.
const BROTLI = {
  params: {
    [zlib.constants.BROTLI_PARAM_LGWIN]: 20,
    [zlib.constants.BROTLI_PARAM_QUALITY]: 5,
  },
};

/** What makes each codec: first to decompress, then to compress. */
const MAKERS = {
  gzip: [() => zlib.createGunzip(), () => zlib.createGzip()],
  deflate: [() => zlib.createInflate(), () => zlib.createDeflate()],
  "deflate-raw": [
    () => zlib.createInflateRaw(),
    () => zlib.createDeflateRaw(),
  ],
  brotli: [
    () => zlib.createBrotliDecompress(),
    () => zlib.createBrotliCompress(BROTLI),
  ],
} as const satisfies Record<Codec, unknown>;

/**
 * Opens a codec.
 *
 * @throws {TypeError} There is no such format. Reading throws it when what was
 * written is malformed, goes on behind its end, or stops before it.
 */
export function openCodec(format: string, isCompressing: boolean): Pipe {
  const codec = CODECS.find((each) => each === format);
  if (codec === undefined) {
    throw new TypeError(`Cannot find a format of this name: ${format}`);
  }
  const stream = MAKERS[codec][isCompressing ? 1 : 0]();
  const chunks = stream[Symbol.asyncIterator]();
  let writtenBytes = 0;
  // Who writes hears of it, who reads too; between two reads nobody does.
  stream.on("error", () => {});
  return {
    async read() {
      const { done, value } = await chunks.next().catch(malformed);
      if (!done) return value;
      // What follows the end is dropped in silence by some of the codecs.
      if (!isCompressing && stream.bytesWritten < writtenBytes) {
        malformed(new Error("there is more behind the end"));
      }
      return null;
    },
    write(bytes) {
      writtenBytes += bytes.length;
      return new Promise((resolve, reject) =>
        stream.write(
          bytes,
          (error) => error ? reject(asError(error)) : resolve(),
        )
      );
    },
    end: () => void stream.end(),
    close: () => void stream.destroy(),
  };
}

function malformed(error: unknown): never {
  throw asError(error);
}

function asError(error: unknown): TypeError {
  return new TypeError(`Cannot decompress this: ${(error as Error).message}`);
}
