/**
 * The opening handshake: who may connect, and to whom.
 *
 * @module
 */

import type { ConnectionInfo } from "@rusm/wasm";
import type { OwnStatus } from "../answer.ts";
import { type AuthenticationRequest, splitTarget } from "../auth/request.ts";
import {
  type Heading,
  type Origin,
  readOrigin,
  remoteAddrOf,
  type Way,
} from "../listen/origin.ts";
import type { WsListener } from "../manifest.ts";
import { matchRoute } from "../routes.ts";

/** A request to open a WebSocket, as far as it is looked at. */
export interface OpeningRequest {
  /** Such as `GET`. */
  readonly method: string;
  /** What follows the method: path and query. */
  readonly url: string;
  /** Names as they came, each followed by its value. */
  readonly rawHeaders: readonly string[];
  /** The connection that it came by. */
  readonly way: Way;
}

/** Who asked. */
export interface Asker {
  /** Address of the client, which is behind the proxies that are trusted. */
  readonly client: string;
  /** Tells the request in logs. */
  readonly requestId: string;
}

/** What becomes of a request. */
export type Opening =
  | {
    readonly type: "open";
    /** Name of the component that handles the connection. */
    readonly component: string;
    /** What it is told. */
    readonly info: ConnectionInfo;
    /** Who asked. */
    readonly asker: Asker;
  }
  | { readonly type: "refused"; readonly refusal: Refusal };

/** A response that is none of a WebSocket. */
export interface Refusal {
  /** The status. */
  readonly status: OwnStatus | 403 | 426;
  /** Besides those of every response. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What of a listener decides. */
export type OpeningRules = Pick<
  WsListener,
  "target" | "allowedOrigins" | "subprotocols"
>;

/**
 * Decides over a request to open a WebSocket, in this order.
 *
 * | what is wrong | status |
 * | --- | --- |
 * | it names no host, or more than one; its path is none | 400 |
 * | what proxies tell of it, or its headers, make no sense | 400, 431 |
 * | its origin is not allowed | 403 |
 * | there is no route for it, whatever the method | 404 |
 * | it is no request to open a WebSocket of version 13 | 426 |
 * | its key, its protocols or its method are malformed | 400 |
 *
 * @see RFC 6455, section 4.2.1. Differs: a request that is no WebSocket's is told
 * to upgrade.
 *
 * @param heard What {@linkcode hear} has said of it.
 */
export function openingOf(
  request: OpeningRequest,
  rules: OpeningRules,
  heard: Hearing = hear(request, rules),
): Opening {
  if (heard.type === "refused") return heard;
  const { origin, headers } = heard;
  const { method, url } = request;
  const match = routeOf(rules, method, url);
  if (match === undefined) return refused(404);
  const refusal = whyNoWebSocket(method, headers);
  if (refusal !== undefined) return { type: "refused", refusal };
  const offered = protocolsOf(headers);
  if (offered === undefined) return refused(400);
  const subprotocol = offered.find((name) => rules.subprotocols.includes(name));
  const { path, query } = splitTarget(url);
  const { params } = match;
  const remoteAddr = remoteAddrOf(origin, request.way);
  // Without spreads, which take as long as all the rest of it.
  const asked = {
    method,
    path,
    query,
    params,
    headers: origin.headers,
    remoteAddr,
  };
  const info = subprotocol === undefined ? asked : { ...asked, subprotocol };
  const asker = askerOf(origin);
  return { type: "open", component: match.component, info, asker };
}

/** Whether a request is looked at, whatever it asks for. */
export type Hearing =
  | {
    readonly type: "heard";
    /** Where it comes from. */
    readonly origin: Origin;
    /** As they came, names in lower case. */
    readonly headers: Headers;
  }
  | Extract<Opening, { type: "refused" }>;

/** Decides whether a request is looked at: by the first rows of {@linkcode openingOf}. */
export function hear(
  request: OpeningRequest,
  rules: Pick<OpeningRules, "allowedOrigins">,
): Hearing {
  const headers = pairsOf(request.rawHeaders);
  const hosts = valuesIn(headers, "host");
  if (!request.url.startsWith("/") || hosts.length !== 1) return refused(400);
  const origin = readOrigin(headingOf(request, headers), request.way);
  if (typeof origin === "number") return refused(origin);
  if (!isAllowed(valuesIn(headers, "origin"), rules)) return refused(403);
  return { type: "heard", origin, headers };
}

/** Who has sent a request that comes from `origin`. */
export function askerOf({ address, id }: Origin): Asker {
  return { client: address, requestId: id };
}

/** A request that was heard, as it is put to a hook. */
export function authenticationRequestOf(
  { method, url, way }: OpeningRequest,
  origin: Origin,
): AuthenticationRequest {
  const { headers } = origin;
  const remoteAddr = remoteAddrOf(origin, way);
  return { method, ...splitTarget(url), headers, remoteAddr };
}

type Headers = readonly (readonly [name: string, value: string])[];

function pairsOf(raw: readonly string[]): Headers {
  return Array.from(
    { length: raw.length >> 1 },
    (_, index) => [raw[2 * index]!.toLowerCase(), raw[2 * index + 1]!] as const,
  );
}

function valuesIn(headers: Headers, wanted: string): string[] {
  const values: string[] = [];
  for (const [name, value] of headers) if (name === wanted) values.push(value);
  return values;
}

// A header that comes more than once is a list, RFC 9110, section 5.3.
function headingOf(
  { url, way: { scheme } }: OpeningRequest,
  headers: Headers,
): Heading {
  const combined = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = combined.get(name);
    const comma = name === "cookie" ? "; " : ", ";
    const all = before === undefined ? value : `${before}${comma}${value}`;
    combined.set(name, all);
  }
  const host = combined.get("host")!;
  return { url: `${scheme}://${host}${url}`, headers: combined };
}

function refused(
  status: Refusal["status"],
  headers: Refusal["headers"] = {},
): Extract<Opening, { type: "refused" }> {
  return { type: "refused", refusal: { status, headers } };
}

function isAllowed(
  origins: readonly string[],
  { allowedOrigins }: Pick<OpeningRules, "allowedOrigins">,
): boolean {
  if (allowedOrigins.length === 0) return true;
  const [origin] = origins;
  return origins.length === 1 && allowedOrigins.includes(origin!);
}

function routeOf(
  { target }: OpeningRules,
  method: string,
  url: string,
): Pick<ConnectionInfo, "params"> & { component: string } | undefined {
  if (typeof target === "string") return { component: target, params: [] };
  const match = matchRoute(target, method, url);
  return match.type === "match" ? match : undefined;
}

/** What a request is told that does not upgrade its connection. */
export const UPGRADE: Refusal["headers"] = {
  upgrade: "websocket",
  connection: "upgrade",
};
const VERSION = { ...UPGRADE, "sec-websocket-version": "13" };

function whyNoWebSocket(
  method: string,
  headers: Headers,
): Refusal | undefined {
  const isUpgrade = hasToken(headers, "upgrade", "websocket") &&
    hasToken(headers, "connection", "upgrade");
  const keys = valuesIn(headers, "sec-websocket-key");
  if (!isUpgrade || keys.length === 0) return { status: 426, headers: UPGRADE };
  if (valuesIn(headers, "sec-websocket-version").join() !== "13") {
    return { status: 426, headers: VERSION };
  }
  // 16 bytes in Base64, RFC 6455, section 4.1.
  const isSound = method === "GET" && keys.length === 1 &&
    /^[+/0-9A-Za-z]{21}[AQgw]==$/.test(keys[0]!);
  return isSound ? undefined : { status: 400, headers: {} };
}

function hasToken(headers: Headers, name: string, token: string): boolean {
  return valuesIn(headers, name)
    .flatMap((value) => value.split(","))
    .some((value) => value.trim().toLowerCase() === token);
}

// Tokens of RFC 9110, section 5.6.2, each at most once.
function protocolsOf(headers: Headers): readonly string[] | undefined {
  const values = valuesIn(headers, "sec-websocket-protocol");
  if (values.length === 0) return [];
  const names = values.join(",").split(",").map((name) => name.trim());
  const isSound = new Set(names).size === names.length &&
    names.every((name) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name));
  return isSound ? names : undefined;
}
