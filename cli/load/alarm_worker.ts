/**
 * The thread of an {@linkcode Alarm}. It is sent the shared words, and says that
 * it is there.
 *
 * @module
 */

import { IS_OVER, RINGS, SLEEP_US } from "./alarm.ts";

/** The global scope of a worker, as far as it is used here. */
interface Scope {
  onmessage: ((event: MessageEvent<Int32Array>) => void) | null;
  postMessage(message: null): void;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = ({ data: words }) => {
  scope.postMessage(null);
  while (Atomics.load(words, IS_OVER) === 0) {
    Atomics.wait(words, SLEEP_US, 0);
    const us = Atomics.exchange(words, SLEEP_US, 0);
    Atomics.wait(words, IS_OVER, 0, us / 1_000);
    Atomics.add(words, RINGS, 1);
    Atomics.notify(words, RINGS);
  }
};
