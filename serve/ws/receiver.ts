/**
 * The end of what a client sends.
 *
 * @module
 */

import { RECEIVER } from "./library.ts";

/** As much of the package's class as is used here. */
interface Ending {
  readonly writableEnded: boolean;
  end(...last: unknown[]): unknown;
}

/**
 * Has the package end each receiver once.
 *
 * It does so again when the connection closes, which says nothing, but makes an
 * error that nobody is told of, with its stack: a fifth of all that a connection
 * takes of the thread.
 */
export function endReceiversOnce(): void {
  const methods = RECEIVER.prototype as Ending;
  const { end } = methods;
  methods.end = function (...last) {
    const saysNothing = this.writableEnded && last.length === 0;
    return saysNothing ? this : end.apply(this, last);
  };
}
