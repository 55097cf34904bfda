/**
 * `CompressionStream` and `DecompressionStream`, which the host computes.
 *
 * @module
 */

import { ReadableStream, WritableStream } from "web-streams-polyfill";

import { CODECS, OPS } from "../../ops.ts";
import { core } from "../linked.ts";
import type { Ends } from "./transform.ts";

const { callHost, library, nextId, viewBytes } = core;
const { Pipe } = library("fetch");

/** @see Compression Standard, `CompressionStream`. Differs: nothing. */
export class CompressionStream {
  #ends: Ends;

  constructor(format: unknown) {
    this.#ends = openCodec(format, arguments.length, true);
  }

  /** Compressed bytes. */
  get readable(): globalThis.ReadableStream {
    return this.#ends.readable;
  }

  /** Bytes. */
  get writable(): globalThis.WritableStream {
    return this.#ends.writable;
  }
}

/** @see Compression Standard, `DecompressionStream`. Differs: nothing. */
export class DecompressionStream {
  #ends: Ends;

  constructor(format: unknown) {
    this.#ends = openCodec(format, arguments.length, false);
  }

  /** Bytes. */
  get readable(): globalThis.ReadableStream {
    return this.#ends.readable;
  }

  /** Compressed bytes. */
  get writable(): globalThis.WritableStream {
    return this.#ends.writable;
  }
}

/**
 * Both ends of a codec on the host.
 *
 * What comes out is read as it is wanted, so that little that blows up stays
 * little: the codec takes no more before that.
 */
function openCodec(
  format: unknown,
  count: number,
  isCompressing: boolean,
): Ends {
  const name = count === 0 ? undefined : `${format}`;
  if (!CODECS.some((codec) => codec === name)) {
    throw new TypeError(`Cannot find a format of this name: ${name}`);
  }
  const id = nextId();
  callHost(OPS.codecOpen, id, name, isCompressing ? 1 : 0);
  return endsOf(new Pipe(id));
}

/** One end as the other one knows it. */
interface End {
  /** Fails it. */
  error(reason: unknown): void;
}

/** Both ends fail together, as those of a `TransformStream` do. */
function endsOf(pipe: InstanceType<typeof Pipe>): Ends {
  let output: End | undefined, input: End | undefined;
  const writable = new WritableStream({
    start: (controller) => void (input = controller),
    async write(chunk) {
      try {
        await pipe.write(bytesOf(chunk));
      } catch (error) {
        output?.error(error);
        pipe.abort(error);
        throw error;
      }
    },
    close: () => pipe.end(),
    abort(reason) {
      output?.error(reason);
      pipe.abort(reason);
    },
  });
  const readable = new ReadableStream({
    start: (controller) => void (output = controller),
    async pull(controller) {
      try {
        const chunk = await pipe.read();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      } catch (error) {
        input?.error(error);
        pipe.close();
        throw error;
      }
    },
    cancel(reason) {
      input?.error(reason);
      pipe.close();
    },
  }, { highWaterMark: 0 });
  return { readable, writable } as Ends;
}

function bytesOf(chunk: unknown): Uint8Array {
  const bytes = viewBytes(chunk);
  if (bytes !== undefined) return bytes;
  throw new TypeError("Cannot take a chunk that is no bytes");
}
