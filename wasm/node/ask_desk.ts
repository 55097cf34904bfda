/**
 * Where the questions of one scheduler's guests are taken.
 *
 * @module
 */

import type { Answer } from "./ask.ts";
import { ASKS_MAX } from "./limits.ts";

/** Sends an answer; false when it finds no room on the way. */
export type SendAnswer = (answer: Answer, isRefusable: boolean) => boolean;

/** Bounds what is asked and not answered: guests that are killed while they wait can be followed by others. */
export class AskDesk {
  readonly #max: number;
  #count = 0;

  /** Nothing was asked yet. At most `max` questions wait. */
  constructor(max: number = ASKS_MAX) {
    this.#max = max;
  }

  /**
   * Answers by `answer`, which never rejects, or in its place when too much
   * waits. Each question is answered once.
   */
  async take(
    answer: () => Answer | Promise<Answer>,
    send: SendAnswer,
  ): Promise<void> {
    if (this.#count >= this.#max) {
      return void send({ error: "too much is asked of the node" }, false);
    }
    this.#count++;
    const made = answer();
    const whole = made instanceof Promise ? await made : made;
    this.#count--;
    // What is large may find no room.
    if (send(whole, true)) return;
    send({ error: "too much is on its way from the node" }, false);
  }
}
