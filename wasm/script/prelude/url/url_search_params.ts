/**
 * `URLSearchParams`.
 *
 * @module
 */

import { DECODE_KEEP_BOM, OPS } from "../../ops.ts";
import { core } from "../linked.ts";

const { callHost, pairIterator } = core;

type Pair = [name: string, value: string];

/** Makes the parameters of a URL, which hears of each change. */
export let linkedParams: (
  search: string,
  changed: (search: string) => void,
) => URLSearchParams;

/** Replaces the parameters of a URL after the URL changed. */
export let resetParams: (params: URLSearchParams, search: string) => void;

/** @see URL Standard, `URLSearchParams`. Differs: nothing. */
export class URLSearchParams {
  #pairs: Pair[];
  #changed: ((search: string) => void) | undefined;

  static {
    linkedParams = (search, changed) => {
      const params = new URLSearchParams(search);
      params.#changed = changed;
      return params;
    };
    resetParams = (params, search) => {
      params.#pairs = parseFormText(search.slice(1));
    };
    pairIterator(
      "URLSearchParams",
      this.prototype,
      (params, index) => params.#pairs[index],
    );
  }

  constructor(init: unknown = "") {
    this.#pairs =
      typeof init === "object" && init !== null || typeof init === "function"
        ? pairsOf(init)
        : parseFormText(`${init}`.replace(/^\?/, ""));
  }

  /** How many parameters there are. */
  get size(): number {
    return this.#pairs.length;
  }

  /** Adds a parameter at the end. */
  append(name: string, value: string): void {
    this.#pairs.push([scalar(name), scalar(value)]);
    this.#update();
  }

  /** Deletes the parameters of that name, and of that value if one is given. */
  delete(name: string, value: string | undefined = undefined): void {
    this.#pairs = this.#pairs.filter((pair) => !matches(pair, name, value));
    this.#update();
  }

  /** The first value of that name. */
  get(name: string): string | null {
    return this.#pairs.find((pair) => matches(pair, name))?.[1] ?? null;
  }

  /** All values of that name, in order. */
  getAll(name: string): string[] {
    return this.#pairs.filter((pair) => matches(pair, name))
      .map((pair) => pair[1]);
  }

  /** Whether there is a parameter of that name, and of that value if one is given. */
  has(name: string, value: string | undefined = undefined): boolean {
    return this.#pairs.some((pair) => matches(pair, name, value));
  }

  /** Replaces the first parameter of that name and deletes the others. */
  set(name: string, value: string): void {
    const first = this.#pairs.find((pair) => matches(pair, name));
    if (first === undefined) return this.append(name, value);
    first[1] = scalar(value);
    this.#pairs = this.#pairs.filter((pair) =>
      pair === first || !matches(pair, name)
    );
    this.#update();
  }

  /** Sorts by name, in UTF-16 units; equal names keep their order. */
  sort(): void {
    this.#pairs.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
    this.#update();
  }

  /** Form-encoded. */
  toString(): string {
    return this.#pairs.map((pair) => pair.map(encodeForm).join("=")).join("&");
  }

  #update(): void {
    this.#changed?.(this.toString());
  }
}

/** The iterators of `URLSearchParams`. */
export interface URLSearchParams extends Iterable<Pair> {
  /** Calls back with each value, name, and the parameters. */
  forEach(
    callback: (value: string, name: string, params: URLSearchParams) => void,
    self?: unknown,
  ): void;
  /** Names and values. */
  entries(): IterableIterator<Pair>;
  /** Names. */
  keys(): IterableIterator<string>;
  /** Values. */
  values(): IterableIterator<string>;
}

function matches(pair: Pair, name: string, value?: string): boolean {
  return pair[0] === scalar(name) &&
    (value === undefined || pair[1] === scalar(value));
}

/** WebIDL `USVString`. */
function scalar(value: unknown): string {
  return `${value}`.toWellFormed();
}

function pairsOf(init: object): Pair[] {
  if (!(Symbol.iterator in init)) {
    return Object.entries(init).map((
      [name, value],
    ) => [scalar(name), scalar(value)]);
  }
  return Array.from(init as Iterable<Iterable<unknown>>, (entry) => {
    const pair = [...entry];
    if (pair.length !== 2) {
      throw new TypeError(
        "Cannot take a parameter that is no pair of name and value",
      );
    }
    return [scalar(pair[0]), scalar(pair[1])];
  });
}

/** The fields of urlencoded text. */
export function parseFormText(text: string): Pair[] {
  return text.split("&").filter((part) => part !== "").map((part) => {
    const at = part.indexOf("=");
    return at < 0
      ? [decodeForm(part), ""]
      : [decodeForm(part.slice(0, at)), decodeForm(part.slice(at + 1))];
  });
}

function decodeForm(text: string): string {
  const spaced = text.replaceAll("+", " ").toWellFormed();
  if (!spaced.includes("%")) return spaced;
  // Escapes one run at a time: a run can hold a whole code point, and what is
  // no escape stays as it is.
  return spaced.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    const bytes = Uint8Array.fromHex(run.replaceAll("%", ""));
    return callHost(OPS.decode, "utf-8", DECODE_KEEP_BOM, bytes) as string;
  });
}

function encodeForm(text: string): string {
  return encodeURIComponent(text)
    .replace(
      /[!'()~]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    )
    .replaceAll("%20", "+");
}
