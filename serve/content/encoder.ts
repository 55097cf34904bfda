/**
 * Bodies that are compressed as they are taken.
 *
 * @module
 */

import {
  constants,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
} from "node:zlib";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import type { Transform } from "node:stream";
import type { Coding } from "./coding.ts";

type Encoder = Transform & {
  flush(kind: number, onFlushed: () => void): void;
};

// 64 KiB of history, so that a response holds half a megabyte at the most,
// whatever its length. Brotli's own choice is 64 times as much.
const WINDOW_BITS = 16;

/**
 * Takes `body` and has it in `coding`. It is read no faster than it is taken: a
 * piece, when what came of the one before has gone. Who cancels it cancels
 * `body`; what breaks `body` breaks it.
 *
 * @param isLive Whether each piece goes out when it has come, as for events;
 * else only when there is enough of it.
 */
export function encodeBody(
  body: ReadableStream<Uint8Array>,
  coding: Coding,
  isLive: boolean,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const encoder = createEncoder(coding);
  const ready: Uint8Array[] = [];
  encoder.on("data", (bytes: Uint8Array) => ready.push(bytes));
  const flush = isLive ? FLUSH[coding] : undefined;
  return new ReadableStream({
    async pull(controller) {
      try {
        await fill(reader, encoder, flush, ready);
      } catch (error) {
        encoder.destroy();
        throw error;
      }
      // One piece for one: the head that gzip begins with comes on its own.
      if (ready.length > 0) controller.enqueue(Buffer.concat(ready.splice(0)));
      if (encoder.readableEnded) controller.close();
    },
    async cancel(reason) {
      encoder.destroy();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

// Until something has come out, or the end.
async function fill(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  encoder: Encoder,
  flush: number | undefined,
  ready: readonly Uint8Array[],
): Promise<void> {
  while (ready.length === 0 && !encoder.readableEnded) {
    const { done, value } = await reader.read();
    if (done) {
      const ended = once(encoder, "end");
      encoder.end();
      await ended;
    } else if (value.length > 0) {
      await write(encoder, value, flush);
    }
  }
}

function write(
  encoder: Encoder,
  bytes: Uint8Array,
  flush: number | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    encoder.write(bytes, (error) => {
      if (error) reject(error);
      else if (flush === undefined) resolve();
      else encoder.flush(flush, resolve);
    });
  });
}

const FLUSH = {
  br: constants.BROTLI_OPERATION_FLUSH,
  gzip: constants.Z_SYNC_FLUSH,
  zstd: constants.ZSTD_e_flush,
} as const;

function createEncoder(coding: Coding): Encoder {
  switch (coding) {
    case "br": {
      const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = constants;
      const params = {
        [BROTLI_PARAM_QUALITY]: 4,
        [BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      };
      return createBrotliCompress({ params });
    }
    case "gzip":
      return createGzip();
    case "zstd": {
      const { ZSTD_c_compressionLevel, ZSTD_c_windowLog } = constants;
      const params = {
        [ZSTD_c_compressionLevel]: 3,
        [ZSTD_c_windowLog]: WINDOW_BITS,
      };
      return createZstdCompress({ params });
    }
  }
}
