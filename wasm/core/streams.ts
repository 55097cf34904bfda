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
export interface WriteEnd
  extends Pick<StreamWriter, "ready" | "tryWrite" | "end"> {
  /** Breaks the stream, with the process that writes; absent when the runtime does that. */
  abandon?(): void;
}

/** The end of a stream that a guest reads. */
export type ReadEnd = Pick<StreamReader, "ready" | "read" | "cancel">;

/** A stream that was opened to a guest, which did not accept it yet. */
interface Offer {
  readonly reader: ReadEnd;
  /** Who opened it. */
  readonly from: Pid;
}

interface Reading extends Offer {
  /** What did not fit into the guest's buffer. */
  rest: Uint8Array | undefined;
  /** Whether a read has found that the writer went without ending it. */
  isBroken: boolean;
}

/** A wait for a stream. */
interface Waiting {
  /** Who is to open it; anybody when undefined. */
  readonly from: Pid | undefined;
  readonly resolve: (stream: number) => void;
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
  readonly #offers: Offer[] = [];
  // Those that wait for streams, the oldest first.
  #waiting: Waiting[] = [];
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
    const stream = other.streams.#offer(pid, () => openStream(runtime, ends));
    return stream === undefined ? NO_STREAM : this.#write(stream.writer);
  }

  async #openAway(to: Pid): Promise<number> {
    const { pid, runtime } = this.#self;
    const writer = await nodeOf(runtime)?.streams.open(pid, to);
    if (writer === undefined) return NO_STREAM;
    if (!this.#isClosed && !this.#isFull) return this.#write(writer);
    writer.end();
    return NO_STREAM;
  }

  #write(writer: WriteEnd): number {
    this.#writers.set(this.#nextId, writer);
    return this.#nextId++;
  }

  #offer(from: Pid, open: () => ByteStream): ByteStream | undefined {
    if (this.#isFull) return undefined;
    const stream = open();
    this.#put({ reader: stream.reader, from });
    return stream;
  }

  /** Takes a stream that `from`, of another scheduler, opens. Returns false when it has too many. */
  offer(reader: ReadEnd, from: Pid): boolean {
    if (this.#isFull || this.#isClosed) return false;
    this.#put({ reader, from });
    return true;
  }

  // Who waits for a stream of that one has it, and not who takes any.
  #put(offer: Offer): void {
    const waiting =
      this.#waiting.find(({ from }) => from?.equals(offer.from)) ??
        this.#waiting.find(({ from }) => from === undefined);
    if (waiting === undefined) return void this.#offers.push(offer);
    this.#waiting = this.#waiting.filter((each) => each !== waiting);
    waiting.resolve(this.#take(offer));
  }

  /**
   * Takes the oldest stream that was opened to it, or waits for one.
   *
   * @param from Who opened it; anybody when absent.
   * @param signal Gives the wait up; then the promise never settles.
   * @returns Its number.
   */
  accept(from?: Pid, signal?: AbortSignal): number | Promise<number> {
    const at = this.#offers.findIndex((offer) =>
      from === undefined || offer.from.equals(from)
    );
    if (at < 0) return this.#acceptLater(from, signal);
    const [offer] = this.#offers.splice(at, 1);
    return this.#take(offer!);
  }

  #acceptLater(from: Pid | undefined, signal?: AbortSignal): Promise<number> {
    return new Promise((resolve) => {
      const waiting = { from, resolve };
      this.#waiting.push(waiting);
      signal?.addEventListener("abort", () => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
      });
    });
  }

  #take({ reader, from }: Offer): number {
    this.#readers.set(this.#nextId, {
      ...{ reader, from, rest: undefined, isBroken: false },
    });
    return this.#nextId++;
  }

  /** Offers a stream again that was accepted, and not read: nobody wants it any more. */
  giveBack(id: number): void {
    const reading = this.#readers.get(id);
    if (reading === undefined) return;
    this.#readers.delete(id);
    this.#put(reading);
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
    const rest = reading.rest ?? await this.#next(reading);
    if (rest === undefined) return undefined;
    const fitting = rest.subarray(0, max);
    const isAll = fitting.length === rest.length;
    reading.rest = isAll ? undefined : rest.subarray(max);
    return fitting;
  }

  async #next(reading: Reading): Promise<Uint8Array | undefined> {
    const { reader } = reading;
    for (let wait = reader.ready(); wait !== undefined; wait = reader.ready()) {
      await wait;
    }
    try {
      return await reader.read();
    } catch {
      // To a guest a broken stream is at its end: who wants to know more asks.
      reading.isBroken = true;
      return undefined;
    }
  }

  /** Whether a read has found that the writer of a stream went without ending it. */
  isBroken(id: number): boolean {
    return this.#readers.get(id)?.isBroken ?? false;
  }

  /** Ends a stream that it writes, or gives up one that it reads. Another number does nothing. */
  close(id: number): void {
    this.#writers.get(id)?.end();
    this.#readers.get(id)?.reader.cancel();
    this.#writers.delete(id);
    this.#readers.delete(id);
  }

  /** Breaks what it writes, and gives up what it reads and was offered: its process has ended. */
  closeAll(): void {
    this.#isClosed = true;
    for (const writer of this.#writers.values()) writer.abandon?.();
    for (const { reader } of this.#readers.values()) reader.cancel();
    for (const { reader } of this.#offers) reader.cancel();
    this.#writers.clear();
    this.#readers.clear();
    this.#offers.length = 0;
  }
}
