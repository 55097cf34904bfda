/**
 * Random numbers that can be repeated.
 *
 * @module
 */

/**
 * Numbers from 0 up to, but not including, 1, that repeat with the seed.
 *
 * @see Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
 * 2014; `SplittableRandom` of Java.
 */
export function splitmix(seed: bigint): () => number {
  let state = seed;
  return () => {
    state = u64(state + 0x9e3779b97f4a7c15n);
    let bits = u64((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
    bits = u64((bits ^ (bits >> 27n)) * 0x94d049bb133111ebn);
    return Number((bits ^ (bits >> 31n)) >> 11n) / 2 ** 53;
  };
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** A generator of its own, seeded by a number of `random`. */
export function split(random: () => number): () => number {
  return splitmix(BigInt(Math.floor(random() * 2 ** 53)));
}

/** The least and the greatest of some whole numbers, both included. */
export type Span = readonly [min: number, max: number];

/** A whole number of a span; Infinity when that is its greatest. */
export function integer(random: () => number, [min, max]: Span): number {
  if (max === Infinity) return max;
  return min + Math.floor(random() * (max - min + 1));
}
