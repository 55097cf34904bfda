/**
 * `crypto.subtle` for script guests.
 *
 * Keys come with each request and nothing of them stays. Deno's Web Crypto
 * checks all that a guest can get wrong.
 *
 * @module
 */

import { PBKDF2_ITERATIONS_MAX, RSA_BITS_MAX } from "../limits.ts";
import type { KeyHead, SubtleAnswer, SubtleRequest } from "../script/ops.ts";

const { subtle } = crypto;

/** What was asked, with its bytes cut. */
interface Question {
  readonly request: SubtleRequest;
  readonly pieces: Uint8Array<ArrayBuffer>[];
  readonly algorithm: SubtleAlgorithm;
}

/** An algorithm of any kind; Deno reads what it needs of it. */
type SubtleAlgorithm = AesGcmParams & RsaHashedKeyGenParams & Pbkdf2Params;

/** An answer with its bytes. */
export interface Answered {
  /** All but the bytes. */
  readonly answer: SubtleAnswer;
  /** The pieces, one after the other. */
  readonly bytes: Uint8Array;
}

/**
 * Does what a guest asks of `crypto.subtle`.
 *
 * @throws {DOMException} What Web Crypto throws; OperationError also for more
 * work than a guest may ask for.
 */
export async function answerSubtle(
  request: SubtleRequest,
  bytes: Uint8Array,
): Promise<Answered> {
  const pieces = cut(bytes, request.lengths);
  const given = await revive(request.algorithm, pieces);
  checkWork(request, given as Record<string, unknown>);
  const algorithm = given as SubtleAlgorithm;
  return await answer({ request, pieces, algorithm });
}

function answer(question: Question): Promise<Answered> {
  switch (question.request.type) {
    case "digest":
      return buffers(subtle.digest(question.algorithm, lastOf(question)));
    case "importKey":
      return importAny(question);
    case "generateKey":
      return generate(question);
    case "exportKey":
      return exportAny(question);
    default:
      return useKey(question);
  }
}

async function useKey(question: Question): Promise<Answered> {
  const { request, pieces, algorithm } = question;
  const key = await importHead(request.key!, pieces);
  const data = lastOf(question);
  switch (request.type) {
    case "sign":
      return await buffers(subtle.sign(algorithm, key, data));
    case "encrypt":
      return await buffers(subtle.encrypt(algorithm, key, data));
    case "decrypt":
      return await buffers(subtle.decrypt(algorithm, key, data));
    case "verify": {
      const [, signature, signed] = pieces as [Data, Data, Data];
      const holds = await subtle.verify(algorithm, key, signature, signed);
      return { answer: { holds, lengths: [] }, bytes: new Uint8Array() };
    }
    case "deriveBits": {
      const bits = subtle.deriveBits(
        algorithm,
        key,
        request.lengthBits ?? null!,
      );
      return await buffers(bits);
    }
  }
  throw new TypeError(`Cannot do this with a key: ${request.type}`);
}

type Data = Uint8Array<ArrayBuffer>;

// After the pieces of the key come the data, and then what the algorithm needs.
function lastOf({ request, pieces }: Question): Data {
  if (request.key !== undefined) return pieces[request.key.bytes + 1]!;
  return pieces[indicesOf(request.algorithm).length]!;
}

function indicesOf(algorithm: unknown): number[] {
  if (typeof algorithm !== "object" || algorithm === null) return [];
  if ("bytes" in algorithm) return [Number(algorithm.bytes)];
  return Object.values(algorithm).flatMap(indicesOf);
}

async function importAny(question: Question): Promise<Answered> {
  const { request, algorithm } = question;
  const { format, usages } = request;
  const data = lastOf(question);
  const material = format === "jwk"
    ? JSON.parse(new TextDecoder().decode(data))
    : data;
  if (format === "jwk") material.ext = true;
  const isSource = isDerivedFrom(algorithm);
  const key = await subtle.importKey(
    ...[format as "raw", material, algorithm] as const,
    ...[isSource ? Boolean(request.extractable) : true] as const,
    usages as KeyUsage[],
  );
  return isSource ? keysOf([key], [data]) : await keys([key]);
}

// Keys that others are derived from cannot be exported: what was imported is
// all there is of them.
function isDerivedFrom(algorithm: { name: string } | string): boolean {
  const name = typeof algorithm === "string" ? algorithm : algorithm.name;
  return /^(HKDF|PBKDF2)$/i.test(name);
}

async function generate({ request, algorithm }: Question): Promise<Answered> {
  const usages = request.usages as KeyUsage[];
  const made = await subtle.generateKey(algorithm, true, usages);
  return await keys(
    "privateKey" in made
      ? [made.privateKey, made.publicKey]
      : [made as CryptoKey],
  );
}

async function exportAny({ request, pieces }: Question): Promise<Answered> {
  const { key: head, format } = request;
  const key = await importHead(head!, pieces);
  if (format !== "jwk") {
    return await buffers(subtle.exportKey(format as "raw", key));
  }
  const jwk = await subtle.exportKey("jwk", key);
  return { answer: { jwk, lengths: [] }, bytes: new Uint8Array() };
}

async function buffers(result: Promise<ArrayBuffer>): Promise<Answered> {
  const bytes = new Uint8Array(await result);
  return { answer: { lengths: [bytes.length] }, bytes };
}

async function keys(made: CryptoKey[]): Promise<Answered> {
  const materials = made.map((key) =>
    subtle.exportKey(FORMATS[key.type as KeyHead["type"]], key)
  );
  const pieces = await Promise.all(materials);
  return keysOf(made, pieces.map((piece) => new Uint8Array(piece)));
}

function keysOf(made: CryptoKey[], pieces: Data[]): Answered {
  const heads = made.map((key, index): KeyHead => {
    const type = key.type as KeyHead["type"];
    return {
      ...{ type, format: FORMATS[type], bytes: index, usages: key.usages },
      algorithm: plain(key.algorithm),
    };
  });
  const lengths = pieces.map((piece) => piece.length);
  const bytes = concatBytes(pieces);
  return { answer: { keys: heads, lengths }, bytes };
}

const FORMATS = { secret: "raw", private: "pkcs8", public: "spki" } as const;

function concatBytes(pieces: Data[]): Data {
  const count = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = new Uint8Array(count);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function plain(algorithm: KeyAlgorithm): unknown {
  return JSON.parse(
    JSON.stringify(
      algorithm,
      (_key, value) => value instanceof Uint8Array ? [...value] : value,
    ),
  );
}

async function importHead(
  { format, algorithm, usages, bytes }: KeyHead,
  pieces: Data[],
): Promise<CryptoKey> {
  return await subtle.importKey(
    ...[format, pieces[bytes]!, algorithm as SubtleAlgorithm] as const,
    !isDerivedFrom(algorithm as SubtleAlgorithm),
    usages as KeyUsage[],
  );
}

function cut(bytes: Uint8Array, lengths: number[]): Data[] {
  let at = 0;
  return lengths.map((length) => {
    const piece = bytes.slice(at, at + length);
    at += length;
    return piece;
  });
}

/** An algorithm with its bytes and keys put back. */
async function revive(value: unknown, pieces: Data[]): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if ("bytes" in value) return pieces[Number(value.bytes)];
  if ("key" in value) return await importHead(value.key as KeyHead, pieces);
  const entries = Object.entries(value).map(async ([name, each]) =>
    [name, await revive(each, pieces)] as const
  );
  return Object.fromEntries(await Promise.all(entries));
}

// One request keeps a thread of the pool until it is done, also of a guest that
// has ended: so none may be long.
function checkWork(
  { type }: SubtleRequest,
  { iterations, modulusLength }: Record<string, unknown>,
): void {
  if (Number(iterations) > PBKDF2_ITERATIONS_MAX) {
    throw tooMuch(`more than ${PBKDF2_ITERATIONS_MAX} iterations`);
  }
  if (type === "generateKey" && Number(modulusLength) > RSA_BITS_MAX) {
    throw tooMuch(`a modulus of more than ${RSA_BITS_MAX} bits`);
  }
}

function tooMuch(what: string): DOMException {
  return new DOMException(`Cannot compute with ${what}`, "OperationError");
}
