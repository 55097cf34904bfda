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
import type { BodyReading } from "./pacing.ts";
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
  /** Names in lower case, and as they came but for the host, which is that of the URL. At the end are `x-forwarded-for`, the client's address, and `x-request-id`, the id; what clients told of forwarding is left out. */
  readonly headers: [name: string, value: string][];
}

/** As much of a request as is read here. A `Request` is one. */
export interface Heading {
  /** Scheme, host and path one behind the other, as they came. */
  readonly url: string;
  /** Names in lower case, each once. */
  readonly headers: Iterable<[name: string, value: string]>;
}

/** The connection that a request came by. */
export interface Way {
  /** What is spoken on it. */
  readonly scheme: "http" | "https";
  /** Address of its other end. */
  readonly peer: string;
  /** TCP port of its other end. */
  readonly peerPort: number;
  /** Whose word is believed. */
  readonly proxies: TrustedProxies;
  /** Is told how far the request's body is read; nobody is when absent. */
  readonly reading?: BodyReading;
}

/**
 * Reads where `request` comes from.
 *
 * The engine refuses most of what two readers could understand in two ways;
 * `listen/smuggling_test.ts` has the list. What it lets through is refused here:
 * a length that is said twice, codings that nobody decodes, a host that is none,
 * a fragment, bytes that are not ASCII. With a host in the request line that of
 * the header is ignored: RFC 9112, section 3.2.2.
 *
 * @returns The status to refuse it with, when it makes no sense.
 */
export function readOrigin(request: Heading, way: Way): Origin | OwnStatus {
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
  /** Where the host is in the list, of which it takes the place; -1 without one, as in HTTP/2. */
  hostAt: number;
  id: string | undefined;
}

function readHeads(headers: Heading["headers"]): Heads | OwnStatus {
  const list: [string, string][] = [];
  const forwarded: ForwardedHeaders = {};
  const heads: Heads = {
    list,
    forwarded,
    host: undefined,
    hostAt: -1,
    id: undefined,
  };
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
      heads.hostAt = heads.list.push([name, value]) - 1;
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
  // Deno would have put what is no host in front of the path as it is. For an
  // empty one it writes its own, as the request does not tell any.
  if (host && host !== authority && !isAuthority(host)) return undefined;
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
  { list, hostAt, id }: Heads,
  { authority, path }: Target,
  hop: Hop,
  { peer, proxies, scheme: ownScheme }: Way,
): Origin {
  const { address, scheme = ownScheme, host = authority } = hop;
  const asked = isAuthority(host) ? host : authority;
  const isBelieved = id !== undefined && isRequestId(id) && proxies.has(peer);
  const ownId = isBelieved ? id : createRequestId();
  if (hostAt >= 0) list[hostAt]![1] = asked;
  list.push(["x-forwarded-for", address], ["x-request-id", ownId]);
  const url = `${scheme}://${asked}${path}`;
  return { id: ownId, address, url, path, headers: list };
}

/**
 * `ip:port` of a client. Nobody tells the port of one that is behind a proxy: it
 * is 0.
 */
export function remoteAddrOf(
  { address }: Origin,
  { peer, peerPort }: Way,
): string {
  const host = address.includes(":") ? `[${address}]` : address;
  return `${host}:${address === peer ? peerPort : 0}`;
}

/** Path and query of the URL of a request; empty when it has none, as for `CONNECT`. */
export function pathOf(url: string): string {
  // Scheme and host end at the third slash.
  const at = url.indexOf("/", url.indexOf("//") + 2);
  return at < 0 ? "" : url.slice(at);
}
