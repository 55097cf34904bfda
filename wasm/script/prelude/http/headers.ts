/**
 * `Headers`.
 *
 * @module
 */

import type { HeaderList } from "../../ops.ts";
import { core } from "../linked.ts";

const { pairIterator } = core;

type Field = HeaderList[number];

/** Makes headers of a list whose names are in lower case. Takes the list. */
export let makeHeaders: (list: HeaderList, immutable?: boolean) => Headers;

/** The fields as they were added, names in lower case. Not a copy. */
export let headerList: (headers: Headers) => HeaderList;

/** Adds a content type, unless there is one. */
export let addContentType: (headers: Headers, type: string) => void;

/** @see Fetch Standard, `Headers`. Differs: no header name is forbidden. */
export class Headers {
  #list: HeaderList = [];
  #immutable = false;
  /** Sorted and combined; undefined after a change. */
  #combined: HeaderList | undefined;

  static {
    makeHeaders = (list, immutable = false) => {
      const headers = new Headers();
      headers.#list = list;
      headers.#immutable = immutable;
      return headers;
    };
    headerList = (headers) => headers.#list;
    addContentType = (headers, type) => {
      if (headers.#has(CONTENT_TYPE)) return;
      headers.#list.push([CONTENT_TYPE, checkValue(type)]);
      headers.#combined = undefined;
    };
    pairIterator(
      "Headers",
      this.prototype,
      (headers, index) => headers.#sorted()[index],
    );
  }

  constructor(init: unknown = undefined) {
    if (init === undefined) return;
    for (const [name, value] of fieldsOf(init)) {
      this.#list.push(this.#check(name, value));
    }
  }

  /** Adds a field; a name may have several. */
  append(name: string, value: string): void {
    this.#list.push(this.#check(name, value));
    this.#combined = undefined;
  }

  /** Removes all fields of that name. */
  delete(name: string): void {
    const [key] = this.#check(name, "");
    this.#list = this.#list.filter((field) => field[0] !== key);
    this.#combined = undefined;
  }

  /** The values of that name, joined by commas. */
  get(name: string): string | null {
    const key = checkName(name);
    const list = this.#list;
    let joined: string | null = null;
    for (let index = 0; index < list.length; index++) {
      const field = list[index]!;
      if (field[0] !== key) continue;
      joined = joined === null ? field[1] : `${joined}, ${field[1]}`;
    }
    return joined;
  }

  /** The values of `set-cookie`, which cannot be joined. */
  getSetCookie(): string[] {
    return this.#valuesOf("set-cookie");
  }

  /** Whether there is a field of that name. */
  has(name: string): boolean {
    return this.#has(checkName(name));
  }

  // By index: an iterator is what takes the most time.
  #has(key: string): boolean {
    const list = this.#list;
    for (let index = 0; index < list.length; index++) {
      if (list[index]![0] === key) return true;
    }
    return false;
  }

  /** Puts one field in the place of the first one of that name; removes the others. */
  set(name: string, value: string): void {
    const field = this.#check(name, value);
    const at = this.#list.findIndex((each) => each[0] === field[0]);
    this.#list = this.#list.filter((each) => each[0] !== field[0]);
    this.#list.splice(at < 0 ? this.#list.length : at, 0, field);
    this.#combined = undefined;
  }

  #check(name: string, value: string): Field {
    const field: Field = [checkName(name), checkValue(value)];
    if (this.#immutable) {
      throw new TypeError("Cannot change these headers: they are immutable");
    }
    return field;
  }

  #valuesOf(key: string): string[] {
    return this.#list.filter((field) => field[0] === key)
      .map((field) => field[1]);
  }

  #sorted(): HeaderList {
    return this.#combined ??= [...new Set(this.#list.map((field) => field[0]))]
      .sort().flatMap((name): HeaderList => {
        const values = this.#valuesOf(name);
        return name === "set-cookie"
          ? values.map((value): Field => [name, value])
          : [[name, values.join(", ")]];
      });
  }
}

/** The iterators of `Headers`: names and joined values, sorted by name. */
export interface Headers extends Iterable<Field> {
  /** Calls back with each value, name, and the headers. */
  forEach(
    callback: (value: string, name: string, headers: Headers) => void,
    self?: unknown,
  ): void;
  /** Names and values. */
  entries(): IterableIterator<Field>;
  /** Names. */
  keys(): IterableIterator<string>;
  /** Values. */
  values(): IterableIterator<string>;
}

/** Names and values of a `HeadersInit`, not yet checked. */
function fieldsOf(init: unknown): [string, string][] {
  const isObject = typeof init === "object" && init !== null ||
    typeof init === "function";
  if (!isObject) throw new TypeError(`Cannot make headers of a ${typeof init}`);
  const iterator = (init as Partial<Iterable<unknown>>)[Symbol.iterator];
  if (iterator === undefined || iterator === null) return recordOf(init);
  return Array.from(init as Iterable<Iterable<string>>, (entry) => {
    const pair = [...entry];
    if (pair.length === 2) return pair as Field;
    throw new TypeError(
      "Cannot take a header that is no pair of name and value",
    );
  });
}

/** WebIDL `record`: own enumerable properties; a symbol is no name. */
function recordOf(init: object): [string, string][] {
  const fields: [string, string][] = [];
  for (const key of Reflect.ownKeys(init)) {
    if (!Object.getOwnPropertyDescriptor(init, key)?.enumerable) continue;
    const name = `${key as string}`;
    fields.push([name, `${Reflect.get(init, key)}`]);
  }
  return fields;
}

const CONTENT_TYPE = "content-type";

// What most names are, so that they need not be looked through.
const USUAL_NAMES: Readonly<Record<string, string>> = {
  __proto__: null!,
  ...namesOf([
    ...["Accept", "Authorization", "Cache-Control", "Content-Length"],
    ...["Content-Type", "Cookie", "ETag", "Host", "Location", "Origin"],
    ...["Set-Cookie", "User-Agent", "Vary"],
  ]),
};

function namesOf(names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const key = name.toLowerCase();
    return [[name, key], [key, key]];
  }));
}

function checkName(name: unknown): string {
  const text = `${name}`;
  const usual = USUAL_NAMES[text];
  if (usual !== undefined) return usual;
  if (/^[!#$%&'*+\-.^`|~\w]+$/.test(text)) return text.toLowerCase();
  throw new TypeError(`Cannot take a header with an invalid name: ${text}`);
}

function checkValue(value: unknown): string {
  const text = `${value}`;
  // Nearly all are, and then there is nothing to cut off.
  if (/^[!-~](?:[\t -~]*[!-~])?$/.test(text)) return text;
  const trimmed = text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (!/[\0\n\r]|[^\0-\xff]/.test(trimmed)) return trimmed;
  throw new TypeError(`Cannot take a header with an invalid value: ${trimmed}`);
}
