/**
 * Processes that exchange messages and streams in the test's memory, as guests
 * do through the host.
 *
 * @module
 */

import { Exchange } from "../prelude/exchange.ts";
import type { Accepting, Message, Port, ReadEnd, WriteEnd } from "../prelude/port.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** All processes, by pid. */
export class Switchboard {
  readonly #lines = new Map<string, Line>();
  /** Callbacks of timers that were started and not ended. */
  readonly timers = new Set<() => void>();

  /** A process that lives. */
  add(pid: string): Line {
    const line = new Line(this, pid);
    this.#lines.set(pid, line);
    return line;
  }

  /** The process of that pid, if it lives. */
  find(pid: string): Line | undefined {
    return this.#lines.get(pid);
  }

  /** Ends a process: its streams first, then whoever monitors it is told. */
  end(pid: string, reason: string): void {
    const ended = this.#lines.get(pid);
    this.#lines.delete(pid);
    ended?.closeAll();
    for (const line of this.#lines.values()) line.told(pid, reason);
  }

  /** Lets the time of all timers come. */
  elapse(): void {
    const timers = [...this.timers];
    this.timers.clear();
    for (const callback of timers) callback();
  }
}

interface Waiting {
  readonly from: string;
  readonly resolve: (stream: ReadEnd | null) => void;
}

/** One process, and its port. */
export class Line implements Port {
  readonly exchange: Exchange;
  readonly #board: Switchboard;
  readonly #pid: string;
  #mail: Uint8Array[] = [];
  #stashed: Uint8Array[] = [];
  #wake: ((message: Message) => void) | undefined;
  readonly #monitors = new Map<number, string>();
  #nextMonitor = 0;
  #offers: (readonly [from: string, stream: Pipe])[] = [];
  #accepting: Waiting[] = [];
  readonly #writing: Pipe[] = [];
  /** Whether it may monitor. */
  mayMonitor = true;
  /** What it told the log. */
  readonly warnings: string[] = [];

  constructor(board: Switchboard, pid: string) {
    this.#board = board;
    this.#pid = pid;
    this.exchange = new Exchange(this);
  }

  /** Its mail, what it set aside not included. */
  get mail(): string[] {
    return this.#mail.map((message) => decoder.decode(message));
  }

  /** How many monitors it has. */
  get monitorCount(): number {
    return this.#monitors.size;
  }

  /** How many streams it waits for. */
  get acceptCount(): number {
    return this.#accepting.length;
  }

  /** Whether it waits for mail. */
  get isWaiting(): boolean {
    return this.#wake !== undefined;
  }

  /** Puts a message into its mailbox. */
  take(text: string): void {
    this.#mail.push(encoder.encode(text));
    if (this.#wake !== undefined) this.#tell();
  }

  // As a process is told: in a turn of its own, and of what is there then.
  async #tell(): Promise<void> {
    await undefined;
    const wake = this.#wake;
    if (wake === undefined || this.#mail.length === 0) return;
    this.#wake = undefined;
    wake(this.#mail.shift()!);
  }

  told(pid: string, reason: string): void {
    for (const [ref, target] of this.#monitors) {
      if (target !== pid) continue;
      this.#monitors.delete(ref);
      this.take(JSON.stringify({ __down: pid, reason }));
    }
  }

  closeAll(): void {
    for (const pipe of this.#writing) pipe.break();
  }

  self(): string {
    return this.#pid;
  }

  send(to: string, text: string): boolean {
    this.#board.find(to)?.take(text);
    return this.#board.find(to) !== undefined;
  }

  text(message: Message): string {
    return typeof message === "string" ? message : decoder.decode(message);
  }

  bytes(message: Message): Uint8Array {
    return typeof message === "string" ? encoder.encode(message) : message;
  }

  listen(take: (message: Message) => void): void {
    if (this.#wake !== undefined) throw new Error("Two wait for mail");
    this.#wake = take;
    if (this.#mail.length > 0) this.#tell();
  }

  cancel(): void {
    this.#wake = undefined;
  }

  poll(): Uint8Array | null {
    return this.#mail.shift() ?? null;
  }

  stash(message: Message): void {
    this.#stashed.push(this.bytes(message));
  }

  unstash(): void {
    if (this.#wake !== undefined) throw new Error("Somebody waits for mail");
    this.#mail = [...this.#stashed, ...this.#mail];
    this.#stashed = [];
  }

  monitor(pid: string): number | undefined {
    if (!this.mayMonitor) return undefined;
    this.#monitors.set(++this.#nextMonitor, pid);
    if (this.#board.find(pid) === undefined) this.told(pid, "noproc");
    return this.#nextMonitor;
  }

  demonitor(ref: number): void {
    this.#monitors.delete(ref);
  }

  open(to: string): Promise<WriteEnd | undefined> {
    const other = this.#board.find(to);
    if (other === undefined) return Promise.resolve(undefined);
    const pipe = new Pipe();
    this.#writing.push(pipe);
    other.#offers.push([this.#pid, pipe]);
    other.#match();
    return Promise.resolve(pipe);
  }

  accept(from: string): Accepting {
    const { promise, resolve } = Promise.withResolvers<ReadEnd | null>();
    const waiting = { from, resolve };
    this.#accepting.push(waiting);
    this.#match();
    return {
      stream: promise,
      cancel: () => {
        resolve(null);
        this.#accepting = this.#accepting.filter((each) => each !== waiting);
      },
    };
  }

  #match(): void {
    for (const offer of [...this.#offers]) {
      const [from, pipe] = offer;
      const waiting = this.#accepting.find((each) => each.from === from);
      if (waiting === undefined) continue;
      this.#accepting = this.#accepting.filter((each) => each !== waiting);
      this.#offers = this.#offers.filter((each) => each !== offer);
      waiting.resolve({
        read: () => pipe.read(),
        get isBroken() {
          return pipe.isBroken;
        },
        close: () => pipe.giveUp(),
      });
    }
  }

  after(_ms: number, callback: () => void): () => void {
    this.#board.timers.add(callback);
    return () => this.#board.timers.delete(callback);
  }

  messageOf(thrown: unknown): string {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }

  warn(text: string): void {
    this.warnings.push(text);
  }
}

/** A stream, which has room for one piece. */
class Pipe implements WriteEnd {
  #pieces: Uint8Array[] = [];
  #isEnded = false;
  #isGivenUp = false;
  isBroken = false;
  #changed = Promise.withResolvers<void>();

  async write(text: string): Promise<boolean> {
    while (this.#pieces.length > 0 && !this.#isGivenUp) {
      await this.#changed.promise;
    }
    if (this.#isGivenUp || this.#isEnded) return false;
    this.#pieces.push(encoder.encode(text));
    this.#change();
    return true;
  }

  close(): void {
    this.#isEnded = true;
    this.#change();
  }

  break(): void {
    if (!this.#isEnded) this.isBroken = true;
    this.close();
  }

  async read(): Promise<Uint8Array | null> {
    while (this.#pieces.length === 0) {
      if (this.#isEnded || this.#isGivenUp) return null;
      await this.#changed.promise;
    }
    const piece = this.#pieces.shift()!;
    this.#change();
    return piece;
  }

  giveUp(): void {
    this.#isGivenUp = true;
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
