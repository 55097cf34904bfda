/**
 * Waiting, but not for ever.
 *
 * @module
 */

/** Resolves when `work` does, and after `ms` milliseconds also when it does not. */
export async function withinMs(
  ms: number,
  work: Promise<unknown>,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
