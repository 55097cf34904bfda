/**
 * Bells: how one thread wakes another.
 *
 * @module
 */

/** One word of shared memory: whether its thread sleeps. */
export type BellCell = Int32Array<SharedArrayBuffer>;

const ASLEEP = 0;
const AWAKE = 1;

// TypeScript's libraries do not know it yet.
const { waitAsync } = Atomics as unknown as {
  waitAsync(cell: BellCell, index: number, value: number): {
    readonly async: boolean;
    readonly value: Promise<string> | string;
  };
};

/** The bell of a thread that is awake. */
export function createBell(): BellCell {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  cell[0] = AWAKE;
  return cell;
}

/** Wakes the thread that listens to `cell`. Costs next to nothing while it is awake. */
export function ringBell(cell: BellCell): void {
  const wasAsleep = Atomics.load(cell, 0) === ASLEEP &&
    Atomics.exchange(cell, 0, AWAKE) === ASLEEP;
  if (wasAsleep) Atomics.notify(cell, 0);
}

/** Whether it has rung since who listens lay down. */
export function hasRung(cell: BellCell): boolean {
  return Atomics.load(cell, 0) === AWAKE;
}

/**
 * Lies down, so that others ring. Look for work once more behind it, and then
 * {@linkcode sleep} or {@linkcode ringBell} oneself.
 */
export function lieDown(cell: BellCell): void {
  Atomics.store(cell, 0, ASLEEP);
}

/** Calls `wake` once in a later task or microtask, when the bell has rung. Does not keep the program alive. */
export function sleep(cell: BellCell, wake: () => void): void {
  const waiting = waitAsync(cell, 0, ASLEEP);
  // Not asynchronous: it has rung meanwhile.
  Promise.resolve(waiting.value).then(wake);
}
