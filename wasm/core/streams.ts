/**
 * The streams of one guest, by the numbers that it knows them by.
 *
 * @module
 */

import {
  type ByteStream,
  type Context,
  openStream,
  type Pid,
  type StreamReader,
  type StreamWriter,
} from "@rusm/otp";
import { nodeOf } from "../node/scheduler_node.ts";
import { localGuest } from "./guests.ts";
import { STREAM_PIECE_BYTES, STREAMS_MAX } from "./limits.ts";

/** What a guest is told of a stream that is at its end, broken, or none. */
export const NO_STREAM = -1;

/** The end of a stream that a guest writes, be the reader in this thread or not. */
export type WriteEnd = Pick<StreamWriter, "ready" | "tryWrite" | "end">;

/** The end of a stream that a guest reads. */
export type ReadEnd = Pick<StreamReader, "ready" | "read" | "cancel">;

interface Reading {
  readonly reader: ReadEnd;
  /** What did not fit into the guest's buffer. */
  rest: Uint8Array | undefined;
}

/**
 * The ends of streams that a guest has. Both go with its process. What it
 * returns a promise of, the guest waits for.
 *
 * Invariant: ends and offers are `STREAMS_MAX` at most.
 */
export class GuestStreams {
  readonly #self: Pick<Context<never>, "pid" | "runtime">;
  readonly #writers = new Map<number, WriteEnd>();
  readonly #readers = new Map<number, Reading>();
  // Streams that others have opened to it, the oldest first.
  readonly #offers: ReadEnd[] = [];
  #wake: (() => void) | undefined;
  #nextId = 0;
  #isClosed = false;

  /** No streams yet. */
  constructor(self: Pick<Context<never>, "pid" | "runtime">) {
    this.#self = self;
  }

  get #isFull(): boolean {
    const { size } = this.#writers;
    return size + this.#readers.size + this.#offers.length >= STREAMS_MAX;
  }

  /** Opens a stream to a guest. Returns its number, or `NO_STREAM`. */
  open(to: Pid): number | Promise<number> {
    const { pid, runtime } = this.#self;
    if (this.#isFull) return NO_STREAM;
    if (to.scheduler !== pid.scheduler) return this.#openAway(to);
    const other = localGuest(runtime, to);
    if (other === undefined) return NO_STREAM;
    const ends = { writer: pid, reader: other.self.pid };
    const stream = other.streams.#offer(() => openStream(runtime, ends));
    return stream === undefined ? NO_STREAM : this.#write(stream.writer);
  }

  async #openAway(to: Pid): Promise<number> {
    const writer = await nodeOf(this.#self.runtime)?.streams.open(to);
    if (writer === undefined) return NO_STREAM;
    if (!this.#isClosed && !this.#isFull) return this.#write(writer);
    writer.end();
    return NO_STREAM;
  }

  #write(writer: WriteEnd): number {
    this.#writers.set(this.#nextId, writer);
    return this.#nextId++;
  }

  #offer(open: () => ByteStream): ByteStream | undefined {
    if (this.#isFull) return undefined;
    const stream = open();
    this.#put(stream.reader);
    return stream;
  }

  /** Takes a stream that a guest of another scheduler opens. Returns false when it has too many. */
  offer(reader: ReadEnd): boolean {
    if (this.#isFull || this.#isClosed) return false;
    this.#put(reader);
    return true;
  }

  #put(reader: ReadEnd): void {
    this.#offers.push(reader);
    this.#wake?.();
  }

  /** Takes the oldest stream that was opened to it, or waits for one. Returns its number. */
  accept(): number | Promise<number> {
    return this.#offers.length > 0 ? this.#take() : this.#acceptLater();
  }

  async #acceptLater(): Promise<number> {
    await new Promise<void>((resolve) => this.#wake = resolve);
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

  async #writePiece(writer: WriteEnd, piece: Uint8Array): Promise<boolean> {
    for (let wait = writer.ready(); wait !== undefined; wait = writer.ready()) {
      await wait;
    }
    try {
      return writer.tryWrite(piece);
    } catch {
      // The one way to learn that nobody will read it.
      this.#writers.delete(this.#idOf(writer));
      return false;
    }
  }

  #idOf(writer: WriteEnd): number {
    return this.#writers.entries().find(([, each]) => each === writer)?.[0] ??
      NO_STREAM;
  }

  /**
   * Reads up to `max` bytes, and waits while there are none.
   *
   * @returns Undefined at the end, and when there is no such stream to read.
   */
  async read(id: number, max: number): Promise<Uint8Array | undefined> {
    const reading = this.#readers.get(id);
    if (reading === undefined) return undefined;
    if (max === 0) return new Uint8Array();
    const rest = reading.rest ?? await this.#next(reading.reader);
    if (rest === undefined) return undefined;
    const fitting = rest.subarray(0, max);
    const isAll = fitting.length === rest.length;
    reading.rest = isAll ? undefined : rest.subarray(max);
    return fitting;
  }

  async #next(reader: ReadEnd): Promise<Uint8Array | undefined> {
    for (let wait = reader.ready(); wait !== undefined; wait = reader.ready()) {
      await wait;
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

  /** Ends what it writes, and gives up what it reads and was offered: its process has ended. */
  closeAll(): void {
    this.#isClosed = true;
    for (const writer of this.#writers.values()) writer.end();
    for (const { reader } of this.#readers.values()) reader.cancel();
    for (const reader of this.#offers) reader.cancel();
    this.#writers.clear();
    this.#readers.clear();
    this.#offers.length = 0;
  }
}
