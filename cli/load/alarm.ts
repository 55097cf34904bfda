/**
 * Being woken at a time, to a tenth of a millisecond.
 *
 * Deno's timers are one or two milliseconds late, and a schedule is not: what
 * they are late would be taken for the server's doing. So a thread sleeps, and
 * wakes this one through shared memory.
 *
 * @module
 */

/** Index of the microseconds to sleep; 0 when there is nothing to do. */
export const SLEEP_US = 0;

/** Index of whether it is over, to sleep on: 0, and then 1. */
export const IS_OVER = 1;

/** Index of how often it has rung. */
export const RINGS = 2;

const WORDS = 3;

/** The longest sleep, in milliseconds. */
const SLEEP_MS_MAX = 60_000;

/** Wakes this thread. */
export interface Alarm {
  /**
   * Resolves after `ms` milliseconds, or after a minute if that is sooner.
   * Nothing else may be waited for meanwhile. Does not keep the thread alive.
   */
  ring(ms: number): Promise<void>;
  /** Ends it: what is waited for does not come. */
  close(): void;
}

/** Starts an alarm, and resolves when it can be set. */
export async function startAlarm(): Promise<Alarm> {
  const words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  const program = new URL("./alarm_worker.ts", import.meta.url);
  const worker = new Worker(program, { type: "module", name: "alarm" });
  await new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot start an alarm: ${event.message}`));
    };
    worker.postMessage(words);
  });
  return {
    ring: (ms) => ring(words, ms),
    close() {
      // A thread that is terminated while it waits without a bound goes on to
      // wait, and this process would wait for it.
      Atomics.store(words, IS_OVER, 1);
      Atomics.store(words, SLEEP_US, 1);
      Atomics.notify(words, IS_OVER);
      Atomics.notify(words, SLEEP_US);
      worker.terminate();
    },
  };
}

async function ring(words: Int32Array, ms: number): Promise<void> {
  const rung = Atomics.waitAsync(words, RINGS, Atomics.load(words, RINGS));
  const us = Math.min(ms, SLEEP_MS_MAX) * 1_000;
  Atomics.store(words, SLEEP_US, Math.max(1, Math.round(us)));
  Atomics.notify(words, SLEEP_US);
  await rung.value;
}
