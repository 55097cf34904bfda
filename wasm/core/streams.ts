/**
 * The streams of one guest, by the numbers that it knows them by.
 *
 * @module
 */

import {
  type ByteStream,
  openStream,
  type Pid,
  type StreamReader,
  type StreamWriter,
} from "@rusm/otp";
import { localGuest } from "./guests.ts";
import { STREAM_PIECE_BYTES, STREAMS_MAX } from "./limits.ts";
import type { Guest } from "./slot.ts";

/** What a guest is told of a stream that is at its end, broken, or none. */
export const NO_STREAM = -1;

interface Reading {
  readonly reader: StreamReader;
  /** What did not fit into the guest's buffer. */
  rest: Uint8Array | undefined;
}

/**
 * The ends of streams that a guest has. Both go with its process.
 *
 * Invariant: ends and offers are `STREAMS_MAX` at most.
 */
export class GuestStreams {
  readonly #guest: Guest;
  readonly #writers = new Map<number, StreamWriter>();
  readonly #readers = new Map<number, Reading>();
  // Streams that others have opened to it, the oldest first.
  readonly #offers: StreamReader[] = [];
  #wake: (() => void) | undefined;
  #nextId = 0;

  /** No streams yet. */
  constructor(guest: Guest) {
    this.#guest = guest;
  }

  get #isFull(): boolean {
    const { size } = this.#writers;
    return size + this.#readers.size + this.#offers.length >= STREAMS_MAX;
  }

  /** Opens a stream to a guest of this scheduler. Returns its number, or `NO_STREAM`. */
  open(to: Pid): number {
    const { self } = this.#guest;
    const other = localGuest(self.runtime, to);
    if (other === undefined || this.#isFull) return NO_STREAM;
    const ends = { writer: self.pid, reader: other.self.pid };
    const offer = () => openStream(self.runtime, ends);
    const stream = other.streams.#offer(offer);
    if (stream === undefined) return NO_STREAM;
    this.#writers.set(this.#nextId, stream.writer);
    return this.#nextId++;
  }

  #offer(open: () => ByteStream): ByteStream | undefined {
    if (this.#isFull) return undefined;
    const stream = open();
    this.#offers.push(stream.reader);
    this.#wake?.();
    return stream;
  }

  /** Takes the oldest stream that was opened to it, or waits for one. Returns its number. */
  accept(): number | Promise<number> {
    return this.#offers.length > 0 ? this.#take() : this.#acceptLater();
  }

  async #acceptLater(): Promise<number> {
    const offered = new Promise<void>((resolve) => this.#wake = resolve);
    await this.#guest.wait(offered);
    this.#wake = undefined;
    return this.#take();
  }

  #take(): number {
    const reader = this.#offers.shift()!;
    this.#readers.set(this.#nextId, { reader, rest: undefined });
    return this.#nextId++;
  }

  /**
   * Writes `bytes`, and waits while the stream is full.
   *
   * @param bytes Not copied.
   * @returns 0, or `NO_STREAM` when nobody reads.
   */
  async write(id: number, bytes: Uint8Array): Promise<number> {
    const writer = this.#writers.get(id);
    if (writer === undefined) return NO_STREAM;
    for (let at = 0; at < bytes.length; at += STREAM_PIECE_BYTES) {
      const piece = bytes.subarray(at, at + STREAM_PIECE_BYTES);
      if (!await this.#writePiece(writer, piece)) return NO_STREAM;
    }
    return 0;
  }

  async #writePiece(writer: StreamWriter, piece: Uint8Array): Promise<boolean> {
    for (let wait = writer.ready(); wait !== undefined; wait = writer.ready()) {
      await this.#guest.wait(wait);
    }
    try {
      return writer.tryWrite(piece);
    } catch {
      // The one way to learn that nobody will read it.
      this.#writers.delete(this.#idOf(writer));
      return false;
    }
  }

  #idOf(writer: StreamWriter): number {
    return this.#writers.entries().find(([, each]) => each === writer)![0];
  }

  /**
   * Reads up to `max` bytes, and waits while there are none.
   *
   * @param put Takes the bytes.
   * @returns How many, or `NO_STREAM` at the end.
   */
  async read(
    id: number,
    max: number,
    put: (bytes: Uint8Array) => void,
  ): Promise<number> {
    const reading = this.#readers.get(id);
    if (reading === undefined) return NO_STREAM;
    if (max === 0) return 0;
    reading.rest ??= await this.#next(reading.reader);
    if (reading.rest === undefined) return NO_STREAM;
    const fitting = reading.rest.subarray(0, max);
    put(fitting);
    const isAll = fitting.length === reading.rest.length;
    reading.rest = isAll ? undefined : reading.rest.subarray(max);
    return fitting.length;
  }

  async #next(reader: StreamReader): Promise<Uint8Array | undefined> {
    for (let wait = reader.ready(); wait !== undefined; wait = reader.ready()) {
      await this.#guest.wait(wait);
    }
    try {
      return await reader.read();
    } catch {
      // To a guest a broken stream is at its end: it has one number for both.
      return undefined;
    }
  }

  /** Ends a stream that it writes, or gives up one that it reads. Another number does nothing. */
  close(id: number): void {
    this.#writers.get(id)?.end();
    this.#readers.get(id)?.reader.cancel();
    this.#writers.delete(id);
    this.#readers.delete(id);
  }
}
