/**
 * Streams between guests of different schedulers.
 *
 * @module
 */

import { type Pid, type Runtime, StreamBroken } from "@rusm/otp";
import { localGuest } from "../core/guests.ts";
import type { WriteEnd } from "../core/streams.ts";
import { AwayReader } from "./away_reader.ts";
import { AwayWriter } from "./away_writer.ts";
import { Window } from "./window.ts";

/** What one end of a stream tells the other, each of its scheduler's streams by a number. */
export type StreamFrame =
  & {
    /** The tag. */
    readonly type: "stream";
    /** Index of the scheduler that tells. */
    readonly scheduler: number;
  }
  & (
    /** From the writer: to be offered to `to`, and answered by `opened`. */
    | {
      readonly op: "open";
      readonly id: number;
      readonly from: Pid;
      readonly to: Pid;
    }
    | {
      readonly op: "chunk";
      readonly id: number;
      readonly bytes: Uint8Array;
    }
    | { readonly op: "end"; readonly id: number; readonly isBroken: boolean }
    /** From the reader. */
    | {
      readonly op: "opened";
      readonly id: number;
      readonly isOpen: boolean;
    }
    /** It has taken a chunk. */
    | { readonly op: "room"; readonly id: number }
    /** Nobody reads any more. */
    | { readonly op: "gone"; readonly id: number }
    /** So many bytes of chunks are not on their way any more. */
    | { readonly op: "arrived"; readonly bytes: number }
  );

/** What a frame holds besides its sender. */
type Told = StreamFrame extends infer Frame
  ? Frame extends StreamFrame ? Omit<Frame, "type" | "scheduler"> : never
  : never;

/** Sends a frame to another scheduler; false when there is no way to it. */
export type SendFrame = (to: number, frame: StreamFrame) => boolean;

/**
 * The ends, on one scheduler, of streams whose other end is on another.
 *
 * A writer is ahead of its reader by 16 chunks, as in one thread; and what is
 * on the way from one scheduler to another, in all streams, by
 * `STREAM_WINDOW_BYTES`, so that no flood of streams overruns the wire.
 */
export class AwayStreams {
  readonly #runtime: Runtime;
  readonly #scheduler: number;
  readonly #send: SendFrame;
  // By their number.
  readonly #writers = new Map<number, AwayWriter>();
  readonly #opening = new Map<
    number,
    { readonly to: number; readonly settle: (isOpen: boolean) => void }
  >();
  // By scheduler, and the number that they have there.
  readonly #readers = new Map<number, Map<number, AwayReader>>();
  readonly #windows = new Map<number, Window>();
  #nextId = 0;

  /** No streams yet. */
  constructor(runtime: Runtime, scheduler: number, send: SendFrame) {
    this.#runtime = runtime;
    this.#scheduler = scheduler;
    this.#send = send;
  }

  /**
   * Opens a stream from a guest of this scheduler to one of another.
   *
   * @returns Resolves to undefined when there is no such guest, or it has too
   * many streams.
   */
  async open(from: Pid, to: Pid): Promise<WriteEnd | undefined> {
    const { scheduler } = to;
    const id = this.#nextId++;
    if (!this.#tell(scheduler, { op: "open", id, from, to })) return undefined;
    const isOpen = await new Promise<boolean>((settle) =>
      this.#opening.set(id, { to: scheduler, settle })
    );
    if (!isOpen) return undefined;
    return this.#writers.get(id);
  }

  #tell(scheduler: number, told: Told): boolean {
    const frame = { type: "stream", scheduler: this.#scheduler, ...told };
    return this.#send(scheduler, frame as StreamFrame);
  }

  #writerOf(id: number, scheduler: number): AwayWriter {
    return new AwayWriter(scheduler, this.#windowOf(scheduler), {
      chunk: (bytes) => this.#tell(scheduler, { op: "chunk", id, bytes }),
      end: (isBroken) => {
        if (!this.#writers.delete(id)) return;
        this.#tell(scheduler, { op: "end", id, isBroken });
      },
    });
  }

  #windowOf(scheduler: number): Window {
    let window = this.#windows.get(scheduler);
    if (window === undefined) {
      window = new Window();
      this.#windows.set(scheduler, window);
    }
    return window;
  }

  /** Takes what another scheduler tells. */
  heed(frame: StreamFrame): void {
    const { scheduler } = frame;
    switch (frame.op) {
      case "open":
        return this.#offer(frame.id, scheduler, frame);
      case "opened":
        return this.#opened(frame.id, frame.isOpen);
      case "chunk":
        // Also of a stream that nobody reads any more.
        this.#tell(scheduler, { op: "arrived", bytes: frame.bytes.length });
        return this.#readerOf(frame.id, scheduler)?.put(frame.bytes);
      case "end":
        return this.#end(frame.id, scheduler, frame.isBroken);
      case "room":
        return this.#writers.get(frame.id)?.allow();
      case "gone":
        this.#writers.get(frame.id)?.lose(new StreamBroken("reader", "normal"));
        return void this.#writers.delete(frame.id);
      case "arrived":
        return this.#windowOf(scheduler).give(frame.bytes);
    }
  }

  #offer(
    id: number,
    scheduler: number,
    { from, to }: { readonly from: Pid; readonly to: Pid },
  ): void {
    const readers = this.#readers.get(scheduler) ?? new Map();
    this.#readers.set(scheduler, readers);
    const reader = new AwayReader({
      taken: () => this.#tell(scheduler, { op: "room", id }),
      gone: () => {
        if (readers.delete(id)) this.#tell(scheduler, { op: "gone", id });
      },
    });
    const streams = localGuest(this.#runtime, to)?.streams;
    const isOpen = streams?.offer(reader, from) ?? false;
    if (isOpen) readers.set(id, reader);
    this.#tell(scheduler, { op: "opened", id, isOpen });
  }

  // Which way the process went its monitors tell.
  #end(id: number, scheduler: number, isBroken: boolean): void {
    const reader = this.#readerOf(id, scheduler);
    if (isBroken) reader?.lose("noproc");
    else reader?.finish();
    this.#readers.get(scheduler)?.delete(id);
  }

  #readerOf(id: number, scheduler: number): AwayReader | undefined {
    return this.#readers.get(scheduler)?.get(id);
  }

  // The writer is there before a frame behind this one is taken.
  #opened(id: number, isOpen: boolean): void {
    const opening = this.#opening.get(id);
    if (opening === undefined) return;
    this.#opening.delete(id);
    const { to, settle } = opening;
    if (isOpen) this.#writers.set(id, this.#writerOf(id, to));
    settle(isOpen);
  }

  /** Breaks the streams from and to a scheduler that is gone. */
  lost(scheduler: number): void {
    for (const [id, { to }] of this.#opening) {
      if (to === scheduler) this.#opened(id, false);
    }
    for (const [id, writer] of this.#writers) {
      if (writer.scheduler !== scheduler) continue;
      writer.lose(new StreamBroken("reader", "noconnection"));
      this.#writers.delete(id);
    }
    for (const reader of this.#readers.get(scheduler)?.values() ?? []) {
      reader.lose("noconnection");
    }
    this.#readers.delete(scheduler);
    this.#windows.delete(scheduler);
  }
}
