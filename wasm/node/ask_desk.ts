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
  take(
    answer: () => Answer | Promise<Answer>,
    send: SendAnswer,
  ): void {
    if (this.#count >= this.#max) {
      return void send({ error: "too much is asked of the node" }, false);
    }
    const made = answer();
    if (!(made instanceof Promise)) return hand(made, send);
    this.#count++;
    made.then((whole) => {
      this.#count--;
      hand(whole, send);
    });
  }
}

// What is large may find no room.
function hand(answer: Answer, send: SendAnswer): void {
  if (send(answer, true)) return;
  send({ error: "too much is on its way from the node" }, false);
}
