/**
 * Randomness: `Math.random`, `crypto.getRandomValues` and `crypto.randomUUID`.
 *
 * @module
 */

import { OPS, RANDOM_BYTES_MAX } from "../ops.ts";
import { callHost } from "./host.ts";
import { library } from "./libraries.ts";

/** State of the generator; undefined before its first use in this process. */
let state: Uint32Array | undefined;

/**
 * Forgets the generator's state, so that its next use takes a new seed.
 *
 * Called when a process starts: a component that used `Math.random` while its
 * image was baked would share that sequence with all its other processes.
 */
export function reseed(): void {
  state = undefined;
}

/** As `Math.random`, seeded by the host. Not for keys. */
export function random(): number {
  state ??= new Uint32Array(randomBytes(16).buffer);
  const high = nextWord(state) >>> 5, low = nextWord(state) >>> 6;
  return (high * 2 ** 26 + low) / 2 ** 53;
}

/** @see "sfc32" of PractRand, by C. Doty-Humphrey. */
function nextWord(words: Uint32Array): number {
  const [a, b, c, count] = words as unknown as [number, number, number, number];
  const result = (a + b + count) >>> 0;
  words[0] = b ^ (b >>> 9);
  words[1] = c + (c << 3);
  words[2] = ((c << 21) | (c >>> 11)) + result;
  words[3] = count + 1;
  return result;
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return callHost(OPS.randomBytes, count) as Uint8Array<ArrayBuffer>;
}

/** Keeps guests from constructing one. */
const KEY = Symbol();

/** The one `Crypto`. */
export let crypto: Crypto;

/** @see Web Cryptography, `Crypto`. Differs: nothing. */
export class Crypto {
  #subtle: SubtleCrypto | undefined;

  static {
    crypto = new Crypto(KEY);
  }

  constructor(key: symbol | undefined = undefined) {
    if (key !== KEY) throw new TypeError("Illegal constructor");
  }

  /** What keys are for. */
  get subtle(): SubtleCrypto {
    return this.#subtle ??= library("subtle").subtle;
  }

  /** Fills an array of integers, of at most 65,536 bytes. */
  getRandomValues<T extends ArrayBufferView>(array: T): T {
    if (!isIntegerArray(array)) {
      throw new DOMException(
        "Cannot fill anything but an array of integers",
        "TypeMismatchError",
      );
    }
    const { buffer, byteOffset, byteLength } = array;
    if (byteLength > RANDOM_BYTES_MAX) {
      const message =
        `Cannot fill more than ${RANDOM_BYTES_MAX} bytes: got ${byteLength}`;
      throw new DOMException(message, "QuotaExceededError");
    }
    new Uint8Array(buffer, byteOffset, byteLength).set(randomBytes(byteLength));
    return array;
  }

  /** A random UUID, version 4. */
  randomUUID(): string {
    const bytes = randomBytes(16);
    bytes[6] = bytes[6]! & 0x0f | 0x40;
    bytes[8] = bytes[8]! & 0x3f | 0x80;
    return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
}

function isIntegerArray(value: unknown): boolean {
  const tag = ArrayBuffer.isView(value)
    ? (value as Uint8Array)[Symbol.toStringTag]
    : "";
  return /^(Big)?(Ui|I)nt\d+(Clamped)?Array$/.test(tag);
}
