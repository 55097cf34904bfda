/**
 * URLs, as far as requests need them.
 *
 * @module
 */

import { OPS, type UrlParts } from "../ops.ts";
import { callHost } from "./host.ts";

/**
 * Parses a URL, as its constructor does.
 *
 * @throws {TypeError} There is no such URL.
 */
export function parseUrl(href: unknown, base?: unknown): UrlParts {
  const against = base === undefined ? undefined : `${base}`;
  return JSON.parse(callHost(OPS.urlParse, `${href}`, against) as string);
}
