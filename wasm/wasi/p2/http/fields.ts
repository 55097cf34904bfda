/**
 * Fields: headers and trailers.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  CanonicalTrap,
  ComponentError,
} from "../../../component/canonical/mod.ts";
import { FIELD_OVERHEAD_BYTES, FIELDS_BYTES_MAX } from "./limits.ts";

/** A field: its name as it was written, and its value. */
export type Field = readonly [name: string, value: Uint8Array];

/** The variant `header-error`. */
export type HeaderError = "invalid-syntax" | "forbidden" | "immutable";

/** What all fields of a process take. */
export class FieldBudget {
  #bytes = 0;

  /** Bytes that are taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes `bytes`, which came from the network and are bounded there. */
  force(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Takes `bytes`. @throws {CanonicalTrap} The process has too many. */
  take(bytes: number): void {
    if (this.#bytes + bytes > FIELDS_BYTES_MAX) {
      throw new CanonicalTrap(
        `Cannot hold more than ${FIELDS_BYTES_MAX} bytes of HTTP fields`,
      );
    }
    this.#bytes += bytes;
  }

  /** Gives `bytes` back. */
  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** Fields that a guest's handles share. Counted while somebody holds them. */
class FieldList {
  readonly budget: FieldBudget;
  bytes: number;
  #entries: Field[] | undefined;
  #make: (() => Field[]) | undefined;
  #holders = 1;

  constructor(budget: FieldBudget, entries: Field[], bytes: number) {
    this.budget = budget;
    this.bytes = bytes;
    this.#entries = entries;
  }

  /** What `make` gives, which is called, and counted, when somebody looks. */
  static later(budget: FieldBudget, make: () => Field[]): FieldList {
    const list = new FieldList(budget, [], 0);
    list.#entries = undefined;
    list.#make = make;
    return list;
  }

  get entries(): Field[] {
    return this.#entries ??= this.#look();
  }

  set entries(entries: Field[]) {
    this.#entries = entries;
  }

  #look(): Field[] {
    const entries = this.#make!();
    this.#make = undefined;
    this.bytes = bytesOf(entries);
    this.budget.force(this.bytes);
    return entries;
  }

  hold(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) this.budget.give(this.bytes);
  }
}

/** The resource `fields` of `wasi:http/types`. */
export class Fields {
  readonly #list: FieldList;
  readonly #isImmutable: boolean;

  private constructor(list: FieldList, isImmutable: boolean) {
    this.#list = list;
    this.#isImmutable = isImmutable;
  }

  /** None yet. */
  static create(budget: FieldBudget): Fields {
    return new Fields(new FieldList(budget, [], 0), false);
  }

  /** `entries` of a guest. @throws {ComponentError} A `header-error`. */
  static fromList(budget: FieldBudget, entries: readonly Field[]): Fields {
    for (const [name, value] of entries) checkField(name, value);
    const bytes = bytesOf(entries);
    budget.take(bytes);
    return new Fields(new FieldList(budget, [...entries], bytes), false);
  }

  /** What came from the network, without what is forbidden. Cannot be changed. */
  static received(budget: FieldBudget, entries: readonly Field[]): Fields {
    const allowed = allowedOf(entries);
    const bytes = bytesOf(allowed);
    budget.force(bytes);
    return new Fields(new FieldList(budget, allowed, bytes), true);
  }

  /** The same, of what `make` gives when the guest first looks at them. */
  static receivedLater(
    budget: FieldBudget,
    make: () => readonly Field[],
  ): Fields {
    const list = FieldList.later(budget, () => allowedOf(make()));
    return new Fields(list, true);
  }

  /** All of them, in the order in which they are sent. */
  get entries(): readonly Field[] {
    return this.#list.entries;
  }

  /** The values under `name`. */
  get(name: string): Uint8Array[] {
    const key = name.toLowerCase();
    return this.entries
      .filter(([each]) => each.toLowerCase() === key)
      .map(([, value]) => value);
  }

  /** Whether there is a value under `name`. */
  has(name: string): boolean {
    return this.get(name).length > 0;
  }

  /** Puts `values` in the place of those under `name`. @throws {ComponentError} A `header-error`. */
  set(name: string, values: readonly Uint8Array[]): void {
    this.#insistMutable();
    for (const value of values) checkField(name, value);
    checkName(name);
    const added = values.map((value): Field => [name, value]);
    this.#list.budget.take(bytesOf(added));
    this.#remove(name);
    this.#list.bytes += bytesOf(added);
    this.#list.entries.push(...added);
  }

  /** Takes all out under `name`. @throws {ComponentError} A `header-error`. */
  delete(name: string): void {
    this.#insistMutable();
    checkName(name);
    this.#remove(name);
  }

  #remove(name: string): void {
    const key = name.toLowerCase();
    const list = this.#list;
    const kept = list.entries.filter(([each]) => each.toLowerCase() !== key);
    const bytes = bytesOf(kept);
    list.budget.give(list.bytes - bytes);
    list.entries = kept;
    list.bytes = bytes;
  }

  /** Adds one. @throws {ComponentError} A `header-error`. */
  append(name: string, value: Uint8Array): void {
    this.#insistMutable();
    checkField(name, value);
    const bytes = bytesOf([[name, value]]);
    this.#list.budget.take(bytes);
    this.#list.bytes += bytes;
    this.#list.entries.push([name, value]);
  }

  #insistMutable(): void {
    if (this.#isImmutable) throw headerError("immutable");
  }

  /** The same fields, which cannot be changed through what is returned. */
  view(): Fields {
    return new Fields(this.#list.hold(), true);
  }

  /** Fields of their own, which can be changed. */
  clone(): Fields {
    // Of what was not looked at, the bytes are known behind the entries.
    const { budget, entries, bytes } = this.#list;
    budget.take(bytes);
    return new Fields(new FieldList(budget, [...entries], bytes), false);
  }

  /** Nobody uses this any more. */
  drop(): void {
    this.#list.release();
  }
}

function allowedOf(entries: readonly Field[]): Field[] {
  return entries.filter(([name]) => !isForbidden(name));
}

function bytesOf(entries: readonly Field[]): number {
  return entries.reduce(
    (sum, [name, value]) =>
      sum + FIELD_OVERHEAD_BYTES + name.length + value.length,
    0,
  );
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether `text` is a token, as methods and names of fields are. See RFC 9110, 5.6.2. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

// What belongs to the connection, or says where a message ends, is the host's.
const FORBIDDEN = new Set([
  "connection",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

function isForbidden(name: string): boolean {
  return FORBIDDEN.has(name.toLowerCase());
}

function checkField(name: string, value: Uint8Array): void {
  checkName(name);
  if (!value.every(isValueByte)) throw headerError("invalid-syntax");
}

// RFC 9110, 5.5: no control characters but the tab.
function isValueByte(byte: number): boolean {
  return byte === 9 || (byte >= 32 && byte !== 127);
}

function checkName(name: string): void {
  if (!isToken(name)) throw headerError("invalid-syntax");
  if (isForbidden(name)) throw headerError("forbidden");
}

function headerError(tag: HeaderError): ComponentError {
  return new ComponentError({ tag });
}

// `this` can be any bytes.
const { latin1Slice } = Buffer.prototype;

/** A value as text: a character for each byte. */
export function latin1(value: Uint8Array): string {
  return latin1Slice.call(value, 0, value.length);
}

/** Text of characters up to 255 as a value. */
export function latin1Bytes(text: string): Uint8Array {
  const { length } = text;
  // `Uint8Array.from`, which calls back for each, takes several times as long.
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
