/**
 * `Request`.
 *
 * @module
 */

import type { FetchHead, HeaderList } from "../../ops.ts";
import type { AbortSignal } from "../events/abort.ts";
import {
  Body,
  type BodyMixin,
  type Chunks,
  extractBody,
  mixBody,
  type Source,
} from "./body.ts";
import { clientSignal } from "./client.ts";
import { core } from "../linked.ts";
import { addContentType, headerList, Headers, makeHeaders } from "./headers.ts";

const { demandArguments, library, loadedLibrary, parseUrl } = core;

/** What a request is made of. Guests never see one, so they cannot forge one. */
class RequestState {
  constructor(
    readonly method: string,
    readonly url: string,
    readonly headers: Headers,
    readonly body: Body,
    readonly redirect: FetchHead["redirect"],
    /** Asked for only when it is needed: there may be none yet. */
    readonly signalOf: () => AbortSignal | undefined,
  ) {}
}

/** What a request says of a browser, always: there is none. */
const DEFAULTS = {
  destination: "",
  referrer: "about:client",
  referrerPolicy: "",
  mode: "cors",
  credentials: "same-origin",
  cache: "default",
  integrity: "",
  keepalive: false,
  isReloadNavigation: false,
  isHistoryNavigation: false,
  duplex: "half",
} as const;

/** What `Request` takes as its second argument. */
export interface RequestInit {
  /** Default: that of the request it is made from, or GET. */
  method?: string;
  /** Default: those of the request it is made from, or none. */
  headers?: unknown;
  /** Default: that of the request it is made from, or null. */
  body?: unknown;
  /** Default: that of the request it is made from, or `follow`. */
  redirect?: string;
  /** Default: that of the request it is made from; null is none. */
  signal?: AbortSignal | null;
}

/** Makes the request that the host got. Checks nothing, takes list and body. */
export let makeRequest: (
  method: string,
  url: string,
  headers: HeaderList,
  body: Uint8Array<ArrayBuffer> | Chunks | null,
) => Request;

let stateOf: (value: unknown) => RequestState | undefined;

/**
 * @see Fetch Standard, `Request`. Differs: there are no modes, credentials,
 * caches and referrers.
 */
export class Request {
  #state: RequestState;
  #signal: AbortSignal | undefined;

  static {
    makeRequest = (method, url, list, body) => {
      const headers = makeHeaders(list);
      const state = new RequestState(
        method,
        url,
        headers,
        body === null || body instanceof Uint8Array
          ? Body.of(body)
          : new Body({ type: "chunks", chunks: body }),
        "follow",
        clientSignal,
      );
      return new Request(state);
    };
    stateOf = (value) =>
      isObject(value) && #state in value ? value.#state : undefined;
    for (const [name, value] of Object.entries(DEFAULTS)) {
      const accessors = {
        get [name](): unknown {
          // Throws for what is no request.
          (this as unknown as Request).#state;
          return value;
        },
      };
      Object.defineProperties(
        this.prototype,
        Object.getOwnPropertyDescriptors(accessors),
      );
    }
    mixBody(this.prototype, (request) => {
      const { body, headers } = request.#state;
      return { body, type: contentType(headers) };
    });
  }

  constructor(input: unknown, init: RequestInit | undefined = undefined) {
    demandArguments("Request", 1, arguments.length);
    this.#state = input instanceof RequestState
      ? input
      : buildState(input, init ?? {});
  }

  /** Upper case for the usual methods. */
  get method(): string {
    return this.#state.method;
  }

  /** Absolute. */
  get url(): string {
    return this.#state.url;
  }

  /** Can be changed. */
  get headers(): Headers {
    return this.#state.headers;
  }

  /** What a redirect does. */
  get redirect(): string {
    return this.#state.redirect;
  }

  /** Follows the signal that the request was made with, or that of its client. */
  get signal(): AbortSignal {
    const { signalOf } = this.#state;
    return this.#signal ??= library("events").follow(signalOf());
  }

  /** A second request with a body of its own. */
  clone(): Request {
    const { method, url, headers, body, redirect, signalOf } = this.#state;
    const copy = makeHeaders([...headerList(headers)]);
    return new Request(
      new RequestState(method, url, copy, body.clone(), redirect, signalOf),
    );
  }
}

/** See `BodyMixin`. */
export interface Request extends BodyMixin {}

/** A request on its way to the host. */
export interface Sending {
  /** As the host takes it. */
  head: FetchHead;
  /** Owned by the receiver. */
  body: Source | null;
  /** What the request's own signal follows, if there is such a signal. */
  signal: AbortSignal | undefined;
}

/**
 * Takes a request apart to send it. Reads its body.
 *
 * The signal is not the request's own, which a signal that outlives many
 * requests would have to keep.
 */
export function sendRequest(request: Request): Sending {
  const state = stateOf(request) as RequestState;
  const { method, url, headers, redirect, body, signalOf } = state;
  const head = { method, url, headers: headerList(headers), redirect };
  return { head, body: body.take(), signal: signalOf() };
}

function buildState(input: unknown, init: RequestInit): RequestState {
  const from = stateOf(input);
  if (!isObject(init) && typeof init !== "function") {
    throw new TypeError(`Cannot make a request with a ${typeof init}`);
  }
  const url = from?.url ?? checkUrl(input);
  const method = checkMethod(init.method ?? from?.method ?? "GET");
  const headers = new Headers(
    init.headers === undefined ? from?.headers : init.headers,
  );
  const redirect = checkRedirect(init.redirect ?? from?.redirect ?? "follow");
  const signalOf = buildSignal(from, init.signal);
  const body = buildBody(from, init.body, method, headers);
  return new RequestState(method, url, headers, body, redirect, signalOf);
}

function buildSignal(
  from: RequestState | undefined,
  init: unknown,
): () => AbortSignal | undefined {
  if (init === undefined && from !== undefined) return from.signalOf;
  const signal = checkSignal(init);
  return () => signal;
}

function buildBody(
  from: RequestState | undefined,
  init: unknown,
  method: string,
  headers: Headers,
): Body {
  const { body, type } = extractBody(init);
  const isOwn = init !== undefined && init !== null || from === undefined;
  const source = isOwn ? body : from.body;
  if (!source.isNull && (method === "GET" || method === "HEAD")) {
    throw new TypeError(`Cannot make a ${method} request with a body`);
  }
  if (type !== null) addContentType(headers, type);
  return isOwn ? body : source.move();
}

/** The content type that headers tell; null for none. */
export function contentType(headers: Headers): string | null {
  const values = headerList(headers).filter(([name]) =>
    name === "content-type"
  );
  return values.at(-1)?.[1] ?? null;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function checkUrl(input: unknown): string {
  const { href, username, password } = parseUrl(input);
  if (username === "" && password === "") return href;
  throw new TypeError(
    `Cannot make a request to a URL with credentials: ${href}`,
  );
}

function checkMethod(method: unknown): string {
  const text = `${method}`;
  const upper = text.toUpperCase();
  if (
    !/^[!#$%&'*+\-.^`|~\w]+$/.test(text) ||
    /^(CONNECT|TRACE|TRACK)$/.test(upper)
  ) {
    throw new TypeError(`Cannot make a request with this method: ${text}`);
  }
  return /^(DELETE|GET|HEAD|OPTIONS|POST|PUT)$/.test(upper) ? upper : text;
}

function checkRedirect(redirect: unknown): FetchHead["redirect"] {
  switch (redirect) {
    case "follow":
    case "manual":
    case "error":
      return redirect;
  }
  throw new TypeError(
    `Cannot make a request with this redirect mode: ${redirect}`,
  );
}

function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal === null) return undefined;
  if (loadedLibrary("events")?.isSignal(signal)) return signal;
  throw new TypeError(
    "Cannot make a request with a signal that is no AbortSignal",
  );
}
