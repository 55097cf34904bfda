/**
 * Many things at once, and not too many.
 *
 * @module
 */

/**
 * Calls `work` for each of `items`, at most `workersMax` at a time.
 *
 * @param workersMax At least 1.
 * @returns The results, in the order of `items`.
 */
export async function concurrently<Item, Result>(
  items: readonly Item[],
  workersMax: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  // Shared by the workers: each takes the next item when it is free.
  const queue = items.entries();
  async function run(): Promise<void> {
    for (const [index, item] of queue) results[index] = await work(item);
  }
  await Promise.all(Array.from({ length: workersMax }, run));
  return results;
}
