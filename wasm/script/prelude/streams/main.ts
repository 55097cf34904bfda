/**
 * The library of streams.
 *
 * @module
 */

import * as polyfill from "web-streams-polyfill";

import type { Chunks } from "../http/body.ts";
import type { Library } from "../libraries.ts";
import { core, install } from "../linked.ts";
import { CompressionStream, DecompressionStream } from "./compression.ts";
import { TextDecoderStream, TextEncoderStream } from "./text.ts";

/** What the prelude uses of streams. */
export interface StreamsLibrary extends Library {
  /** Whether `value` is a stream to read, whatever its prototype. */
  isStream(value: unknown): value is ReadableStream;
  /** Whether it was read or cancelled. */
  isDisturbed(stream: ReadableStream): boolean;
  /** Whether it has a reader. */
  isLocked(stream: ReadableStream): boolean;
  /** A stream of bytes. */
  makeStream(chunks: Chunks): ReadableStream;
  /** A stream that was read to its end. */
  makeUsed(): ReadableStream;
  /** A stream of what an iterable gives. */
  fromIterable(iterable: object): ReadableStream;
  /** Two streams of the same, of which each can be read at its own pace. */
  tee(stream: ReadableStream): Tee;
  /** A stream of the same, which locks the other one. */
  passThrough(stream: ReadableStream): ReadableStream;
  /** A stream of the text that a stream of bytes is in UTF-8. */
  textOf(stream: ReadableStream): ReadableStream;
  /** Reads a stream of bytes. Rejects with a TypeError for any other chunk. */
  readerOf(
    stream: ReadableStream,
  ): () => Promise<Uint8Array<ArrayBuffer> | null>;
  /** As `readerOf`, with a way to say that no more is wanted, which never rejects. */
  sourceOf(stream: ReadableStream): {
    read(): Promise<Uint8Array<ArrayBuffer> | null>;
    cancel(reason: unknown): Promise<void>;
  };
}

type Tee = [ReadableStream, ReadableStream];

const { definePlatformClass, library, registerPlatformClass } = core;

// A stream that is written to has a signal.
library("events");

const { apply } = Reflect;
const { ReadableStream: Readable } = polyfill;
const { get: lockedOf } = Object.getOwnPropertyDescriptor(
  Readable.prototype,
  "locked",
)!;
const { getReader, pipeThrough, tee } = Readable.prototype;
const { cancel, read } = polyfill.ReadableStreamDefaultReader.prototype;

// The polyfill keeps the flag in plain sight, and gives no other way to it.
interface Disturbed {
  _disturbed: boolean;
}

function isStream(value: unknown): value is ReadableStream {
  try {
    apply(lockedOf!, value, []);
    return true;
  } catch {
    // The getter throws for what is no stream: that is the question here.
    return false;
  }
}

function isLocked(stream: ReadableStream): boolean {
  return apply(lockedOf!, stream, []);
}

function makeStream(chunks: Chunks): ReadableStream {
  return new Readable({
    type: "bytes",
    async pull(controller) {
      const chunk = await chunks.read();
      if (chunk !== null) return controller.enqueue(chunk);
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: () => chunks.close(),
  }, { highWaterMark: 0 }) as ReadableStream;
}

function makeUsed(): ReadableStream {
  const stream = new Readable({
    type: "bytes",
    start: (controller) => controller.close(),
  });
  (stream as unknown as Disturbed)._disturbed = true;
  return stream as ReadableStream;
}

function sourceOf(
  stream: ReadableStream,
): ReturnType<StreamsLibrary["sourceOf"]> {
  const reader = apply(getReader, stream, []);
  return {
    async read() {
      const { done, value } = await apply(read, reader, []);
      if (done) return null;
      if (value instanceof Uint8Array) return value as Uint8Array<ArrayBuffer>;
      throw new TypeError("Cannot take a chunk that is no Uint8Array");
    },
    async cancel(reason) {
      try {
        await apply(cancel, reader, [reason]);
      } catch {
        // What the source says to that is of no interest to anybody.
      }
    },
  };
}

const streams: StreamsLibrary = {
  globals: {
    ByteLengthQueuingStrategy: polyfill.ByteLengthQueuingStrategy,
    CompressionStream,
    CountQueuingStrategy: polyfill.CountQueuingStrategy,
    DecompressionStream,
    ReadableByteStreamController: polyfill.ReadableByteStreamController,
    ReadableStream: polyfill.ReadableStream,
    ReadableStreamBYOBReader: polyfill.ReadableStreamBYOBReader,
    ReadableStreamBYOBRequest: polyfill.ReadableStreamBYOBRequest,
    ReadableStreamDefaultController: polyfill.ReadableStreamDefaultController,
    ReadableStreamDefaultReader: polyfill.ReadableStreamDefaultReader,
    TextDecoderStream,
    TextEncoderStream,
    TransformStream: polyfill.TransformStream,
    TransformStreamDefaultController: polyfill.TransformStreamDefaultController,
    WritableStream: polyfill.WritableStream,
    WritableStreamDefaultController: polyfill.WritableStreamDefaultController,
    WritableStreamDefaultWriter: polyfill.WritableStreamDefaultWriter,
  },
  isStream,
  isLocked,
  isDisturbed: (stream) => (stream as unknown as Disturbed)._disturbed,
  makeStream,
  makeUsed,
  fromIterable: (iterable) =>
    Readable.from(iterable as AsyncIterable<unknown>) as ReadableStream,
  tee: (stream) => apply(tee, stream, []) as unknown as Tee,
  passThrough: (stream) =>
    apply(pipeThrough, stream, [
      new polyfill.TransformStream(),
    ]) as unknown as ReadableStream,
  textOf: (stream) =>
    apply(pipeThrough, stream, [
      new TextDecoderStream(),
    ]) as unknown as ReadableStream,
  readerOf: (stream) => sourceOf(stream).read,
  sourceOf,
};

// The polyfill's own, and no standard's.
delete (polyfill.WritableStreamDefaultController.prototype as {
  abortReason?: unknown;
}).abortReason;

const OWN = [
  "CompressionStream",
  "DecompressionStream",
  "TextDecoderStream",
  "TextEncoderStream",
];

for (const [name, constructor] of Object.entries(streams.globals)) {
  if (OWN.includes(name)) definePlatformClass(name, constructor as never);
  else registerPlatformClass(name, constructor as never);
}
install(streams);
