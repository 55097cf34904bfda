/**
 * The library of blobs and forms.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { core, install } from "../linked.ts";
import { Blob, blobBytes, File, makeBlob } from "./blob.ts";
import { FormData, formFields } from "./form_data.ts";
import { readMultipart, writeMultipart } from "./multipart.ts";

/** What the prelude uses of blobs and forms. */
export interface FormsLibrary extends Library {
  /** A blob of bytes, which it takes. */
  makeBlob(
    bytes: Uint8Array<ArrayBuffer>,
    type: string,
  ): globalThis.Blob;
  /**
   * A body as a form.
   *
   * @throws {TypeError} Its content type is none of a form, or it is not of
   * that form.
   */
  parseForm(
    bytes: Uint8Array<ArrayBuffer>,
    type: string | null,
  ): globalThis.FormData;
  /** Another blob or file of the same bytes; undefined for anything else. */
  copyOf(value: object): object | undefined;
  /** The bytes of a blob or a form, and their type; undefined for anything else. */
  extract(
    value: object,
  ): { bytes: Uint8Array<ArrayBuffer>; type: string | null } | undefined;
}

const { decodeText, definePlatformClass, library: load } = core;

function parseForm(
  bytes: Uint8Array<ArrayBuffer>,
  type: string | null,
): FormData {
  const form = new FormData();
  const fields = formFields(form)!;
  const [essence] = (type ?? "").split(";", 1);
  switch (essence!.trim().toLowerCase()) {
    case "multipart/form-data":
      fields.push(...readMultipart(bytes, boundaryOf(type!)));
      return form;
    case "application/x-www-form-urlencoded":
      fields.push(...load("url").parseFormText(decodeText(bytes)));
      return form;
  }
  throw new TypeError(`Cannot read a body of this type as a form: ${type}`);
}

function boundaryOf(type: string): string {
  const match = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  if (match !== null) return (match[1] ?? match[2])!;
  throw new TypeError(`Cannot read a form without its boundary: ${type}`);
}

function extract(value: object): ReturnType<FormsLibrary["extract"]> {
  const bytes = blobBytes(value);
  if (bytes !== undefined) {
    return { bytes: bytes.slice(), type: (value as Blob).type || null };
  }
  const fields = formFields(value);
  return fields && writeMultipart(fields);
}

function copyOf(value: object): object | undefined {
  const bytes = blobBytes(value);
  if (bytes === undefined) return undefined;
  if (!(value instanceof File)) return makeBlob(bytes, (value as Blob).type);
  const { name, type, lastModified } = value;
  return new File([bytes], name, { type, lastModified });
}

const CLASSES = { Blob, File, FormData };
for (const [name, constructor] of Object.entries(CLASSES)) {
  definePlatformClass(name, constructor);
}
const library = { globals: CLASSES, makeBlob, parseForm, extract, copyOf };
install(library);
