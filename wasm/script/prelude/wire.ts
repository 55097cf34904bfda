/**
 * The wire between processes that call each other: JSON, one object a message.
 *
 * | | |
 * | --- | --- |
 * | call | `{"op":"add","args":[2,3],"from":"7","ref":1}` |
 * | cast | the same without `ref` |
 * | streaming call | a call with `"stream":true` |
 * | success | `{"ref":1,"ok":5}`; that `ok` is there decides, null or not |
 * | failure | `{"ref":1,"err":"no such function: nope"}` |
 * | a function as an argument | `{"__cb":1}` in its place |
 * | a call of that function | `{"op":"__cb","cbref":1,"args":[50]}`, to `from` |
 * | the end of a process | `{"__down":"7","reason":"crashed"}` |
 *
 * Pids are in decimal. A streaming call is answered by one stream of bytes to
 * `from`, each chunk of which is one JSON value. It is opened first, also for what
 * then fails, and the failure is sent before its end: whoever only waits for the
 * stream finds that it ends.
 *
 * @module
 */

import { STREAM_PIECE_BYTES } from "../../core/limits.ts";
import type { Message } from "./port.ts";

/** What a process asks of a service. */
export interface ServiceRequest {
  readonly type: "request";
  readonly op: string;
  readonly args: unknown[];
  /** Whom to answer; undefined when nobody waits. */
  readonly from: string | undefined;
  /** What the answer is to carry; undefined for a cast. */
  readonly ref: number | undefined;
  readonly isStream: boolean;
}

/** How a call ended. */
export interface Reply {
  readonly type: "reply";
  readonly ref: number;
  readonly outcome: Outcome;
}

/** A value, or a sentence that says why there is none. */
export type Outcome = { readonly ok: unknown } | { readonly err: string };

/** A message, read. */
export type Incoming =
  | ServiceRequest
  | Reply
  | { readonly type: "callback"; readonly id: number; readonly args: unknown[] }
  | { readonly type: "down"; readonly pid: string; readonly reason: string }
  /** Anything else. */
  | { readonly type: "other" };

const OTHER: Incoming = { type: "other" };
const CALLBACK_OP = "__cb";
const PID_MAX = 2n ** 64n - 1n;
const PID_DIGITS_MAX = 20;

// A component may replace what it finds at JSON.
const { parse, stringify } = JSON;

/** Reads a message. Whatever it is not, or only nearly is, is `other`. */
export function readMessage(text: string): Incoming {
  const fields = parseObject(text);
  if (fields === undefined) return OTHER;
  if (typeof fields.op === "string") return readOperation(fields);
  if (typeof fields.ref === "number") return readReply(fields.ref, fields);
  const { __down: pid, reason } = fields;
  const isDown = isPid(pid) && typeof reason === "string";
  return isDown ? { type: "down", pid, reason } : OTHER;
}

/**
 * Whether a message can be an object, by how it begins. It costs nothing: to have
 * a large one as text takes longer than all else that is done with it.
 */
export function mayBeObject(message: Message): boolean {
  const first = typeof message === "string"
    ? message.charCodeAt(0)
    : message[0];
  return first === BRACE || first === SPACE || first === TAB ||
    first === LINE_FEED || first === RETURN;
}

const [BRACE, SPACE, TAB, LINE_FEED, RETURN] = [0x7b, 0x20, 0x09, 0x0a, 0x0d];

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | undefined {
  // All mail passes here, and most of what is no object need not be parsed.
  if (text[0] !== "{" && !/^\s+\{/.test(text)) return undefined;
  try {
    return parse(text);
  } catch {
    // Whoever sends may send anything; this is how one learns that it is no JSON.
    return undefined;
  }
}

function readOperation(fields: Fields): Incoming {
  const { op, args = [], cbref, ref, stream } = fields;
  if (!Array.isArray(args)) return OTHER;
  if (op === CALLBACK_OP) {
    return typeof cbref === "number"
      ? { type: "callback", id: cbref, args }
      : OTHER;
  }
  const from = isPid(fields.from) ? fields.from : undefined;
  if (ref !== undefined && typeof ref !== "number") return OTHER;
  return {
    ...{ type: "request", op: op as string, args, from },
    ...{ ref, isStream: stream === true },
  };
}

function readReply(ref: number, fields: Fields): Incoming {
  if ("ok" in fields) return { type: "reply", ref, outcome: { ok: fields.ok } };
  const { err } = fields;
  return typeof err === "string"
    ? { type: "reply", ref, outcome: { err } }
    : OTHER;
}

/** Whether this is a pid in decimal. */
export function isPid(text: unknown): text is string {
  return typeof text === "string" && /^(0|[1-9]\d{0,19})$/.test(text) &&
    (text.length < PID_DIGITS_MAX || BigInt(text) <= PID_MAX);
}

/** What a call asks for. */
export interface Call {
  readonly op: string;
  /** With the marks of callbacks in the place of functions. */
  readonly args: readonly unknown[];
  /** The pid of the caller. */
  readonly from: string;
  /** Absent for a cast. */
  readonly ref?: number;
  /** Whether it is a streaming call; absent for a cast. */
  readonly isStream?: boolean;
}

/**
 * Writes a call.
 *
 * @throws {TypeError} An argument has no JSON: a bigint, or an object in itself.
 */
export function writeCall(
  { op, args, from, ref, isStream = false }: Call,
): string {
  const asked = `"op":${stringify(op)},"args":${stringify(args)}`;
  const reply = ref === undefined ? "" : `,"ref":${ref}`;
  const stream = isStream ? ',"stream":true' : "";
  return `{${asked},"from":"${from}"${reply}${stream}}`;
}

/**
 * Writes a success. What has no JSON of its own, as undefined, is null.
 *
 * @throws {TypeError} A value has no JSON: a bigint, or an object in itself.
 */
export function writeOk(ref: number, value: unknown): string {
  return `{"ref":${ref},"ok":${writeValue(value)}}`;
}

/** Writes a failure. */
export function writeErr(ref: number, message: string): string {
  return stringify({ ref, err: message });
}

/**
 * Writes the call of a function that was an argument.
 *
 * @throws {TypeError} An argument has no JSON: a bigint, or an object in itself.
 */
export function writeCallback(id: number, args: readonly unknown[]): string {
  return stringify({ op: CALLBACK_OP, cbref: id, args });
}

/**
 * Writes a value of a stream.
 *
 * @throws {TypeError} It has no JSON: a bigint, or an object in itself.
 */
export function writeValue(value: unknown): string {
  return stringify(value) ?? "null";
}

/** What stands in the place of a function among arguments. */
export function callbackMark(id: number): { readonly __cb: number } {
  return { __cb: id };
}

/** The callback that stands in the place of an argument; undefined for any other. */
export function callbackIn(arg: unknown): number | undefined {
  const id = (arg as { __cb?: unknown } | null | undefined)?.__cb;
  return typeof id === "number" ? id : undefined;
}

/** Puts the values of a stream together: a long one comes in pieces. */
export class ValueReader {
  readonly #decode: (bytes: Uint8Array) => string;
  #pieces: Uint8Array[] = [];

  /** Nothing was read; `decode` takes UTF-8. */
  constructor(decode: (bytes: Uint8Array) => string) {
    this.#decode = decode;
  }

  /**
   * Takes a piece.
   *
   * @returns The value that ends with it; undefined when it goes on.
   * @throws {SyntaxError} It is no JSON.
   */
  read(piece: Uint8Array): { value: unknown } | undefined {
    this.#pieces.push(piece);
    const isCut = piece.length === STREAM_PIECE_BYTES;
    // Half of a value could take all the time there is, tried at each piece.
    if (isCut && !this.#mayEnd(piece)) return undefined;
    try {
      const value = parse(this.#decode(joined(this.#pieces)));
      this.#pieces = [];
      return { value };
    } catch (error) {
      // A piece of full length mostly has others behind it.
      if (!isCut) throw error;
      return undefined;
    }
  }

  #mayEnd(piece: Uint8Array): boolean {
    const end = ENDS[this.#pieces[0]?.[0] ?? 0];
    return end === undefined || piece.at(-1) === end;
  }
}

// What a text begins with, and must end with: an object, a list, a string.
const ENDS: Readonly<Record<number, number>> = {
  0x7b: 0x7d,
  0x5b: 0x5d,
  0x22: 0x22,
};

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only = new Uint8Array()] = pieces;
  if (pieces.length <= 1) return only;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
