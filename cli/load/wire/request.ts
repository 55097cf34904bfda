/**
 * Requests as they go over the wire.
 *
 * @module
 */

import type { Sent, Target } from "../plan.ts";

/** The header fields of a request that the caller cannot leave out. */
export type Fields = readonly (readonly [string, string])[];

/**
 * The bytes of an HTTP/1.1 request.
 *
 * @param fields Beyond what `sent` has, which goes before them.
 */
export function requestBytes(
  target: Target,
  sent: Pick<Sent, "method" | "headers" | "body">,
  fields: Fields = [],
): Uint8Array<ArrayBuffer> {
  const names = new Set(sent.headers.map(([name]) => name.toLowerCase()));
  const own: Fields = [["host", hostOf(target)], ...fields, ...lengthOf(sent)];
  const all = [...own.filter(([name]) => !names.has(name)), ...sent.headers];
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `${sent.method} ${pathOf(target)} HTTP/1.1\r\n${lines}\r\n`;
  const headBytes = new TextEncoder().encode(head);
  const bytes = new Uint8Array(headBytes.length + sent.body.length);
  bytes.set(headBytes);
  bytes.set(sent.body, headBytes.length);
  return bytes;
}

function lengthOf({ method, body }: Pick<Sent, "method" | "body">): Fields {
  const hasBody = body.length > 0 || !["GET", "HEAD"].includes(method);
  return hasBody ? [["content-length", String(body.length)]] : [];
}

/** Whom `target` is asked as: its authority. */
export function hostOf({ url }: Target): string {
  return new URL(url).host;
}

/** What `target` is asked for: its path and query. */
export function pathOf({ url }: Target): string {
  const { pathname, search } = new URL(url);
  return `${pathname || "/"}${search}`;
}
