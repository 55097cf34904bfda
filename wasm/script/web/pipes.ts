/**
 * Pipes: bodies and codecs of one process, read and written piece by piece.
 *
 * @module
 */

import { PIPES_MAX } from "../../limits.ts";
import { PIPE_CHUNK_BYTES_MAX } from "../ops.ts";

/** Two sides that bytes go through. Nothing is taken ahead of being wanted. */
export interface Pipe {
  /** The next bytes, any number of them; null at the end. */
  read(): Promise<Uint8Array | null>;
  /** Resolves when more can be taken. */
  write(bytes: Uint8Array): Promise<void>;
  /** The last was written: well, or the source failed with `message`. */
  end(message: string | null): void;
  /** Lets go of all it holds. Idempotent. */
  close(): void;
}

interface Entry {
  readonly pipe: Pipe;
  // What was read and was too much for one answer.
  rest: Uint8Array;
  isReading: boolean;
}

const NOTHING = new Uint8Array();

/**
 * The pipes of one process, by the numbers that the guest gave them.
 *
 * Invariant: a pipe is listed until it was read to its end, failed or was
 * closed; at most `PIPES_MAX` are.
 */
export class Pipes {
  readonly #entries = new Map<number, Entry>();

  /** How many are open. */
  get count(): number {
    return this.#entries.size;
  }

  /**
   * Lists the pipe that `open` makes.
   *
   * @throws {RangeError} Too many are open; then none is made.
   */
  open<Made extends Pipe>(id: number, open: () => Made): Made {
    if (this.#entries.size >= PIPES_MAX) {
      throw new RangeError(
        `Cannot have more than ${PIPES_MAX} bodies and compressors open`,
      );
    }
    const pipe = open();
    this.#entries.set(id, { pipe, rest: NOTHING, isReading: false });
    return pipe;
  }

  /**
   * The next bytes of a pipe, `PIPE_CHUNK_BYTES_MAX` at most; null at the end.
   *
   * @throws {RangeError} Another read is under way.
   */
  async read(id: number): Promise<Uint8Array | null> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    if (entry.isReading) {
      throw new RangeError("Cannot read a pipe twice at the same time");
    }
    entry.isReading = true;
    try {
      return await this.#next(id, entry);
    } catch (error) {
      this.close(id);
      throw error;
    } finally {
      entry.isReading = false;
    }
  }

  async #next(id: number, entry: Entry): Promise<Uint8Array | null> {
    while (entry.rest.length === 0) {
      const bytes = await entry.pipe.read();
      if (bytes === null) {
        this.#entries.delete(id);
        return null;
      }
      entry.rest = bytes;
    }
    const chunk = entry.rest.subarray(0, PIPE_CHUNK_BYTES_MAX);
    entry.rest = entry.rest.subarray(chunk.length);
    return chunk;
  }

  /**
   * Writes to a pipe. One that is closed takes nothing, and says so.
   *
   * @throws {RangeError} These are too many bytes.
   */
  async write(id: number, bytes: Uint8Array): Promise<void> {
    if (bytes.length > PIPE_CHUNK_BYTES_MAX) {
      throw new RangeError(
        `Cannot write more than ${PIPE_CHUNK_BYTES_MAX} bytes at once: ${bytes.length}`,
      );
    }
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw new TypeError("Cannot write to a pipe that is closed");
    }
    await entry.pipe.write(bytes);
  }

  /** See {@linkcode Pipe.end}. An unknown pipe is ignored. */
  end(id: number, message: string | null): void {
    this.#entries.get(id)?.pipe.end(message);
  }

  /** Closes a pipe. An unknown one is ignored. */
  close(id: number): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    entry?.pipe.close();
  }

  /** Closes all. */
  closeAll(): void {
    for (const id of [...this.#entries.keys()]) this.close(id);
  }
}
