/**
 * `FormData`.
 *
 * @module
 */

import { core } from "../linked.ts";
import { type Blob, blobBytes, File } from "./blob.ts";

const { pairIterator } = core;

/** A field of a form. */
export type Field = [name: string, value: string | File];

/** The fields of a form, not copied; undefined for anything else. */
export let formFields: (value: unknown) => Field[] | undefined;

/** @see XMLHttpRequest Standard, `FormData`. Differs: there are no HTML forms. */
export class FormData {
  #fields: Field[] = [];

  static {
    formFields = (value) =>
      typeof value === "object" && value !== null && #fields in value
        ? value.#fields
        : undefined;
    pairIterator(
      "FormData",
      this.prototype,
      (form, index) => form.#fields[index],
    );
  }

  constructor(form: unknown = undefined) {
    if (form !== undefined) {
      throw new TypeError("Cannot make form data of a form: there are none");
    }
  }

  /** Adds a field at the end. A blob becomes a file. */
  append(
    name: string,
    value: unknown,
    fileName: string | undefined = undefined,
  ): void {
    this.#fields.push(fieldOf(name, value, fileName, arguments.length));
  }

  /** Deletes the fields of that name. */
  delete(name: string): void {
    const key = scalar(name);
    this.#fields = this.#fields.filter((field) => field[0] !== key);
  }

  /** The first value of that name. */
  get(name: string): string | File | null {
    const key = scalar(name);
    return this.#fields.find((field) => field[0] === key)?.[1] ?? null;
  }

  /** All values of that name, in order. */
  getAll(name: string): (string | File)[] {
    const key = scalar(name);
    return this.#fields.filter((field) => field[0] === key)
      .map((field) => field[1]);
  }

  /** Whether there is a field of that name. */
  has(name: string): boolean {
    const key = scalar(name);
    return this.#fields.some((field) => field[0] === key);
  }

  /** Replaces the first field of that name and deletes the others. */
  set(
    name: string,
    value: unknown,
    fileName: string | undefined = undefined,
  ): void {
    const field = fieldOf(name, value, fileName, arguments.length);
    const at = this.#fields.findIndex((each) => each[0] === field[0]);
    this.#fields = this.#fields.filter((each, index) =>
      index === at || each[0] !== field[0]
    );
    if (at < 0) this.#fields.push(field);
    else this.#fields[at] = field;
  }
}

function fieldOf(
  name: unknown,
  value: unknown,
  fileName: unknown,
  count: number,
): Field {
  const key = scalar(name);
  const bytes = blobBytes(value);
  if (bytes === undefined) {
    if (count < 3) return [key, scalar(value)];
    throw new TypeError("Cannot give a name to what is no file");
  }
  if (value instanceof File && fileName === undefined) return [key, value];
  const blob = value as Blob;
  const options = value instanceof File
    ? { type: blob.type, lastModified: value.lastModified }
    : { type: blob.type };
  const called = fileName === undefined ? "blob" : fileName;
  return [key, new File([blob], called, options)];
}

function scalar(value: unknown): string {
  return `${value}`.toWellFormed();
}
