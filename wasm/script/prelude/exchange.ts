/**
 * What a process has under way with others: its calls, and its own mail.
 *
 * @module
 */

import { type Asked, type PendingCall, PendingCalls } from "./pending_calls.ts";
import type { Message, Port, ReadEnd } from "./port.ts";
import { StreamCaller } from "./stream_caller.ts";
import { readMessage, ValueReader, writeCall } from "./wire.ts";

/**
 * The mail of one process, of which its calls take what is theirs. All other
 * mail is put aside while a call is under way, and comes afterwards in the order
 * in which it was sent, unless somebody waits for it by {@linkcode Exchange.next}.
 */
export class Exchange {
  readonly #port: Port;
  readonly #calls: PendingCalls;
  #taker: ((message: Message) => void) | undefined;
  #isListening = false;
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
  call(asked: Asked): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        this.#end(call);
        reject(error);
      };
      const call = this.#calls.begin(asked, false, {
        replied: (outcome) => {
          if ("err" in outcome) return fail(asked.fail(outcome.err));
          this.#end(call);
          resolve(outcome.ok);
        },
        ended: fail,
        failed: fail,
      });
      this.#listenFor(call);
    });
  }

  #listenFor({ caller }: PendingCall): void {
    try {
      this.#listen();
    } catch (error) {
      // The host has no room for one more wait: the caller hears of it.
      caller.failed(error);
    }
  }

  // Before its caller goes on: one that calls again finds nothing under way.
  #end(call: PendingCall): void {
    this.#calls.end(call);
    this.#calm();
  }

  /**
   * Calls a service that answers a stream. Nothing is sent before the first value
   * is asked for. Rejects as {@linkcode Exchange.call} does, behind the values that
   * the service gave before it failed or ended.
   */
  async *stream(
    asked: Asked,
  ): AsyncGenerator<unknown, void, undefined> {
    const caller = new StreamCaller(asked, this.#port);
    const call = caller.begin(() => this.#calls.begin(asked, true, caller));
    this.#listenFor(call);
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
      this.#end(call);
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
  next(): Promise<Message> {
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
  claim(message: Message): boolean {
    return this.#calls.count > 0 &&
      this.#calls.deliver(readMessage(this.#port.text(message)));
  }

  get #isWanted(): boolean {
    return this.#calls.count > 0 || this.#taker !== undefined;
  }

  #listen(): void {
    if (this.#isListening || !this.#isWanted) return;
    this.#port.listen(this.#take);
    this.#isListening = true;
  }

  readonly #take = (message: Message): void => {
    this.#isListening = false;
    this.#route(message);
    this.#listen();
  };

  #silence(): void {
    if (this.#isListening) this.#port.cancel();
    this.#isListening = false;
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

  #stash(message: Message): void {
    try {
      this.#port.stash(message);
      this.#hasStashed = true;
    } catch (error) {
      // As if the mailbox were full: a flood must not end a process that calls.
      this.#port.warn(`Dropped a message: ${this.#port.messageOf(error)}`);
    }
  }

  #route(message: Message): void {
    if (this.claim(message)) return;
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker !== undefined) return taker(message);
    this.#stash(message);
    // It came although it was not waited for any more.
    if (this.#calls.count === 0) this.restore();
  }
}
