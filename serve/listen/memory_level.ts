/**
 * The memory that a program takes when nothing is wrong.
 *
 * @module
 */

/**
 * A level, and whether it is exceeded.
 *
 * It rises only when it is told to, so that slow growth is noticed as fast growth
 * is. It falls to the most that was taken for a while, so that what garbage
 * collection gives back and is taken again is no growth.
 */
export class MemoryLevel {
  readonly #growthBytes: number;
  readonly #looksMax: number;
  #bytes: number;
  #peakBytes = 0;
  #lookCount = 0;

  /**
   * Begins at `bytes`.
   *
   * @param growthBytes How much more is too much.
   * @param looksMax After so many looks it may fall.
   */
  constructor(bytes: number, growthBytes: number, looksMax: number) {
    this.#bytes = bytes;
    this.#growthBytes = growthBytes;
    this.#looksMax = looksMax;
  }

  /** Whether `bytes` is too much. Counts as a look. */
  isExceeded(bytes: number): boolean {
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
    if (++this.#lookCount === this.#looksMax) {
      this.#bytes = Math.min(this.#bytes, this.#peakBytes);
      this.#lookCount = 0;
      this.#peakBytes = 0;
    }
    return bytes > this.#bytes + this.#growthBytes;
  }

  /** Takes `bytes` for the level: nobody is to blame for it. */
  settle(bytes: number): void {
    this.#bytes = bytes;
  }
}
