/**
 * Network addresses as an app writes them: `host:port`, `[::1]:port`.
 *
 * @module
 */

import { isIPv4, isIPv6 } from "node:net";

/** A TCP address. */
export interface Address {
  /** A name or an IP address in canonical form; IPv6 without its brackets. */
  readonly hostname: string;
  /** 0 to 65,535. */
  readonly port: number;
}

/**
 * Parses `host:port`. A host is a name, an IPv4 address or an IPv6 address in
 * brackets; the port is decimal.
 *
 * @returns `undefined` when `text` is anything else.
 */
export function parseAddress(text: string): Address | undefined {
  const colon = text.lastIndexOf(":");
  const hostname = parseHostname(text.slice(0, Math.max(0, colon)));
  const port = parsePort(text.slice(colon + 1));
  if (hostname === undefined || port === undefined) return undefined;
  return { hostname, port };
}

/** Writes `host:port`, the way {@linkcode parseAddress} reads it. */
export function formatAddress({ hostname, port }: Address): string {
  return isIPv6(hostname) ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/**
 * Parses a host, as in {@linkcode parseAddress}: `[::1]`, `127.0.0.1`, `a.example`.
 *
 * @returns The host in canonical form, IPv6 without its brackets; `undefined`
 * when `text` is anything else.
 */
export function parseHostname(text: string): string | undefined {
  if (text.startsWith("[") && text.endsWith("]")) {
    return canonicalIPv6(text.slice(1, -1));
  }
  if (!HOSTNAME.test(text)) return undefined;
  // As in URLs, what ends in a number is an address: 127.0.0.300 is no name.
  const isNumeric = /(^|\.)[0-9]+$/.test(text);
  return !isNumeric || isIPv4(text) ? text.toLowerCase() : undefined;
}

const HOSTNAME =
  /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

function canonicalIPv6(text: string): string | undefined {
  // A zone such as %eth0 is accepted by isIPv6 and cannot be in a URL.
  if (!isIPv6(text) || text.includes("%")) return undefined;
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

function parsePort(text: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,4})$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}
