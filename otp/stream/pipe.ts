/**
 * What is between the two ends of a byte stream.
 *
 * @module
 */

import type { Tie } from "../bonds.ts";
import type { Core } from "../core.ts";
import { StreamBroken } from "../errors.ts";
import type { Pid } from "../pid.ts";
import type { Process } from "../process.ts";
import type { ExitReason } from "../reason.ts";
import type { Runnable } from "../scheduler.ts";

/** What a read gives: undefined is the end. */
export type Chunk = Uint8Array | undefined;

interface WaitingRead {
  readonly resolve: (chunk: Chunk) => void;
  readonly reject: (error: Error) => void;
}

interface WaitingWrite {
  readonly chunk: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A stream within one thread. What its ends tell each other is all that would
 * have to cross between schedulers: chunk, end and abort one way, room and
 * cancel the other.
 *
 * A chunk read costs a reduction, as a message does: two processes that are
 * busy with a stream would never let the event loop run otherwise. A write is
 * free, since it cannot get ahead of the reads.
 */
export class Pipe implements Runnable {
  readonly #core: Core;
  readonly #chunksMax: number;
  readonly #writer = new Owner((reason) => this.#lose(reason));
  readonly #reader = new Owner((reason) => this.cancel(reason));
  // The oldest first.
  #chunks: Uint8Array[] = [];
  // The oldest first. Invariant: empty unless there is no room.
  #writes: WaitingWrite[] = [];
  #read: WaitingRead | undefined;
  #isQueued = false;
  // What is behind the last chunk, once nothing more can be written.
  #last: "end" | StreamBroken | undefined;
  // Set once nobody will read any more.
  #gone: StreamBroken | undefined;
  readonly #readable = new Waiting();
  readonly #writable = new Waiting();
  readonly #goneWatchers: ((gone: StreamBroken) => void)[] = [];

  /** An empty stream that nobody owns. */
  constructor(core: Core, chunksMax: number) {
    this.#core = core;
    this.#chunksMax = chunksMax;
  }

  /** See {@linkcode StreamWriter.write}. */
  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#writer.isDead) return new Promise(() => {});
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    if (this.#put(chunk)) return undefined;
    return new Promise((resolve, reject) => {
      this.#writes.push({ chunk, resolve, reject });
    });
  }

  /** See {@linkcode StreamWriter.tryWrite}. */
  tryWrite(chunk: Uint8Array): boolean {
    if (this.#gone !== undefined) throw this.#gone;
    return this.#put(chunk);
  }

  #put(chunk: Uint8Array): boolean {
    if (this.#last !== undefined) {
      throw new TypeError("Cannot write to a stream that was ended");
    }
    if (!this.#hasRoom()) return false;
    this.#chunks.push(chunk);
    this.#wakeReader();
    return true;
  }

  #hasRoom(): boolean {
    return this.#chunks.length < this.#chunksMax;
  }

  /** See {@linkcode StreamWriter.ready}. */
  writable(): void | Promise<void> {
    if (this.#writer.isDead) return new Promise(() => {});
    if (this.#hasRoom() || this.#last !== undefined) return undefined;
    return this.#writable.promise();
  }

  /** See {@linkcode StreamReader.read}. */
  read(): Chunk | Promise<Chunk> {
    if (this.#reader.isDead) return new Promise(() => {});
    if (this.#read !== undefined) {
      throw new TypeError("Cannot read while another read waits");
    }
    if (this.#chunks.length > 0 && this.#core.scheduler.spend()) {
      return this.#take();
    }
    if (this.#hasMore()) return this.#park();
    this.#reader.release();
    return this.#last === "end" ? undefined : Promise.reject(this.#last);
  }

  #take(): Uint8Array {
    const chunk = this.#chunks.shift()!;
    const write = this.#writes.shift();
    if (write === undefined) this.#writable.end();
    else {
      this.#chunks.push(write.chunk);
      write.resolve();
    }
    return chunk;
  }

  #park(): Promise<Chunk> {
    return new Promise((resolve, reject) => {
      this.#read = { resolve, reject };
      if (this.#chunks.length > 0) this.#enqueue();
    });
  }

  #enqueue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#core.scheduler.ready(this);
  }

  /** Takes a turn: hands the read that waits its chunk. */
  run(): void {
    this.#isQueued = false;
    this.#settleRead();
  }

  #wakeReader(): void {
    if (!this.#reader.isDead) this.#readable.end();
    if (this.#read === undefined) return;
    if (this.#chunks.length === 0 || this.#core.scheduler.spend()) {
      this.#settleRead();
    } else this.#enqueue();
  }

  #settleRead(): void {
    const read = this.#read;
    // What was queued may have had its chunk since, and another read wait.
    if (read === undefined || !this.#isReady()) return;
    this.#read = undefined;
    if (this.#chunks.length > 0) return read.resolve(this.#take());
    this.#reader.release();
    if (this.#last instanceof StreamBroken) read.reject(this.#last);
    else read.resolve(undefined);
  }

  /** See {@linkcode StreamReader.ready}. */
  readable(): void | Promise<void> {
    if (this.#reader.isDead) return new Promise(() => {});
    return this.#isReady() ? undefined : this.#readable.promise();
  }

  // Whether there is something to read, be it the end.
  #isReady(): boolean {
    return this.#chunks.length > 0 || this.#last !== undefined;
  }

  /** See {@linkcode StreamWriter.end}. */
  end(): void {
    if (this.#last !== undefined) return;
    this.#close("end");
  }

  // What waits to be written stays: it goes before the end.
  #close(last: "end" | StreamBroken): void {
    this.#last = last;
    this.#writer.release();
    if (!this.#writer.isDead) this.#writable.end();
    this.#wakeReader();
  }

  #isOver(): boolean {
    return this.#last === "end" && !this.#hasMore();
  }

  // Whether a chunk is there, or can still come.
  #hasMore(): boolean {
    return this.#chunks.length > 0 || this.#last === undefined;
  }

  /** See {@linkcode StreamWriter.abort}. */
  abort(reason: ExitReason): void {
    if (this.#isOver() || this.#last instanceof StreamBroken) return;
    const broken = new StreamBroken("writer", reason);
    this.#drop(broken);
    this.#close(broken);
  }

  // The owner of the writer has ended. Its writes that wait never returned, so
  // they were never done.
  #lose(reason: ExitReason): void {
    if (this.#last !== undefined) return;
    this.#writes = [];
    this.#close(new StreamBroken("writer", reason));
  }

  /** See {@linkcode StreamReader.cancel}. */
  cancel(reason: ExitReason): void {
    this.#reader.release();
    if (this.#gone !== undefined || this.#isOver()) return;
    const gone = new StreamBroken("reader", reason);
    this.#gone = gone;
    this.#drop(gone);
    if (this.#reader.isDead) this.#read = undefined;
    this.#close(this.#last ?? "end");
    this.#goneWatchers.forEach((tell) => tell(gone));
  }

  #drop(error: StreamBroken): void {
    const writes = this.#writes;
    this.#writes = [];
    this.#chunks = [];
    // What a process waits for that has ended stays open.
    if (!this.#writer.isDead) writes.forEach(({ reject }) => reject(error));
  }

  /** Calls `tell`, which must not throw, when the reader is gone. */
  whenGone(tell: (gone: StreamBroken) => void): void {
    if (this.#gone === undefined) this.#goneWatchers.push(tell);
    else tell(this.#gone);
  }

  /** See {@linkcode StreamWriter.giveTo}. */
  giveWriterTo(pid: Pid): boolean {
    if (this.#writes.length > 0) {
      throw new TypeError(`Cannot give a writer away that waits: to ${pid}`);
    }
    const process = this.#core.find(pid);
    if (process === undefined) this.#lose("noproc");
    else this.#writer.become(process, this.#last === undefined);
    return process !== undefined;
  }

  /** See {@linkcode StreamReader.giveTo}. */
  giveReaderTo(pid: Pid): boolean {
    if (this.#read !== undefined) {
      throw new TypeError(`Cannot give a reader away that waits: to ${pid}`);
    }
    const process = this.#core.find(pid);
    if (process === undefined) this.cancel("noproc");
    else this.#reader.become(process, this.#hasMore());
    return process !== undefined;
  }
}

/** Those who wait for one thing. They share a promise: waiting again for what was abandoned costs nothing. */
class Waiting {
  #promise: Promise<void> | undefined;
  #resolve: (() => void) | undefined;

  promise(): Promise<void> {
    this.#promise ??= new Promise((resolve) => {
      this.#resolve = resolve;
    });
    return this.#promise;
  }

  end(): void {
    this.#resolve?.();
    this.#promise = undefined;
    this.#resolve = undefined;
  }
}

/** The process that owns one end, if any. */
class Owner implements Tie {
  readonly #ended: (reason: ExitReason) => void;
  #process: Process | undefined;

  constructor(ended: (reason: ExitReason) => void) {
    this.#ended = ended;
  }

  get isDead(): boolean {
    return this.#process?.exitReason !== undefined;
  }

  /** Makes `process` the owner, whose end matters if `isOpen`. */
  become(process: Process, isOpen: boolean): void {
    this.release();
    this.#process = process;
    if (isOpen) process.tie(this);
  }

  /** Lets the end of the owner matter no more. */
  release(): void {
    this.#process?.untie(this);
  }

  cancel(): void {
    this.#ended(this.#process!.exitReason!);
  }
}
