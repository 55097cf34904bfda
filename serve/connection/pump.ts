/**
 * The loop of a process that writes to a client.
 *
 * @module
 */

import { type Context, LATER, type ProcessBody } from "@rusm/otp";

/**
 * Takes one message after the other, and none while it waits: the mailbox is
 * what holds back who sends. It ends when somebody ends it.
 *
 * @typeParam Mail What it takes.
 */
export class Pump<Mail> implements ProcessBody<Mail> {
  readonly #write: (mail: Mail) => boolean;
  readonly #take = (mail: Mail) => this.#run(mail);
  #self!: Context<Mail>;
  #isWaiting = false;
  #isOver = false;

  /**
   * @param write Takes a message. Returns false when it can take no other until
   * {@linkcode Pump.resume}, in a later turn. Must not throw.
   */
  constructor(write: (mail: Mail) => boolean) {
    this.#write = write;
  }

  /** See `ProcessBody.start`. */
  start(self: Context<Mail>): typeof LATER {
    this.#self = self;
    this.#next();
    return LATER;
  }

  #next(): void {
    const mail = this.#self.receiveBy(this.#take);
    if (mail !== LATER) this.#run(mail);
  }

  // One turn of a loop that has no end, without a stack that grows.
  #run(first: Mail): void {
    let mail: Mail | typeof LATER = first;
    while (mail !== LATER) {
      this.#isWaiting = !this.#write(mail);
      if (this.#isWaiting) return;
      mail = this.#self.receiveBy(this.#take);
    }
  }

  /** Takes the next message. Harmless when it does not wait, or has ended. */
  resume(): void {
    if (!this.#isWaiting || this.#isOver) return;
    this.#isWaiting = false;
    this.#next();
  }

  /** See `ProcessBody.stop`. */
  stop(): void {
    this.#isOver = true;
  }
}
