/**
 * `URL`.
 *
 * @module
 */

import { OPS, type UrlParts } from "../ops.ts";
import { callHost } from "./host.ts";
import {
  linkedParams,
  resetParams,
  type URLSearchParams,
} from "./url_search_params.ts";

/**
 * Parses a URL, as its constructor does.
 *
 * @throws {TypeError} There is no such URL.
 */
export function parseUrl(href: unknown, base?: unknown): UrlParts {
  const against = base === undefined ? undefined : `${base}`;
  return JSON.parse(callHost(OPS.urlParse, `${href}`, against) as string);
}

const PROPERTIES = [
  "href",
  "origin",
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

/** @see URL Standard, `URL`. Differs: nothing. */
export class URL {
  declare href: string;
  declare readonly origin: string;
  declare protocol: string;
  declare username: string;
  declare password: string;
  declare host: string;
  declare hostname: string;
  declare port: string;
  declare pathname: string;
  declare search: string;
  declare hash: string;

  #parts: UrlParts;
  #params: URLSearchParams | undefined;

  static {
    for (const name of PROPERTIES) {
      const get = function (this: URL) {
        return this.#parts[name];
      };
      const set = function (this: URL, value: unknown) {
        this.#set(name, `${value}`);
      };
      const accessors = name === "origin" ? { get } : { get, set };
      Object.defineProperty(this.prototype, name, {
        ...accessors,
        configurable: true,
      });
    }
  }

  constructor(href: unknown, base?: unknown) {
    this.#parts = parseUrl(href, base);
  }

  /** Whether the constructor would take these arguments. */
  static canParse(href: unknown, base?: unknown): boolean {
    return URL.parse(href, base) !== null;
  }

  /** A URL, or null where the constructor would throw. */
  static parse(href: unknown, base?: unknown): URL | null {
    try {
      return new URL(href, base);
    } catch {
      // This method exists to answer null instead.
      return null;
    }
  }

  /** The query; a change of either is seen in the other. */
  get searchParams(): URLSearchParams {
    return this.#params ??= linkedParams(
      this.#parts.search,
      (search) => this.#update("search", search),
    );
  }

  /** Same as `href`. */
  toString(): string {
    return this.#parts.href;
  }

  /** Same as `href`. */
  toJSON(): string {
    return this.#parts.href;
  }

  #set(name: keyof UrlParts, value: string): void {
    this.#update(name, value);
    if (this.#params && (name === "search" || name === "href")) {
      resetParams(this.#params, this.#parts.search);
    }
  }

  #update(name: keyof UrlParts, value: string): void {
    const parts = callHost(OPS.urlSet, this.#parts.href, name, value) as string;
    this.#parts = JSON.parse(parts);
  }
}
