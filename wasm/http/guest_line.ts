/**
 * The line from a guest to whoever has its request.
 *
 * @module
 */

import type { Pid, ProcessHandle, Runtime } from "@rusm/otp";
import type { CallerFrame, LineFrame } from "./frames.ts";
import { EXCHANGE_MAILBOX_MAX } from "./limits.ts";

/** What a guest is told of the other end, in its own words. */
export interface LineListener {
  /** Why a body goes no further when the client has gone, or sends no more. */
  gone(): Error;
  /** Why a body goes no further when there is more of it than allowed. */
  tooLarge(): Error;
  /** The client has gone. Called once, when what waits was rejected. */
  lost(): void;
}

/**
 * Takes what the other half sends by a process of its own, so that the guest's
 * mailbox stays the guest's. That process is there from when it is needed until
 * the line is closed.
 *
 * Invariant: at most one piece is wanted, and one is not taken yet.
 */
export class GuestLine {
  readonly #runtime: Runtime;
  readonly #caller: Pid<LineFrame>;
  readonly #listener: LineListener;
  #inbox: ProcessHandle<CallerFrame> | undefined;
  #wanted: PromiseWithResolvers<Uint8Array | null> | undefined;
  #taken: PromiseWithResolvers<void> | undefined;
  #isGone = false;

  /** Nothing is said yet to `caller`, which has the request. */
  constructor(
    runtime: Runtime,
    caller: Pid<LineFrame>,
    listener: LineListener,
  ) {
    this.#runtime = runtime;
    this.#caller = caller;
    this.#listener = listener;
  }

  /** Who takes what the other half sends. */
  get inbox(): Pid<CallerFrame> {
    this.#inbox ??= this.#runtime.spawn<CallerFrame>(
      (self) => self.receiveEach((frame) => this.#heed(frame)),
      { mailboxMax: EXCHANGE_MAILBOX_MAX },
    );
    return this.#inbox.pid;
  }

  /**
   * Asks for the next piece of the request's body, which must have one. Not
   * again before this is answered.
   *
   * @returns Null at its end. Rejects with what the listener has for that.
   */
  read(): Promise<Uint8Array | null> {
    if (this.#isGone) return Promise.reject(this.#listener.gone());
    this.#wanted = Promise.withResolvers();
    const { inbox } = this;
    this.#runtime.send(this.#caller, { type: "want", inbox });
    return this.#wanted.promise;
  }

  /**
   * Waits until a piece that `pass` says is the client's. Not again before this
   * is over.
   *
   * @returns Rejects with what the listener has for that.
   */
  write(pass: () => void): Promise<void> {
    if (this.#isGone) return Promise.reject(this.#listener.gone());
    this.#taken = Promise.withResolvers();
    pass();
    return this.#taken.promise;
  }

  // Guests can send bytes to any pid: those have no type.
  #heed(frame: CallerFrame): void {
    switch (frame.type) {
      case "piece":
        return this.#wanted?.resolve(frame.bytes);
      case "end":
        return this.#wanted?.resolve(null);
      case "broken":
        return this.#wanted?.reject(this.#reasonOf(frame));
      case "taken":
        return this.#taken?.resolve();
      case "gone":
        return this.#lose();
    }
  }

  #reasonOf(
    { isTooLarge }: Extract<CallerFrame, { type: "broken" }>,
  ): Error {
    return isTooLarge ? this.#listener.tooLarge() : this.#listener.gone();
  }

  #lose(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#wanted?.reject(this.#listener.gone());
    this.#taken?.reject(this.#listener.gone());
    this.#listener.lost();
  }

  /** Nothing more is said. What waits is never settled. */
  close(): void {
    this.#inbox?.kill();
  }
}
