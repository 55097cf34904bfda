/**
 * A Worker that moves an epoch on every millisecond, until it is told to end.
 *
 * @module
 */

/** What it is told: the epoch, and behind it a word that is 0 until it has to end. */
export interface TickerMessage {
  readonly epoch: SharedArrayBuffer;
}

// What a Worker's global is; here a window's is assumed.
const scope = self as unknown as Worker & { close(): void };

scope.onmessage = ({ data }: MessageEvent<TickerMessage>) => {
  const words = new Int32Array(data.epoch);
  while (Atomics.wait(words, 1, 0, 1) === "timed-out") Atomics.add(words, 0, 1);
  scope.postMessage("ended");
  scope.close();
};
