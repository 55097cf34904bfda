/**
 * Where a request comes from, and what its guest is told of that.
 *
 * @module
 */

import type { OwnStatus } from "../answer.ts";
import { REQUEST_HEADERS_MAX } from "../limits.ts";
import {
  findClient,
  type ForwardedHeaders,
  type Hop,
  type TrustedProxies,
} from "./forwarded.ts";
import { createRequestId, isRequestId } from "./request_id.ts";

/** A request, as far as it is known before anybody answers it. */
export interface Origin {
  /** Tells the request in logs. */
  readonly id: string;
  /** Address of the client, which is behind the proxies that are trusted. */
  readonly address: string;
  /** What the client asked for: absolute, by the scheme and host that it used. */
  readonly url: string;
  /** From the host's first slash on: path and query. */
  readonly path: string;
  /** Names in lower case. `x-forwarded-for` is the client's address, `x-request-id` the id; what clients told of forwarding is left out. */
  readonly headers: [name: string, value: string][];
}

/** The connection that a request came by. */
export interface Way {
  /** What is spoken on it. */
  readonly scheme: "http" | "https";
  /** Address of its other end. */
  readonly peer: string;
  /** Whose word is believed. */
  readonly proxies: TrustedProxies;
}

/**
 * Reads where `request` comes from.
 *
 * The engine refuses most of what two readers could understand in two ways;
 * `listen/smuggling_test.ts` has the list. What it lets through is refused here:
 * a length that is said twice, codings that nobody decodes, a host that is none
 * or not that of the request line, a fragment, bytes that are not ASCII.
 *
 * @returns The status to refuse it with, when it makes no sense.
 */
export function readOrigin(request: Request, way: Way): Origin | OwnStatus {
  const heads = readHeads(request.headers);
  if (typeof heads === "number") return heads;
  const target = targetOf(request.url, heads.host, way.scheme);
  if (target === undefined) return 400;
  const hop = findClient(way.peer, heads.forwarded, way.proxies);
  if (hop === undefined) return 400;
  return told(heads, target, hop, way);
}

interface Heads {
  readonly list: [name: string, value: string][];
  readonly forwarded: ForwardedHeaders;
  host: string | undefined;
  id: string | undefined;
}

function readHeads(headers: Headers): Heads | OwnStatus {
  const list: [string, string][] = [];
  const forwarded: ForwardedHeaders = {};
  const heads: Heads = { list, forwarded, host: undefined, id: undefined };
  let count = 0;
  for (const [name, value] of headers) {
    if (++count > REQUEST_HEADERS_MAX) return 431;
    if (!takeOwn(heads, name, value)) {
      if (!isPlain(name, value)) return 400;
      list.push([name, value]);
    }
  }
  return heads;
}

// Takes what the guest hears of from the node.
function takeOwn(heads: Heads, name: string, value: string): boolean {
  switch (name) {
    case "host":
      heads.host = value;
      return true;
    case "forwarded":
      heads.forwarded.forwarded = value;
      return true;
    case "x-forwarded-for":
      heads.forwarded.for = value;
      return true;
    case "x-forwarded-proto":
      heads.forwarded.proto = value;
      return true;
    case "x-forwarded-host":
      heads.forwarded.host = value;
      return true;
    case "x-request-id":
      heads.id = value;
      return true;
    default:
      return false;
  }
}

function isPlain(name: string, value: string): boolean {
  switch (name) {
    // Said twice, it comes as a list.
    case "content-length":
      return /^\d+$/.test(value);
    case "transfer-encoding":
      return value.toLowerCase() === "chunked";
    default:
      return true;
  }
}

interface Target {
  readonly authority: string;
  readonly path: string;
}

// Deno writes scheme, host and path one behind the other, as they came: with a
// request line of `http://a/b`, the host is the line's, not the header's.
function targetOf(
  url: string,
  host: string | undefined,
  scheme: string,
): Target | undefined {
  const start = scheme.length + "://".length;
  if (!url.startsWith(`${scheme}://`)) return undefined;
  const slash = url.indexOf("/", start);
  // CONNECT has no path.
  if (slash < 0) return undefined;
  const authority = url.slice(start, slash);
  const path = url.slice(slash);
  if (host !== undefined && host !== authority) return undefined;
  if (!isAuthority(authority) || !isPath(path)) return undefined;
  return { authority, path };
}

// RFC 3986, `authority`, without user information and commas.
function isAuthority(text: string): boolean {
  return /^(?:[\w.~%!$&'()*+;=-]+|\[[\da-fA-F:.]+\])(?::\d{0,5})?$/.test(text);
}

function isPath(text: string): boolean {
  return /^[\x21\x22\x24-\x7e]*$/.test(text);
}

function told(
  { list, id }: Heads,
  { authority, path }: Target,
  hop: Hop,
  { peer, proxies, scheme: ownScheme }: Way,
): Origin {
  const { address, scheme = ownScheme, host = authority } = hop;
  const asked = isAuthority(host) ? host : authority;
  const isBelieved = id !== undefined && isRequestId(id) && proxies.has(peer);
  const ownId = isBelieved ? id : createRequestId();
  list.push(
    ["host", asked],
    ["x-forwarded-for", address],
    ["x-request-id", ownId],
  );
  const url = `${scheme}://${asked}${path}`;
  return { id: ownId, address, url, path, headers: list };
}
