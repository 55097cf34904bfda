/**
 * `multipart/form-data`, both ways.
 *
 * @see RFC 7578, and HTML Standard, "multipart/form-data encoding algorithm".
 *
 * @module
 */

import { OPS } from "../../ops.ts";
import { core } from "../linked.ts";
import { blobBytes, File, join } from "./blob.ts";
import type { Field } from "./form_data.ts";

const { callHost, decodeText, encodeText } = core;

/** Fields as bytes, with the content type that tells how they are cut. */
export function writeMultipart(
  fields: readonly Field[],
): { bytes: Uint8Array<ArrayBuffer>; type: string } {
  const random = callHost(OPS.randomBytes, 16) as Uint8Array;
  const boundary = `----RusmFormBoundary${random.toHex()}`;
  const parts = fields.flatMap(([name, value]) => [
    encodeText(`--${boundary}\r\n${headOf(name, value)}\r\n\r\n`),
    typeof value === "string"
      ? encodeText(withLineEnds(value))
      : blobBytes(value)!,
    encodeText("\r\n"),
  ]);
  const bytes = join([...parts, encodeText(`--${boundary}--\r\n`)]);
  return { bytes, type: `multipart/form-data; boundary=${boundary}` };
}

function headOf(name: string, value: string | File): string {
  const start = `Content-Disposition: form-data; name="${
    escape(withLineEnds(name))
  }"`;
  if (typeof value === "string") return start;
  const type = value.type || "application/octet-stream";
  return `${start}; filename="${escape(value.name)}"\r\nContent-Type: ${type}`;
}

function withLineEnds(text: string): string {
  return text.replace(/\r\n|\r|\n/g, "\r\n");
}

function escape(text: string): string {
  return text.replaceAll("\n", "%0A").replaceAll("\r", "%0D")
    .replaceAll('"', "%22");
}

function unescape(text: string): string {
  return text.replaceAll(/%0a/gi, "\n").replaceAll(/%0d/gi, "\r")
    .replaceAll("%22", '"');
}

/**
 * The fields of a body.
 *
 * @throws {TypeError} It is not of this form, or is cut off.
 */
export function readMultipart(
  bytes: Uint8Array<ArrayBuffer>,
  boundary: string,
): Field[] {
  // One character for each byte, so that places in it are places in the bytes.
  const text = callHost(OPS.decode, "latin1", 2, bytes) as string;
  const delimiter = `--${boundary}`;
  const fields: Field[] = [];
  let at = text.startsWith(delimiter)
    ? 0
    : text.indexOf(`\r\n${delimiter}`) + 2;
  if (at === 1) throw malformed("the boundary is not there");
  for (;;) {
    at += delimiter.length;
    if (text.startsWith("--", at)) return fields;
    if (!text.startsWith("\r\n", at)) throw malformed("a line does not end");
    const end = text.indexOf(`\r\n${delimiter}`, at);
    if (end < 0) throw malformed("the end is not there");
    fields.push(readPart(bytes, text, at + 2, end));
    at = end + 2;
  }
}

function readPart(
  bytes: Uint8Array<ArrayBuffer>,
  text: string,
  start: number,
  end: number,
): Field {
  const headEnd = text.indexOf("\r\n\r\n", start - 2);
  if (headEnd < 0 || headEnd > end) throw malformed("a part has no head");
  const head = decodeText(bytes.subarray(start, Math.max(start, headEnd)));
  const content = bytes.slice(headEnd + 4, Math.max(headEnd + 4, end));
  const { name, fileName, type } = readHead(head);
  if (fileName === undefined) return [name, decodeText(content)];
  return [name, new File([content], fileName, { type })];
}

function readHead(
  head: string,
): { name: string; fileName: string | undefined; type: string } {
  let disposition = "", type = "text/plain";
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).trim();
    const key = line.slice(0, colon).trim().toLowerCase();
    if (key === "content-disposition") disposition = value;
    if (key === "content-type") type = value;
  }
  const name = parameterOf(disposition, "name");
  if (!/^form-data\s*(;|$)/i.test(disposition) || name === undefined) {
    throw malformed("a part has no name");
  }
  return { name, fileName: parameterOf(disposition, "filename"), type };
}

function parameterOf(disposition: string, key: string): string | undefined {
  const pattern = new RegExp(`;\\s*${key}=(?:"([^"]*)"|([^;\\s]*))`, "i");
  const match = pattern.exec(disposition);
  return match === null ? undefined : unescape(match[1] ?? match[2] ?? "");
}

function malformed(why: string): TypeError {
  return new TypeError(`Cannot read this as multipart/form-data: ${why}`);
}
