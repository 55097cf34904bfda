/**
 * `Response`.
 *
 * @module
 */

import type { FetchedHead, ReplyHead } from "../../ops.ts";
import {
  Body,
  type BodyMixin,
  type Chunks,
  extractBody,
  mixBody,
  type Source,
} from "./body.ts";
import { core } from "../linked.ts";
import { addContentType, headerList, Headers, makeHeaders } from "./headers.ts";
import { contentType } from "./request.ts";

const { parseUrl } = core;

/** What a response is made of. Guests never see one, so they cannot forge one. */
class ResponseState {
  type = "default";
  url = "";
  redirected = false;

  constructor(
    readonly status: number,
    readonly statusText: string,
    readonly headers: Headers,
    readonly body: Body,
  ) {}
}

/** What `Response` takes as its second argument. */
export interface ResponseInit {
  /** 200 to 599. Default: 200. */
  status?: number;
  /** Default: empty. */
  statusText?: string;
  /** Default: none. */
  headers?: unknown;
}

/** Makes the response that the host fetched. Checks nothing, takes the body. */
export let makeResponse: (head: FetchedHead, body: Chunks | null) => Response;

let stateOf: (value: unknown) => ResponseState | undefined;

/** @see Fetch Standard, `Response`. Differs: nothing. */
export class Response {
  #state: ResponseState;

  static {
    makeResponse = ({ status, statusText, headers, url, redirected }, body) => {
      const list = makeHeaders(headers, true);
      const source = body && { type: "chunks", chunks: body } as const;
      const state = new ResponseState(
        status,
        statusText,
        list,
        new Body(source),
      );
      Object.assign(state, { url, redirected });
      return new Response(state);
    };
    stateOf = (value) =>
      typeof value === "object" && value !== null && #state in value
        ? value.#state
        : undefined;
    mixBody(this.prototype, (response) => {
      const { body, headers } = response.#state;
      return { body, type: contentType(headers) };
    });
  }

  constructor(
    body: unknown = null,
    init: ResponseInit | undefined = undefined,
  ) {
    this.#state = body instanceof ResponseState
      ? body
      : buildState(body, init ?? {});
  }

  /** A response that tells of a network error. */
  static error(): Response {
    const state = new ResponseState(
      0,
      "",
      makeHeaders([], true),
      new Body(null),
    );
    state.type = "error";
    return new Response(state);
  }

  /** A response of `data` as JSON. */
  static json(data: unknown, init: ResponseInit = {}): Response {
    const text = JSON.stringify(data);
    if (text === undefined) {
      throw new TypeError("Cannot write this value as JSON");
    }
    const headers = new Headers(init.headers);
    addContentType(headers, "application/json");
    return new Response(text, { ...init, headers });
  }

  /** A response that sends the client to an absolute URL. */
  static redirect(url: unknown, status = 302): Response {
    const { href } = parseUrl(url);
    if (![301, 302, 303, 307, 308].includes(Number(status))) {
      throw new RangeError(`Cannot redirect with this status: ${status}`);
    }
    const headers = makeHeaders([["location", href]], true);
    return new Response(
      new ResponseState(Number(status), "", headers, new Body(null)),
    );
  }

  /** `default`, or `error`. */
  get type(): string {
    return this.#state.type;
  }

  /** Where it came from; empty if it was made here. */
  get url(): string {
    return this.#state.url;
  }

  /** Whether there were redirects. */
  get redirected(): boolean {
    return this.#state.redirected;
  }

  /** 200 to 599, or 0 for an error. */
  get status(): number {
    return this.#state.status;
  }

  /** Whether the status is 200 to 299. */
  get ok(): boolean {
    return this.#state.status >= 200 && this.#state.status <= 299;
  }

  /** May be empty. */
  get statusText(): string {
    return this.#state.statusText;
  }

  /** Immutable if it was fetched. */
  get headers(): Headers {
    return this.#state.headers;
  }

  /** A second response with a body of its own. */
  clone(): Response {
    const { status, statusText, headers, body, type, url, redirected } =
      this.#state;
    const copy = makeHeaders([...headerList(headers)]);
    const state = new ResponseState(status, statusText, copy, body.clone());
    return new Response(Object.assign(state, { type, url, redirected }));
  }
}

/** See `BodyMixin`. */
export interface Response extends BodyMixin {}

/**
 * A handler's answer as the host takes it. Takes its body.
 *
 * @returns Undefined if `value` is no Response.
 * @throws {TypeError} It is an error, or its body was read.
 */
export function replyOf(
  value: unknown,
): { head: ReplyHead; body: Source | null } | undefined {
  const state = stateOf(value);
  if (state === undefined) return undefined;
  const { status, headers, body } = state;
  if (status === 0) throw new TypeError("Cannot answer with Response.error()");
  const head = { status, headers: headerList(headers) };
  return { head, body: body.take() };
}

function buildState(init: unknown, options: ResponseInit): ResponseState {
  const status = checkStatus(options.status ?? 200);
  const statusText = checkStatusText(options.statusText ?? "");
  const headers = new Headers(options.headers);
  const { body, type } = extractBody(init);
  if (!body.isNull && isBodiless(status)) {
    throw new TypeError(`Cannot send a body with status ${status}`);
  }
  if (type !== null) addContentType(headers, type);
  return new ResponseState(status, statusText, headers, body);
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

function checkStatus(status: unknown): number {
  // WebIDL `unsigned short`.
  const code = Number(status) & 0xffff;
  if (code >= 200 && code <= 599) return code;
  throw new RangeError(
    `Cannot answer with a status outside 200 to 599: ${status}`,
  );
}

function checkStatusText(text: unknown): string {
  if (text === "") return "";
  if (/^[\t -~\x80-\xff]*$/.test(`${text}`)) return `${text}`;
  throw new TypeError(`Cannot answer with an invalid status text: ${text}`);
}
