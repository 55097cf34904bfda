/**
 * Durations, counted in as much memory for a billion as for ten.
 *
 * @module
 */

/** What a {@linkcode Histogram} holds, as plain data. */
export interface HistogramState {
  /** How many were recorded of each bucket, see {@linkcode Histogram}. */
  readonly buckets: Float64Array<ArrayBuffer>;
  /** How many in all. */
  readonly count: number;
  /** All of them together, in microseconds. */
  readonly sumUs: number;
  /** The shortest; Infinity when there is none. */
  readonly minUs: number;
  /** The longest; 0 when there is none. */
  readonly maxUs: number;
}

/** Buckets that double the value have so many steps between them. */
const STEPS_LOG2 = 7;
const STEPS = 2 ** STEPS_LOG2;

/** The longest that is told from a longer one, in microseconds: 35 minutes. */
const US_MAX = 2 ** 31 - 1;

const BUCKETS = bucketOf(US_MAX) + 1;

/**
 * Counts durations, each in a bucket that is no wider than 0.8 % of it.
 *
 * Below 256 µs a bucket is a microsecond; above, each doubling has 128 of the
 * same width.
 */
export class Histogram {
  #buckets = new Float64Array(BUCKETS);
  #count = 0;
  #sumUs = 0;
  #minUs = Infinity;
  #maxUs = 0;

  /** How many were recorded. */
  get count(): number {
    return this.#count;
  }

  /** Records a duration, in milliseconds; one below 0 counts as 0. */
  record(ms: number): void {
    const us = Math.min(US_MAX, Math.max(0, Math.round(ms * 1_000)));
    this.#buckets[bucketOf(us)]! += 1;
    this.#count += 1;
    this.#sumUs += us;
    if (us < this.#minUs) this.#minUs = us;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /** Adds all that `state` holds. */
  add(state: HistogramState): void {
    for (let at = 0; at < BUCKETS; at++) {
      this.#buckets[at]! += state.buckets[at]!;
    }
    this.#count += state.count;
    this.#sumUs += state.sumUs;
    this.#minUs = Math.min(this.#minUs, state.minUs);
    this.#maxUs = Math.max(this.#maxUs, state.maxUs);
  }

  /** A copy of what it holds. */
  state(): HistogramState {
    return {
      buckets: this.#buckets.slice(),
      count: this.#count,
      sumUs: this.#sumUs,
      minUs: this.#minUs,
      maxUs: this.#maxUs,
    };
  }

  /**
   * What a part of all did not exceed, in milliseconds, 0 when there is none.
   *
   * @param part From 0, the shortest, to 1, the longest.
   */
  quantileMs(part: number): number {
    if (this.#count === 0) return 0;
    // 0.07 of 100 are a little more than 7 in binary.
    const rank = Math.max(1, Math.ceil(part * this.#count - 1e-6));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#buckets[bucket]!;
      if (seen < rank) continue;
      const us = Math.max(this.#minUs, lastOf(bucket));
      return Math.min(this.#maxUs, us) / 1_000;
    }
    return this.#maxUs / 1_000;
  }

  /** The mean, in milliseconds, 0 when there is none. */
  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumUs / this.#count / 1_000;
  }

  /** The shortest, in milliseconds, 0 when there is none. */
  get minMs(): number {
    return this.#count === 0 ? 0 : this.#minUs / 1_000;
  }

  /** The longest, in milliseconds. */
  get maxMs(): number {
    return this.#maxUs / 1_000;
  }
}

function bucketOf(us: number): number {
  const shift = Math.max(0, 31 - Math.clz32(us) - STEPS_LOG2);
  return shift * STEPS + (us >>> shift);
}

/** The largest value that is counted in `bucket`, in microseconds. */
function lastOf(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / STEPS) - 1);
  return (bucket - shift * STEPS + 1) * 2 ** shift - 1;
}
