/**
 * Requests of `crypto.subtle`, to the host and back.
 *
 * @module
 */

import {
  type KeyHead,
  OPS,
  type SubtleAnswer,
  type SubtleRequest,
} from "../../ops.ts";
import { core } from "../linked.ts";
import {
  type CryptoKey,
  type KeyState,
  keyState,
  makeKey,
} from "./crypto_key.ts";

const { startOperation, viewBytes } = core;
const { parse, stringify } = JSON;

/** Members of the dictionaries of all algorithms, in the standard's order. */
const MEMBERS = [
  ...["hash", "iv", "additionalData", "tagLength", "counter", "length", "salt"],
  ...["info", "iterations", "namedCurve", "modulusLength", "publicExponent"],
  ...["saltLength", "label", "public", "context"],
];

/** What an algorithm of the guest's has said, read once. */
export interface Algorithm {
  /** As it was given. */
  name: string;
  /** The other members that were given. */
  [member: string]: unknown;
}

/**
 * Reads an algorithm, whose getters may be the guest's.
 *
 * @throws {TypeError} It has no name.
 */
export function readAlgorithm(value: unknown): Algorithm {
  if (typeof value !== "object" || value === null) {
    return { name: `${value}` };
  }
  const { name } = value as { name?: unknown };
  if (name === undefined) {
    throw new TypeError("Cannot find an algorithm without a name");
  }
  const algorithm: Algorithm = { name: `${name}` };
  for (const member of MEMBERS) {
    const given = (value as Record<string, unknown>)[member];
    if (given !== undefined) algorithm[member] = readMember(member, given);
  }
  return algorithm;
}

function readMember(member: string, value: unknown): unknown {
  if (member === "hash") return readAlgorithm(value);
  if (member === "public") return value;
  const bytes = viewBytes(value);
  if (bytes !== undefined) return bytes.slice();
  return typeof value === "bigint" || typeof value === "symbol"
    ? Number(value)
    : typeof value === "object" || typeof value === "boolean"
    ? Number(value)
    : value;
}

/** A request under construction. */
export class Question {
  readonly #pieces: Uint8Array[] = [];

  /** Adds a piece. @returns Its index. */
  add(bytes: Uint8Array): number {
    return this.#pieces.push(bytes) - 1;
  }

  /** An algorithm as JSON can have it. */
  algorithm(value: unknown): unknown {
    if (value instanceof Uint8Array) return { bytes: this.add(value) };
    const key = keyState(value);
    if (key !== undefined) return { key: this.key(key) };
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map((
        [member, each],
      ) => [member, this.algorithm(each)]),
    );
  }

  /** A key as the host takes it. */
  key({ type, format, bytes, algorithm, usages }: KeyState): KeyHead {
    return {
      ...{ type, format, usages, bytes: this.add(bytes) },
      algorithm: plainAlgorithm(algorithm),
    };
  }

  /**
   * Asks the host.
   *
   * @throws {DOMException} What the host refused, by the standard's names.
   */
  async ask(
    request: Omit<SubtleRequest, "lengths">,
  ): Promise<Answer> {
    const lengths = this.#pieces.map((piece) => piece.length);
    const bytes = new Uint8Array(lengths.reduce((sum, each) => sum + each, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const text = stringify({ ...request, lengths });
    try {
      const { settled } = startOperation(OPS.subtle, text, bytes);
      const { head, bytes: answered } = await settled;
      return answerOf(parse(head as string), answered ?? new Uint8Array());
    } catch (error) {
      throw asException(error);
    }
  }
}

/** What the host has answered. */
export interface Answer extends SubtleAnswer {
  /** The pieces that its bytes are made of. */
  pieces: Uint8Array<ArrayBuffer>[];
}

function answerOf(answer: SubtleAnswer, bytes: Uint8Array): Answer {
  let at = 0;
  const pieces = answer.lengths.map((length) => {
    const piece = bytes.slice(at, at + length);
    at += length;
    return piece;
  });
  return { ...answer, pieces };
}

/** A key of an answer. */
export function keyOf(
  { pieces }: Answer,
  head: KeyHead,
  extractable: boolean,
): CryptoKey {
  const { type, format, usages } = head;
  return makeKey({
    ...{ type, format, usages, bytes: pieces[head.bytes]! },
    algorithm: fullAlgorithm(head.algorithm as KeyState["algorithm"]),
    // Whatever it was asked for, a public key is no secret.
    extractable: extractable || type === "public",
  });
}

// `publicExponent` is the one array of bytes that the algorithm of a key has.
function plainAlgorithm(
  algorithm: KeyState["algorithm"] & { publicExponent?: unknown },
): unknown {
  const { publicExponent } = algorithm;
  return publicExponent instanceof Uint8Array
    ? { ...algorithm, publicExponent: [...publicExponent] }
    : algorithm;
}

function fullAlgorithm(
  algorithm: KeyState["algorithm"] & { publicExponent?: unknown },
): KeyState["algorithm"] {
  const { publicExponent } = algorithm;
  return Array.isArray(publicExponent)
    ? { ...algorithm, publicExponent: new Uint8Array(publicExponent) } as never
    : algorithm;
}

function asException(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DOMException) return error;
  const { name, message } = error;
  return /^(TypeError|RangeError|Error)$/.test(name)
    ? error
    : new DOMException(message, name);
}
