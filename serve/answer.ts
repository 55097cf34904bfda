/**
 * Responses: those of guests, checked, and our own.
 *
 * @module
 */

import type { GuestReply } from "@rusm/wasm";
import {
  BODY_PIECE_BYTES,
  REPLY_HEAD_CHARS_MAX,
  REPLY_HEADERS_MAX,
  RETRY_AFTER_SECONDS,
} from "./limits.ts";

// deno-fmt-ignore
const TEXTS = {
  400: "bad request",
  401: "unauthorized",
  404: "not found",
  405: "method not allowed",
  408: "request timeout",
  413: "content too large",
  416: "range not satisfiable",
  431: "request header fields too large",
  500: "internal server error",
  502: "bad gateway",
  503: "service unavailable",
  504: "gateway timeout",
} as const;

/** The statuses that the node itself answers with. */
export type OwnStatus = keyof typeof TEXTS;

/** What follows such a request cannot be told from its body, or is not worth reading. */
const LAST = new Set<OwnStatus>([400, 408, 413, 431]);

/**
 * A response of the node. Its body says what the status says and nothing of
 * the inside. After a request that was not read to its end, it closes the
 * connection.
 */
export function answer(
  status: OwnStatus,
  headers: Record<string, string> = {},
): Response {
  const text = `${TEXTS[status]}\n`;
  return new Response(text, {
    status,
    headers: {
      "content-type": "text/plain;charset=UTF-8",
      // Who does not know it would compress this, and make it longer.
      "content-length": String(text.length),
      ...LAST.has(status) ? { connection: "close" } : {},
      ...headers,
    },
  });
}

/** A response that says to come back later. */
export function unavailable(): Response {
  return answer(503, { "retry-after": String(RETRY_AFTER_SECONDS) });
}

// What belongs to the connection is the node's, as is the framing of the body.
const OWN_HEADERS = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What became of a guest's reply. */
export type Answer =
  /** It can be sent. */
  | { readonly type: "response"; readonly response: Response }
  /** It cannot. */
  | { readonly type: "invalid"; readonly why: string };

/**
 * The response that a guest asked for, checked: the guest made the head, so it
 * can be anything. Headers that are the node's to set are left out.
 */
export function answerOf(reply: GuestReply): Answer {
  try {
    return { type: "response", response: responseOf(reply) };
  } catch (error) {
    return { type: "invalid", why: whyOf(error) };
  }
}

// Parsing and the classes of the Web say no by throwing.
function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function responseOf({ head, body }: GuestReply): Response {
  const { status, list } = readHead(head);
  // What came from another thread was copied, so its buffer is not shared.
  const bytes = body as Uint8Array<ArrayBuffer> | null;
  const isWhole = bytes === null || bytes.length <= BODY_PIECE_BYTES;
  const response = new Response(isWhole ? bytes : inPieces(bytes), { status });
  // Deno copies headers that a response is made with, and checks them again.
  const { headers } = response;
  addHeaders(headers, list);
  if (bytes !== null) headers.set("content-length", String(bytes.length));
  return response;
}

function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      const next = sent + BODY_PIECE_BYTES;
      controller.enqueue(bytes.subarray(sent, next));
      sent = next;
      if (sent >= bytes.length) controller.close();
    },
  }, { highWaterMark: 0 });
}

/** A response whose body is still to come. */
export interface Beginning {
  /** The tag. */
  readonly type: "beginning";
  /** 200 to 599. */
  readonly status: number;
  /** What is to be sent. */
  readonly headers: Headers;
  /** How many bytes the body has, when that is known. */
  readonly length: number | undefined;
  /**
   * What the client gets of the body: all that the guest sends, or nothing. What
   * answers `HEAD` has one whose length is `"untold"`, unless it is known.
   */
  readonly body: "streamed" | "none" | "untold";
}

/**
 * The beginning of a response, checked as {@linkcode answerOf} does.
 *
 * @param bytes How many the body has; what the guest says of that when absent.
 */
export function beginningOf(
  head: string,
  method: string,
  bytes?: number,
): Beginning | Extract<Answer, { type: "invalid" }> {
  try {
    const { status, list } = readHead(head);
    const headers = new Headers();
    addHeaders(headers, list);
    const length = bytes ?? lengthOf(list);
    if (length !== undefined && status !== 204) {
      headers.set("content-length", String(length));
    }
    const type = headers.get("content-type") ?? "";
    if (/^text\/event-stream\b/i.test(type) && !headers.has("cache-control")) {
      headers.set("cache-control", "no-cache");
    }
    const body = bodyFor(method, status, length);
    return { type: "beginning", status, headers, length, body };
  } catch (error) {
    return { type: "invalid", why: whyOf(error) };
  }
}

function bodyFor(
  method: string,
  status: number,
  length: number | undefined,
): Beginning["body"] {
  if (status === 204 || status === 304) return "none";
  if (method !== "HEAD") return "streamed";
  return length === undefined ? "untold" : "none";
}

type HeaderEntry = readonly [name: string, value: string];

interface Head extends Pick<Beginning, "status"> {
  /** Its headers, as the guest made them. */
  readonly list: readonly HeaderEntry[];
}

function readHead(head: string): Head {
  if (head.length > REPLY_HEAD_CHARS_MAX) {
    throw new RangeError(
      `Cannot send a head of more than ${REPLY_HEAD_CHARS_MAX} characters: got ${head.length}`,
    );
  }
  const { status, headers: list } = JSON.parse(head);
  return { status: checkStatus(status), list: checkList(list) };
}

// Deno sends 205 without a length, so that its client waits for a body until
// the connection ends.
function checkStatus(status: unknown): number {
  const isSent = typeof status === "number" && Number.isInteger(status) &&
    status >= 200 && status <= 599 && status !== 205;
  if (isSent) return status;
  throw new RangeError(`Cannot send this status: ${JSON.stringify(status)}`);
}

function checkList(list: unknown): readonly HeaderEntry[] {
  if (!Array.isArray(list)) {
    throw new TypeError("Cannot send headers that are no list");
  }
  if (list.length <= REPLY_HEADERS_MAX) return list;
  throw new RangeError(
    `Cannot send more than ${REPLY_HEADERS_MAX} headers: got ${list.length}`,
  );
}

function addHeaders(headers: Headers, list: readonly HeaderEntry[]): void {
  for (const [name, value] of list) {
    if (typeof name !== "string" || typeof value !== "string") {
      throw new TypeError("Cannot send a header that is no text");
    }
    if (!OWN_HEADERS.has(name.toLowerCase())) {
      headers.append(name, checkValue(name, value));
    }
  }
}

function lengthOf(list: readonly HeaderEntry[]): number | undefined {
  const [first, ...others] = list
    .filter(([name]) => name.toLowerCase() === "content-length")
    .map(([, value]) => value);
  if (first === undefined) return undefined;
  const isLength = /^\d{1,15}$/.test(first) && others.length === 0;
  if (isLength) return Number(first);
  throw new RangeError(
    `Cannot send a content-length that is no number of bytes: ${
      [first, ...others].join(", ")
    }`,
  );
}

// `Headers` takes control characters. Deno does not: it ends the whole program.
function checkValue(name: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw new TypeError(
    `Cannot send a header with control characters or beyond Latin-1: ${name}`,
  );
}
