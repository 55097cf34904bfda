/**
 * URLs, as far as requests need them.
 *
 * @module
 */

import { OPS, type UrlParts } from "../ops.ts";
import { callHost } from "./host.ts";
import { simpleParts } from "./simple_url.ts";

/**
 * Parses a URL, as its constructor does.
 *
 * @throws {TypeError} There is no such URL.
 */
export function parseUrl(href: unknown, base?: unknown): UrlParts {
  if (base === undefined && typeof href === "string") {
    const parts = simpleParts(href);
    if (parts !== undefined) return parts;
  }
  const against = base === undefined ? undefined : `${base}`;
  return JSON.parse(callHost(OPS.urlParse, `${href}`, against) as string);
}
