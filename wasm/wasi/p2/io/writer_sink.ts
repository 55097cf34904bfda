/**
 * Streams to writers of the host.
 *
 * @module
 */

import type { WasiWriter } from "../../options.ts";
import { Watchers } from "../../watchers.ts";
import { STREAM_BYTES_MAX } from "../limits.ts";
import type { OutputSink } from "./output_stream.ts";
import { ByteRing } from "./ring.ts";

/** A sink that writes to `writer`, which never lets it wait. */
export function writerSink(writer: WasiWriter): OutputSink {
  return {
    isReady: true,
    watch: () => () => {},
    room: () => STREAM_BYTES_MAX,
    write: (bytes) => writer.write(bytes),
  };
}

/** A writer that takes its time: a connection, a stream of the platform. */
export interface AsyncWriter {
  /** Writes all of `bytes`, which it may keep. Called again only when it is done. */
  write(bytes: Uint8Array): Promise<unknown>;
  /** Called once, after the last write or in the place of the next. */
  close?(): void;
}

/**
 * A sink that writes to an {@linkcode AsyncWriter}, one piece at a time.
 *
 * It holds `STREAM_BYTES_MAX` bytes, and as many again in the piece that is
 * under way; then it has no room. What it holds when it is closed it still
 * writes.
 */
export class AsyncWriterSink implements OutputSink {
  readonly #writer: AsyncWriter;
  readonly #ring = new ByteRing(STREAM_BYTES_MAX);
  readonly #watchers = new Watchers();
  #isWriting = false;
  #isFlushing = false;
  #isClosed = false;
  #failure: { readonly error: unknown } | undefined;

  /** Writes to `writer`, and closes it. */
  constructor(writer: AsyncWriter) {
    this.#writer = writer;
  }

  get isReady(): boolean {
    if (this.#failure !== undefined) return true;
    return !this.#isFlushing && this.#ring.room > 0;
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  room(): number {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#isFlushing ? 0 : this.#ring.room;
  }

  write(bytes: Uint8Array): void {
    this.#ring.push(bytes);
    this.#begin();
  }

  flush(): void {
    this.#isFlushing = this.#isWriting;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isWriting) this.#writer.close?.();
  }

  #begin(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#ring.size > 0) {
        const piece = this.#ring.take(STREAM_BYTES_MAX);
        this.#watchers.wake();
        await this.#writer.write(piece);
      }
    } catch (error) {
      // Nobody waits for this one write: the next call hears of it.
      this.#failure = { error };
      this.#ring.clear();
    }
    this.#isWriting = false;
    this.#isFlushing = false;
    if (this.#isClosed) this.#writer.close?.();
    this.#watchers.wake();
  }
}
