/**
 * What a process has under way with others: its calls, and its own mail.
 *
 * @module
 */

import { type Asked, PendingCalls } from "./pending_calls.ts";
import type { Port, ReadEnd } from "./port.ts";
import { StreamCaller } from "./stream_caller.ts";
import { type Outcome, readMessage, ValueReader, writeCall } from "./wire.ts";

/**
 * The mail of one process, of which its calls take what is theirs. All other
 * mail is put aside while a call is under way, and comes afterwards in the order
 * in which it was sent, unless somebody waits for it by {@linkcode Exchange.next}.
 */
export class Exchange {
  readonly #port: Port;
  readonly #calls: PendingCalls;
  #taker: ((message: Uint8Array) => void) | undefined;
  #isListening = false;
  // Counts the waits for mail.
  #round = 0;
  #hasStashed = false;

  /** Nothing is under way. */
  constructor(port: Port) {
    this.#port = port;
    this.#calls = new PendingCalls(port);
  }

  /**
   * Calls a service.
   *
   * @returns What it answers. Rejects with an Error: the service's own, one whose
   * message is `timeout`, or `Cannot call <op>: the service ended (<reason>)`.
   */
  async call(asked: Omit<Asked, "isStream">): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const caller = { replied: resolve, ended: reject, failed: reject };
    const call = this.#calls.begin({ ...asked, isStream: false }, caller);
    this.#listen();
    try {
      const outcome = await promise;
      if ("err" in outcome) throw asked.fail(outcome.err);
      return outcome.ok;
    } finally {
      this.#calls.end(call);
      this.#calm();
    }
  }

  /**
   * Calls a service that answers a stream. Nothing is sent before the first value
   * is asked for. Rejects as {@linkcode Exchange.call} does, behind the values that
   * the service gave before it failed or ended.
   */
  async *stream(
    asked: Omit<Asked, "isStream">,
  ): AsyncGenerator<unknown, void, undefined> {
    const caller = new StreamCaller(asked, this.#port);
    const call = caller.begin(() =>
      this.#calls.begin({ ...asked, isStream: true }, caller)
    );
    this.#listen();
    try {
      const stream = await caller.accept();
      try {
        yield* this.#valuesOf(stream, caller);
        // Why it has ended was sent before its end, and may not be read yet.
        this.#readAll();
        caller.insistWell();
        if (stream.isBroken) await caller.end(this.#calls.isTold(asked.to));
      } finally {
        stream.close();
      }
    } finally {
      this.#calls.end(call);
      this.#calm();
    }
  }

  async *#valuesOf(
    stream: ReadEnd,
    caller: StreamCaller,
  ): AsyncGenerator<unknown, void, undefined> {
    const values = new ValueReader((bytes) => this.#port.text(bytes));
    for (;;) {
      const piece = await caller.wait(stream.read());
      if (piece === null) return;
      const read = values.read(piece);
      if (read !== undefined) yield read.value;
    }
  }

  /**
   * Sends a call that nobody answers.
   *
   * @throws {TypeError} An argument is a function, or has no JSON.
   */
  cast({ to, op, args }: Pick<Asked, "to" | "op" | "args">): void {
    if (args.some((arg) => typeof arg === "function")) {
      throw new TypeError(
        `Cannot cast with a function, which is called back while a call is under way: ${op}`,
      );
    }
    this.#port.send(to, writeCall({ op, args, from: this.#port.self() }));
  }

  /** Waits for the next message that is of no call. At most one wait is under way. */
  next(): Promise<Uint8Array> {
    this.restore();
    return new Promise((resolve) => {
      this.#taker = resolve;
      this.#listen();
    });
  }

  /** Puts all mail that is of no call back in front of what waits. */
  restore(): void {
    if (!this.#hasStashed) return;
    this.#silence();
    this.#hasStashed = false;
    this.#port.unstash();
    this.#listen();
  }

  /** Takes a message if it is of a call. Returns whether it was. */
  claim(message: Uint8Array): boolean {
    return this.#calls.count > 0 &&
      this.#calls.deliver(readMessage(this.#port.text(message)));
  }

  get #isWanted(): boolean {
    return this.#calls.count > 0 || this.#taker !== undefined;
  }

  async #listen(): Promise<void> {
    if (this.#isListening || !this.#isWanted) return;
    this.#isListening = true;
    const round = ++this.#round;
    const message = await this.#port.next();
    // One that was given up has been followed by another, or is not wanted.
    if (round === this.#round) this.#isListening = false;
    if (message !== null) this.#route(message);
    this.#listen();
  }

  #silence(): void {
    if (this.#isListening) this.#port.cancel();
    this.#isListening = false;
    this.#round++;
  }

  // Ends the listening when the last call has ended.
  #calm(): void {
    if (this.#calls.count > 0) return;
    if (this.#taker === undefined) this.#silence();
    this.restore();
  }

  #readAll(): void {
    for (;;) {
      const message = this.#port.poll();
      if (message === null) return;
      this.#route(message);
    }
  }

  #stash(message: Uint8Array): void {
    try {
      this.#port.stash(message);
      this.#hasStashed = true;
    } catch (error) {
      // As if the mailbox were full: a flood must not end a process that calls.
      this.#port.warn(`Dropped a message: ${this.#port.messageOf(error)}`);
    }
  }

  #route(message: Uint8Array): void {
    if (this.claim(message)) return;
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker !== undefined) return taker(message);
    this.#stash(message);
    // It came although it was not waited for any more.
    if (this.#calls.count === 0) this.restore();
  }
}
