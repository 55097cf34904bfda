/**
 * `SubtleCrypto`.
 *
 * @module
 */

import { core } from "../linked.ts";
import { type CryptoKey, type KeyState, keyState } from "./crypto_key.ts";
import { type Answer, keyOf, Question, readAlgorithm } from "./request.ts";

const { demandArguments, viewBytes } = core;

/** Keeps guests from constructing one. */
const KEY = Symbol();

/** What one method needs of a key. */
type Usage =
  | "decrypt"
  | "deriveBits"
  | "deriveKey"
  | "encrypt"
  | "sign"
  | "verify"
  | "wrapKey"
  | "unwrapKey";

/** @see Web Cryptography, `SubtleCrypto`. Differs: wraps by `encrypt` only. */
export class SubtleCrypto {
  #own = true;

  constructor(key: symbol | undefined = undefined) {
    if (key !== KEY) throw new TypeError("Illegal constructor");
  }

  /** Hashes data. */
  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    this.#demand("digest", 2, arguments.length);
    const question = new Question();
    const given = question.algorithm(readAlgorithm(algorithm));
    question.add(dataOf(data));
    const { pieces } = await question.ask({ type: "digest", algorithm: given });
    return pieces[0]!.buffer;
  }

  /** Signs data. */
  async sign(
    algorithm: unknown,
    key: CryptoKey,
    data: unknown,
  ): Promise<ArrayBuffer> {
    this.#demand("sign", 3, arguments.length);
    return await compute("sign", algorithm, key, data);
  }

  /** Whether a signature is that of the data. */
  async verify(
    algorithm: unknown,
    key: CryptoKey,
    signature: unknown,
    data: unknown,
  ): Promise<boolean> {
    this.#demand("verify", 4, arguments.length);
    const question = new Question();
    const given = readAlgorithm(algorithm);
    const bytes = dataOf(signature), more = dataOf(data);
    const head = question.key(useKey(key, given, "verify"));
    question.add(bytes);
    question.add(more);
    const { holds } = await question.ask({
      ...{ type: "verify", key: head },
      algorithm: question.algorithm(given),
    });
    return holds!;
  }

  /** Encrypts data. */
  async encrypt(
    algorithm: unknown,
    key: CryptoKey,
    data: unknown,
  ): Promise<ArrayBuffer> {
    this.#demand("encrypt", 3, arguments.length);
    return await compute("encrypt", algorithm, key, data);
  }

  /** Decrypts data. */
  async decrypt(
    algorithm: unknown,
    key: CryptoKey,
    data: unknown,
  ): Promise<ArrayBuffer> {
    this.#demand("decrypt", 3, arguments.length);
    return await compute("decrypt", algorithm, key, data);
  }

  /** Derives bits from a key; null for all there are. */
  async deriveBits(
    algorithm: unknown,
    key: CryptoKey,
    lengthBits: number | null = null,
  ): Promise<ArrayBuffer> {
    this.#demand("deriveBits", 2, arguments.length);
    return await derive(algorithm, key, lengthBits, "deriveBits");
  }

  /** Derives a key from a key. */
  async deriveKey(
    algorithm: unknown,
    key: CryptoKey,
    derived: unknown,
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey> {
    this.#demand("deriveKey", 5, arguments.length);
    const type = readAlgorithm(derived);
    const bits = await derive(algorithm, key, lengthOf(type), "deriveKey");
    return await importRaw(bits, type, Boolean(extractable), [...usages]);
  }

  /** Makes a key, or a pair of keys. */
  async generateKey(
    algorithm: unknown,
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey | { publicKey: CryptoKey; privateKey: CryptoKey }> {
    this.#demand("generateKey", 3, arguments.length);
    const question = new Question();
    const given = question.algorithm(readAlgorithm(algorithm));
    const answer = await question.ask({
      ...{ type: "generateKey", algorithm: given, usages: usagesOf(usages) },
    });
    const [first, second] = answer.keys!.map((head) =>
      keyOf(answer, head, Boolean(extractable))
    );
    return second === undefined
      ? first!
      : { publicKey: second, privateKey: first! };
  }

  /** Makes a key of its material. */
  async importKey(
    format: string,
    material: unknown,
    algorithm: unknown,
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey> {
    this.#demand("importKey", 5, arguments.length);
    const question = new Question();
    const type = readAlgorithm(algorithm);
    const given = question.algorithm(type);
    const isJwk = `${format}` === "jwk";
    question.add(isJwk ? jwkBytes(material) : dataOf(material));
    const answer = await question.ask({
      ...{ type: "importKey", algorithm: given, format: `${format}` },
      ...{ usages: usagesOf(usages), extractable: Boolean(extractable) },
    });
    const isLocked = isJwk && (material as JsonWebKey).ext === false;
    if (isLocked && extractable) {
      throw new DOMException(
        "Cannot extract this key: ext is false",
        "DataError",
      );
    }
    return keyOf(answer, answer.keys![0]!, Boolean(extractable));
  }

  /** The material of a key. */
  async exportKey(format: string, key: CryptoKey): Promise<unknown> {
    this.#demand("exportKey", 2, arguments.length);
    const state = stateOf(key);
    if (!state.extractable) throw notAllowed("This key is not extractable");
    return await exportState(`${format}`, state);
  }

  /** The material of a key, encrypted. */
  async wrapKey(
    format: string,
    key: CryptoKey,
    wrapping: CryptoKey,
    algorithm: unknown,
  ): Promise<ArrayBuffer> {
    this.#demand("wrapKey", 4, arguments.length);
    const given = readAlgorithm(algorithm);
    const using = useKey(wrapping, given, "wrapKey");
    const state = stateOf(key);
    if (!state.extractable) throw notAllowed("This key is not extractable");
    const material = await exportState(`${format}`, state);
    const bytes = material instanceof ArrayBuffer
      ? new Uint8Array(material)
      : jwkBytes(material);
    return await ask("encrypt", given, using, bytes);
  }

  /** Makes a key of its material, which is encrypted. */
  async unwrapKey(
    format: string,
    wrapped: unknown,
    wrapping: CryptoKey,
    algorithm: unknown,
    keyAlgorithm: unknown,
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey> {
    this.#demand("unwrapKey", 7, arguments.length);
    const given = readAlgorithm(algorithm);
    const using = useKey(wrapping, given, "unwrapKey");
    const bytes = await ask("decrypt", given, using, dataOf(wrapped));
    const material = `${format}` === "jwk"
      ? JSON.parse(core.decodeText(new Uint8Array(bytes)))
      : bytes;
    return await subtle.importKey(
      ...[format, material, keyAlgorithm, extractable, usages] as const,
    );
  }

  #demand(name: string, countMin: number, count: number): void {
    this.#own;
    demandArguments(`SubtleCrypto.${name}`, countMin, count);
  }
}

/** The one `SubtleCrypto`. */
export const subtle: SubtleCrypto = new SubtleCrypto(KEY);

async function compute(
  type: "decrypt" | "encrypt" | "sign",
  algorithm: unknown,
  key: unknown,
  data: unknown,
): Promise<ArrayBuffer> {
  const given = readAlgorithm(algorithm);
  const bytes = dataOf(data);
  return await ask(type, given, useKey(key, given, type), bytes);
}

async function ask(
  type: "decrypt" | "encrypt" | "sign",
  algorithm: { name: string },
  key: KeyState,
  bytes: Uint8Array,
): Promise<ArrayBuffer> {
  const question = new Question();
  const head = question.key(key);
  question.add(bytes);
  // What the key is for was checked: it may also be `wrapKey`.
  head.usages = [type];
  const { pieces } = await question.ask({
    ...{ type, key: head, algorithm: question.algorithm(algorithm) },
  });
  return pieces[0]!.buffer;
}

async function derive(
  algorithm: unknown,
  key: unknown,
  lengthBits: number | null,
  usage: Usage,
): Promise<ArrayBuffer> {
  const question = new Question();
  const given = readAlgorithm(algorithm);
  const head = question.key(useKey(key, given, usage));
  head.usages = ["deriveBits"];
  const { pieces } = await question.ask({
    ...{ type: "deriveBits", key: head, lengthBits },
    algorithm: question.algorithm(given),
  });
  return pieces[0]!.buffer;
}

async function importRaw(
  bits: ArrayBuffer,
  algorithm: { name: string },
  extractable: boolean,
  usages: string[],
): Promise<CryptoKey> {
  return await subtle.importKey("raw", bits, algorithm, extractable, usages);
}

async function exportState(format: string, state: KeyState): Promise<unknown> {
  const question = new Question();
  const answer: Answer = await question.ask({
    ...{ type: "exportKey", format, key: question.key(state) },
    algorithm: state.algorithm.name,
  });
  return answer.jwk ?? answer.pieces[0]!.buffer;
}

/** Bits of a key that is derived. @see Web Cryptography, "get key length". */
function lengthOf(
  { name, length, hash }: { name: string; length?: unknown; hash?: unknown },
): number | null {
  switch (name.toUpperCase()) {
    case "HKDF":
    case "PBKDF2":
      return null;
    case "HMAC": {
      if (length !== undefined) return Number(length);
      const { name: hashName = "" } = (hash ?? {}) as { name?: string };
      return /^SHA-(384|512)$/i.test(hashName) ? 1024 : 512;
    }
  }
  if (length !== undefined) return Number(length);
  throw new TypeError("Cannot derive a key without a length");
}

function usagesOf(usages: unknown): string[] {
  const list = Array.from(usages as Iterable<unknown>, (usage) => `${usage}`);
  return [...new Set(list)];
}

function useKey(key: unknown, given: { name: string }, usage: Usage): KeyState {
  const state = stateOf(key);
  if (state.algorithm.name.toUpperCase() !== given.name.toUpperCase()) {
    throw notAllowed("This key is of another algorithm");
  }
  if (!state.usages.includes(usage)) {
    throw notAllowed(`This key is not for this use: ${usage}`);
  }
  return state;
}

function stateOf(key: unknown): KeyState {
  const state = keyState(key);
  if (state !== undefined) return state;
  throw new TypeError("Cannot use what is no CryptoKey as a key");
}

function dataOf(data: unknown): Uint8Array {
  const bytes = viewBytes(data);
  if (bytes !== undefined) return bytes.slice();
  throw new TypeError("Cannot take what is no bytes");
}

function jwkBytes(jwk: unknown): Uint8Array {
  if (typeof jwk !== "object" || jwk === null || viewBytes(jwk)) {
    throw new TypeError("Cannot import what is no JsonWebKey");
  }
  return core.encodeText(JSON.stringify(jwk));
}

function notAllowed(why: string): DOMException {
  return new DOMException(why, "InvalidAccessError");
}
