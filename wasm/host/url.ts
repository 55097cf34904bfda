/**
 * URLs for script guests: the host's half of the guest's `URL` class.
 *
 * @module
 */

import type { UrlParts } from "../script/ops.ts";

/**
 * Parses a URL.
 *
 * @param href Absolute, or relative to `base`.
 * @param base Absolute.
 * @returns JSON of {@linkcode UrlParts}.
 * @throws {TypeError} `href` is no URL, or is relative and `base` is no URL.
 *
 * @see URL Standard, "API URL parser". Differs: nothing.
 *
 * @example
 * ```ts
 * import { strictEqual } from "node:assert";
 * import { parseUrl } from "./url.ts";
 *
 * strictEqual(JSON.parse(parseUrl("../b", "http://a.test/x/y")).pathname, "/b");
 * ```
 */
export function parseUrl(href: string, base?: string): string {
  return stringifyUrl(new URL(href, base));
}

/**
 * Sets one property of a URL.
 *
 * As in the `URL` class, a value that the property cannot take changes
 * nothing, except for `href`.
 *
 * @param href Absolute.
 * @param property Name of a property that `URL` lets one set.
 * @param value The new value, not yet encoded.
 * @returns JSON of {@linkcode UrlParts}.
 * @throws {TypeError} `href`, or a new `href`, is no URL; or there is no such
 * property to set.
 */
export function setUrl(href: string, property: string, value: string): string {
  if (!isSettable(property)) {
    throw new TypeError(`Cannot set a property of a URL: ${property}`);
  }
  const url = new URL(href);
  url[property] = value;
  return stringifyUrl(url);
}

const SETTABLE = [
  "href",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
] as const;

function isSettable(property: string): property is (typeof SETTABLE)[number] {
  return SETTABLE.some((name) => name === property);
}

function stringifyUrl(url: URL): string {
  const parts: UrlParts = {
    href: url.href,
    origin: url.origin,
    protocol: url.protocol,
    username: url.username,
    password: url.password,
    host: url.host,
    hostname: url.hostname,
    port: url.port,
    pathname: url.pathname,
    search: url.search,
    hash: url.hash,
  };
  return JSON.stringify(parts);
}
