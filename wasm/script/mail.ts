/**
 * The mailbox of a script, whose jobs can wait for a message while others go on.
 *
 * @module
 */

import { type Context, type Metadata, TIMEOUT } from "@rusm/otp";
import { bytesOf, type GuestMessage } from "../message.ts";
import { isTextMessage, noteTaken } from "../node/client_frames.ts";

/** Who hears of mail. */
export interface MailListener {
  /**
   * A message can be taken for the wait with that id, by {@linkcode Mail.take}.
   * It may be gone by then.
   */
  mailCame(id: number): void;
}

/**
 * The mailbox of one process.
 *
 * A job that waits takes no message before it can be given to it: until then
 * what travelled with the last one is what all others act with.
 *
 * Invariant: mail is watched, or its listener was told, exactly while a job waits
 * and no receive does.
 */
export class Mail {
  /** Whether what was taken last is text. */
  isTextLast = false;
  readonly #self: Context<GuestMessage>;
  readonly #listener: MailListener;
  // Of the job that waits.
  #id: number | undefined;
  // Whether the listener was told, and has not come yet.
  #isTold = false;
  // What travelled with the message before the one that a job took last.
  #before: { readonly metadata: Metadata | undefined } | undefined;

  /** Nobody waits. */
  constructor(self: Context<GuestMessage>, listener: MailListener) {
    this.#self = self;
    this.#listener = listener;
  }

  /** Waits for a message for a job. @throws {TypeError} Another job waits. */
  wait(id: number): void {
    if (this.#id !== undefined) {
      throw new TypeError(
        "Cannot wait for the next message: another job waits for it",
      );
    }
    this.#id = id;
    this.#watch();
  }

  /** Gives a wait up. Takes no message. */
  giveUp(id: number): void {
    if (this.#id !== id) return;
    this.#id = undefined;
    this.#self.unwatchMail();
  }

  #watch(): void {
    if (this.#id === undefined || this.#isTold) return;
    // Told in a turn of its own: a sender must not suffer.
    const isWatched = this.#self.watchMail(() => this.#tell());
    if (!isWatched) this.#tell();
  }

  #tell(): void {
    if (this.#isTold || this.#id === undefined) return;
    this.#isTold = true;
    this.#listener.mailCame(this.#id);
  }

  /**
   * Takes the message that the listener was told of.
   *
   * @returns Undefined when it is gone; then the job waits on. A promise when
   * others are to run first.
   */
  take(id: number): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    this.#isTold = false;
    this.#self.unwatchMail();
    if (this.#id !== id) return this.#gone();
    const { metadata } = this.#self;
    const message = this.#self.receive({ timeoutMs: 0 });
    return message instanceof Promise
      ? message.then((received) => this.#taken(received, metadata))
      : this.#taken(message, metadata);
  }

  #taken(
    message: GuestMessage | typeof TIMEOUT,
    metadata: Metadata | undefined,
  ): Uint8Array | undefined {
    if (message === TIMEOUT) return this.#gone();
    this.#id = undefined;
    this.#before = { metadata };
    return this.#bytesOf(message);
  }

  #gone(): undefined {
    this.#watch();
  }

  /**
   * Takes the next message for who blocks the process: before any job that waits.
   *
   * @param timeoutMs Waits for ever when undefined; only looks when 0.
   * @returns Undefined when none came in time.
   */
  receive(
    timeoutMs: number | undefined,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    this.#self.unwatchMail();
    const message = timeoutMs === undefined
      ? this.#self.receive()
      : this.#self.receive({ timeoutMs });
    return message instanceof Promise
      ? message.then((received) => this.#received(received))
      : this.#received(message);
  }

  #received(message: GuestMessage | typeof TIMEOUT): Uint8Array | undefined {
    this.#watch();
    if (message === TIMEOUT) return undefined;
    this.#before = undefined;
    return this.#bytesOf(message);
  }

  #bytesOf(message: GuestMessage): Uint8Array {
    this.isTextLast = isTextMessage(message);
    noteTaken(this.#self, message);
    return bytesOf(message);
  }

  /** What a job took last was stashed: it counts as not received. */
  putBack(): void {
    if (this.#before !== undefined) {
      this.#self.metadata = this.#before.metadata;
    }
    this.#before = undefined;
  }

  /** See {@linkcode Context.unstash}. */
  unstash(): void {
    this.#self.unwatchMail();
    this.#self.unstash();
    this.#watch();
  }
}
