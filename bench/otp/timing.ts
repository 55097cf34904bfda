/**
 * The clock of the shapes.
 *
 * @module
 */

/** Runs `work` and returns how many milliseconds it took. */
export async function timeMs(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/**
 * How many of its `count` things per second a shape does, once it is warm.
 *
 * @param run Does the whole shape and returns how many milliseconds its timed
 * part took. Called three times; the third one counts.
 */
export async function rate(
  count: number,
  run: () => Promise<number>,
): Promise<number> {
  await run();
  await run();
  return count / await run() * 1_000;
}
