/**
 * Pipes: what is written to one end is read from the other.
 *
 * @module
 */

import { type Condition, Watchers } from "../../watchers.ts";
import { PIPE_BYTES_MAX } from "../limits.ts";
import type { InputSource } from "./input_stream.ts";
import type { OutputSink } from "./output_stream.ts";
import { ByteRing } from "./ring.ts";

/** Both ends of a pipe. */
export interface Pipe {
  /** Is at its end when the sink was closed and all was read. */
  readonly source: InputSource;
  /** Has room while the source holds less than its bound; nobody reads it once the source was closed. */
  readonly sink: OutputSink;
}

/** Opens a pipe that holds `bytesMax` bytes at most, whoever is slow. */
export function openPipe(bytesMax: number = PIPE_BYTES_MAX): Pipe {
  const shared: Shared = {
    ring: new ByteRing(bytesMax),
    readers: new Watchers(),
    writers: new Watchers(),
    hasWriter: true,
    hasReader: true,
  };
  return { source: new PipeSource(shared), sink: new PipeSink(shared) };
}

interface Shared {
  readonly ring: ByteRing;
  readonly readers: Watchers;
  readonly writers: Watchers;
  hasWriter: boolean;
  hasReader: boolean;
}

class PipeSource implements InputSource, Condition {
  readonly #shared: Shared;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  get isReady(): boolean {
    const { ring, hasWriter } = this.#shared;
    return ring.size > 0 || !hasWriter;
  }

  watch(wake: () => void): () => void {
    return this.#shared.readers.add(wake);
  }

  take(bytesMax: number): Uint8Array | undefined {
    const { ring, writers, hasWriter } = this.#shared;
    if (ring.size === 0 && !hasWriter) return undefined;
    const bytes = ring.take(bytesMax);
    if (bytes.length > 0) writers.wake();
    return bytes;
  }

  close(): void {
    this.#shared.hasReader = false;
    this.#shared.ring.clear();
    this.#shared.writers.wake();
  }
}

class PipeSink implements OutputSink, Condition {
  readonly #shared: Shared;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  get isReady(): boolean {
    const { ring, hasReader } = this.#shared;
    return ring.room > 0 || !hasReader;
  }

  watch(wake: () => void): () => void {
    return this.#shared.writers.add(wake);
  }

  room(): number | undefined {
    const { ring, hasReader } = this.#shared;
    return hasReader ? ring.room : undefined;
  }

  write(bytes: Uint8Array): void {
    // Whoever read it has gone: the next `room` says so.
    if (!this.#shared.hasReader) return;
    this.#shared.ring.push(bytes);
    this.#shared.readers.wake();
  }

  close(): void {
    this.#shared.hasWriter = false;
    this.#shared.readers.wake();
  }
}
