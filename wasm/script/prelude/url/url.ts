/**
 * `URL`.
 *
 * @module
 */

import { OPS, type UrlParts } from "../../ops.ts";
import { core } from "../linked.ts";
import {
  linkedParams,
  resetParams,
  type URLSearchParams,
} from "./url_search_params.ts";

const { callHost, demandArguments, parseUrl } = core;

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
      const { get, set } = Object.getOwnPropertyDescriptor({
        get [name](): string {
          return (this as unknown as URL).#parts[name];
        },
        set [name](value: string) {
          (this as unknown as URL).#set(name, `${value}`);
        },
      }, name)!;
      Object.defineProperty(this.prototype, name, {
        get: get!,
        ...name !== "origin" && { set: set! },
        configurable: true,
      });
    }
  }

  constructor(href: unknown, base: unknown = undefined) {
    demandArguments("URL", 1, arguments.length);
    this.#parts = parseUrl(href, base);
  }

  /** Whether the constructor would take these arguments. */
  static canParse(href: unknown, base: unknown = undefined): boolean {
    return URL.parse(href, base) !== null;
  }

  /** A URL, or null where the constructor would throw. */
  static parse(href: unknown, base: unknown = undefined): URL | null {
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
