/**
 * Byte streams between processes, with back-pressure.
 *
 * @module
 */

import { STREAM_CHUNKS_MAX } from "./limits.ts";
import type { Pid } from "./pid.ts";
import { crashOf, type ExitReason } from "./reason.ts";
import { coreOf, type Runtime } from "./runtime.ts";
import { type Chunk, Pipe } from "./stream/pipe.ts";

/** How {@linkcode openStream} opens a stream. */
export interface StreamOptions {
  /** The process of this thread that owns the writer; none when absent. */
  readonly writer?: Pid;
  /** The process of this thread that owns the reader; none when absent. */
  readonly reader?: Pid;
  /** Chunks that wait for the reader before a write waits, 1 or more; 16 when absent. */
  readonly chunksMax?: number;
}

/** Both ends of a stream. */
export interface ByteStream {
  /** Where bytes go in. */
  readonly writer: StreamWriter;
  /** Where they come out. */
  readonly reader: StreamReader;
}

/**
 * The end of a stream that bytes go into. In a process that has exited no
 * promise of it settles.
 */
export interface StreamWriter {
  /**
   * Writes `chunk` behind all that was written before, and waits while the
   * stream is full. Several writes can wait; they keep their order.
   *
   * @param chunk Taken, not copied: the bytes are the reader's, and must not be
   * changed any more. They stay the caller's when the promise rejects. May be
   * empty, which is no end.
   * @returns Undefined when there was room. A promise that rejects with
   * {@linkcode StreamBroken} as soon as nobody will read the chunk.
   * @throws {TypeError} The stream was ended or aborted by this end.
   */
  write(chunk: Uint8Array): void | Promise<void>;

  /**
   * Writes `chunk` if there is room.
   *
   * @param chunk Taken when this returns true; see {@linkcode StreamWriter.write}.
   * @throws {StreamBroken} Nobody will read it.
   * @throws {TypeError} The stream was ended or aborted by this end.
   */
  tryWrite(chunk: Uint8Array): boolean;

  /** Waits until there is room or the stream has come to an end. Never rejects; can be abandoned. */
  ready(): void | Promise<void>;

  /** Ends the stream behind all that was written, writes that wait included. Idempotent. */
  end(): void;

  /**
   * Breaks the stream: what is not read yet is dropped, and the reader is told
   * {@linkcode StreamBroken} with `reason`. Does nothing when all was read, up
   * to the end.
   */
  abort(reason: ExitReason): void;

  /**
   * Hands this end over to a process, with whose end it goes down from now on.
   *
   * @returns False when there is no such process in this thread; then the stream is broken.
   * @throws {TypeError} A write waits.
   */
  giveTo(owner: Pid): boolean;

  /** A Web stream that writes here. It holds one chunk more. Closing it ends this stream. */
  writableStream(): WritableStream<Uint8Array>;
}

/**
 * The end of a stream that bytes come out of. In a process that has exited no
 * promise of it settles.
 *
 * Leaving a `for await` over it early cancels the stream.
 */
export interface StreamReader extends AsyncIterable<Uint8Array> {
  /**
   * Takes the oldest chunk, or waits for one. A read that is abandoned still
   * takes its chunk: wait with {@linkcode StreamReader.ready} where that can
   * happen.
   *
   * @returns The chunk, which is the caller's to change; undefined at the end.
   * Rejects with {@linkcode StreamBroken} behind the last chunk when the writer
   * went without ending the stream.
   * @throws {TypeError} Another read waits.
   */
  read(): Uint8Array | undefined | Promise<Uint8Array | undefined>;

  /** Waits until there is a chunk or the end, and takes nothing. Never rejects; can be abandoned. */
  ready(): void | Promise<void>;

  /**
   * Gives the stream up: what is not read yet is dropped, and whoever writes is
   * told {@linkcode StreamBroken}. A read that waits, and all later ones, find
   * the end, or the break that was there before. Idempotent.
   *
   * @param reason For the writer; `"normal"` when absent.
   */
  cancel(reason?: ExitReason): void;

  /**
   * Hands this end over to a process, with whose end it goes down from now on.
   *
   * @returns False when there is no such process in this thread; then the stream is broken.
   * @throws {TypeError} A read waits.
   */
  giveTo(owner: Pid): boolean;

  /** A Web stream that reads here, when it is read itself. Cancelling it cancels this stream. */
  readableStream(): ReadableStream<Uint8Array>;
}

/**
 * Opens a stream of bytes from one process to another, or to and from code that
 * is in none.
 *
 * The writer is ahead of the reader by at most `chunksMax` chunks, however
 * large they are. All chunks that were written arrive, once and in order, up to
 * the end, or to the point where one side went: with the process that owns it,
 * whatever the reason, or because it gave up. The other side is then told
 * {@linkcode StreamBroken}: a writer at once, a reader behind the chunks that
 * were written. A writer that exits `"normal"` without having ended the stream
 * breaks it too, since an end nobody asked for could be a loss nobody sees.
 *
 * @throws {RangeError} `chunksMax` is no integer, or below 1.
 *
 * @see RUSM `stream()`. Differs: an end goes with its process, and a stream
 * that breaks does not look like one that ended.
 *
 * @example
 * ```ts
 * import { openStream, Runtime, type StreamReader } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const summing = runtime.spawn<StreamReader>(async (self) => {
 *   let sum = 0;
 *   for await (const chunk of await self.receive()) sum += chunk[0]!;
 *   strictEqual(sum, 6);
 * });
 * runtime.spawn(async (self) => {
 *   const ends = { writer: self.pid, reader: summing.pid };
 *   const { writer, reader } = openStream(runtime, ends);
 *   runtime.send(summing.pid, reader);
 *   for (const value of [1, 2, 3]) await writer.write(Uint8Array.of(value));
 *   writer.end();
 * });
 * strictEqual(await summing.join(), "normal");
 * ```
 */
export function openStream(
  runtime: Runtime,
  options: StreamOptions = {},
): ByteStream {
  const { writer, reader, chunksMax = STREAM_CHUNKS_MAX } = options;
  if (!(Number.isInteger(chunksMax) && chunksMax >= 1)) {
    throw new RangeError(`Cannot hold less than one chunk: ${chunksMax}`);
  }
  const pipe = new Pipe(coreOf(runtime), chunksMax);
  if (reader !== undefined) pipe.giveReaderTo(reader);
  if (writer !== undefined) pipe.giveWriterTo(writer);
  return { writer: new PipeWriter(pipe), reader: new PipeReader(pipe) };
}

class PipeWriter implements StreamWriter {
  readonly #pipe: Pipe;

  constructor(pipe: Pipe) {
    this.#pipe = pipe;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    return this.#pipe.write(chunk);
  }

  tryWrite(chunk: Uint8Array): boolean {
    return this.#pipe.tryWrite(chunk);
  }

  ready(): void | Promise<void> {
    return this.#pipe.writable();
  }

  end(): void {
    this.#pipe.end();
  }

  abort(reason: ExitReason): void {
    this.#pipe.abort(reason);
  }

  giveTo(owner: Pid): boolean {
    return this.#pipe.giveWriterTo(owner);
  }

  writableStream(): WritableStream<Uint8Array> {
    return new WritableStream<Uint8Array>({
      start: (controller) =>
        this.#pipe.whenGone((gone) => controller.error(gone)),
      write: (chunk) => this.write(chunk),
      close: () => this.end(),
      abort: (why) => this.abort(reasonOf(why)),
    });
  }
}

class PipeReader implements StreamReader {
  readonly #pipe: Pipe;

  constructor(pipe: Pipe) {
    this.#pipe = pipe;
  }

  read(): Chunk | Promise<Chunk> {
    return this.#pipe.read();
  }

  ready(): void | Promise<void> {
    return this.#pipe.readable();
  }

  cancel(reason: ExitReason = "normal"): void {
    this.#pipe.cancel(reason);
  }

  giveTo(owner: Pid): boolean {
    return this.#pipe.giveReaderTo(owner);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        const chunk = await this.read();
        if (chunk === undefined) return;
        yield chunk;
      }
    } finally {
      this.cancel();
    }
  }

  readableStream(): ReadableStream<Uint8Array> {
    // With room of its own it would read ahead, and its chunks be lost to
    // whoever reads here next.
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const chunk = await this.read();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: (why) => this.cancel(reasonOf(why)),
    }, { highWaterMark: 0 });
  }
}

// Whoever gives a Web stream up need not say why.
function reasonOf(why: unknown): ExitReason {
  return why === undefined ? "normal" : crashOf(why);
}
