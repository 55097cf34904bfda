/**
 * What proxies tell of a request, and how much of it is believed.
 *
 * @module
 */

import { BlockList, isIP } from "node:net";

/** Networks whose proxies are believed. */
export class TrustedProxies {
  readonly #networks = new BlockList();
  readonly #isEmpty: boolean;

  /** Takes addresses and networks: `10.0.0.0/8`, `::1`; those that are none are an error of ours. */
  constructor(networks: readonly string[]) {
    this.#isEmpty = networks.length === 0;
    for (const text of networks) {
      const network = parseNetwork(text);
      if (network === undefined) {
        throw new TypeError(`Cannot trust what is no network: ${text}`);
      }
      const { address, bits, family } = network;
      this.#networks.addSubnet(address, bits, family);
    }
  }

  /** Whether the proxy at `address` is believed. */
  has(address: string): boolean {
    if (this.#isEmpty) return false;
    const version = isIP(address);
    if (version === 0) return false;
    return this.#networks.check(address, version === 4 ? "ipv4" : "ipv6");
  }
}

/** A network of addresses. */
export interface Network {
  /** One of its addresses. */
  readonly address: string;
  /** How many leading bits they share. */
  readonly bits: number;
  /** Of the address. */
  readonly family: "ipv4" | "ipv6";
}

/** Reads `10.0.0.0/8`, or an address alone; `undefined` when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", digits, more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || more !== undefined) {
    return undefined;
  }
  const bitsMax = version === 4 ? 32 : 128;
  if (digits !== undefined && !/^(0|[1-9]\d{0,2})$/.test(digits)) {
    return undefined;
  }
  const bits = Number(digits ?? bitsMax);
  const family = version === 4 ? "ipv4" : "ipv6";
  return bits <= bitsMax ? { address, bits, family } : undefined;
}

/** What the proxies in front of a listener have told, header by header. */
export interface ForwardedHeaders {
  /** `Forwarded`, RFC 7239. */
  forwarded?: string;
  /** `X-Forwarded-For`. */
  for?: string;
  /** `X-Forwarded-Proto`. */
  proto?: string;
  /** `X-Forwarded-Host`. */
  host?: string;
}

/** Who has made a request. What nobody told is absent. */
export interface Hop {
  /** The client's address. */
  readonly address: string;
  /** What the client spoke. */
  readonly scheme?: "http" | "https";
  /** Whom the client asked, unchecked. */
  readonly host?: string;
}

/** What one proxy tells of who asked it, as it wrote it. */
interface Told {
  readonly for?: string;
  readonly proto?: string;
  readonly host?: string;
}

/**
 * Finds who has made a request that came by `peer`: the rightmost hop that is
 * no trusted proxy, since a client can write whatever it likes to the left.
 *
 * @param peer Address of the other end of the connection.
 * @returns `undefined` when the two kinds of headers contradict each other: then
 * one of them is from the client.
 */
export function findClient(
  peer: string,
  headers: ForwardedHeaders,
  proxies: TrustedProxies,
): Hop | undefined {
  if (!proxies.has(peer)) return { address: peer };
  const { forwarded } = headers;
  const isX = headers.for !== undefined || headers.proto !== undefined ||
    headers.host !== undefined;
  const x = walk(peer, tellingsOfX(headers), proxies);
  if (forwarded === undefined) return x;
  const standard = walk(peer, tellingsOf(forwarded), proxies);
  if (!isX) return standard;
  const isSame = standard.address === x.address &&
    standard.scheme === (x.scheme ?? standard.scheme) &&
    standard.host === (x.host ?? standard.host);
  return isSame ? standard : undefined;
}

function walk(
  peer: string,
  tellings: readonly Told[],
  proxies: TrustedProxies,
): Hop {
  let hop: Hop = { address: peer };
  for (const told of tellings.toReversed()) {
    const address = addressOf(told.for);
    hop = { ...hop, ...told.host === undefined ? {} : { host: told.host } };
    if (told.proto === "http" || told.proto === "https") {
      hop = { ...hop, scheme: told.proto };
    }
    // Hidden or unknown: nobody tells more of who is behind it.
    if (address === undefined) return hop;
    hop = { ...hop, address };
    if (!proxies.has(address)) return hop;
  }
  return hop;
}

// An address, without its port and the brackets of IPv6.
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const match = /^\[([^\]]*)\](?::\S*)?$/.exec(text) ??
    /^(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/.exec(text);
  const address = match?.[1] ?? text;
  return isIP(address) === 0 || address.includes("%") ? undefined : address;
}

// Each proxy adds one address. Protocol and host may be those of each hop, or
// of the last one only.
function tellingsOfX(headers: ForwardedHeaders): readonly Told[] {
  const hops = listOf(headers.for);
  const protos = listOf(headers.proto);
  const hosts = listOf(headers.host);
  const count = Math.max(hops.length, 1);
  return Array.from({ length: count }, (_, index) => {
    const proto = pick(protos, index, count)?.toLowerCase();
    const host = pick(hosts, index, count);
    return {
      ...hops[index] === undefined ? {} : { for: hops[index] },
      ...proto === undefined ? {} : { proto },
      ...host === undefined ? {} : { host },
    };
  });
}

function pick(
  list: readonly string[],
  index: number,
  count: number,
): string | undefined {
  if (list.length === count) return list[index];
  return index === count - 1 ? list.at(-1) : undefined;
}

function listOf(value: string | undefined): readonly string[] {
  return value === undefined ? [] : value.split(",").map((item) => item.trim());
}

/** RFC 7239, section 4: elements by commas, pairs by semicolons, values perhaps quoted. */
function tellingsOf(forwarded: string): readonly Told[] {
  return splitOutside(forwarded, ",").map((element) => {
    const told: Record<string, string> = {};
    for (const pair of splitOutside(element, ";")) {
      const at = pair.indexOf("=");
      const name = pair.slice(0, Math.max(at, 0)).trim().toLowerCase();
      if (!["for", "proto", "host"].includes(name)) continue;
      const value = unquote(pair.slice(at + 1).trim());
      told[name] = name === "proto" ? value.toLowerCase() : value;
    }
    return told;
  });
}

// Splits at `separator` where it is not in a quoted string.
function splitOutside(text: string, separator: "," | ";"): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (isQuoted && unit === "\\") at++;
    else if (unit === '"') isQuoted = !isQuoted;
    else if (unit === separator && !isQuoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function unquote(value: string): string {
  const quoted = /^"(.*)"$/s.exec(value)?.[1];
  return quoted === undefined ? value : quoted.replace(/\\(.)/gs, "$1");
}
