/**
 * A short name for a long run.
 *
 * @module
 */

/**
 * A 64-bit digest of numbers, in their order.
 *
 * @see FNV-1a, by words of 32 bits, twice with different primes. It tells runs
 * apart, and withstands no attacker.
 */
export class Digest {
  readonly #number = new Float64Array(1);
  readonly #words = new Uint32Array(this.#number.buffer);
  #high = 0x811c9dc5;
  #low = 0xcbf29ce4;

  /** Takes `number` in. */
  add(number: number): void {
    this.#number[0] = number;
    for (const word of this.#words) {
      this.#high = mixed(this.#high ^ word, 0x01000193);
      this.#low = mixed(this.#low ^ word, 0x85ebca6b);
    }
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return hex(this.#high) + hex(this.#low);
  }
}

// The product moves bits up only, so that the upper ones are brought down.
function mixed(word: number, prime: number): number {
  const product = Math.imul(word, prime);
  return product ^ (product >>> 15);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
