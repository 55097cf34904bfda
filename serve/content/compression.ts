/**
 * Responses in a content coding that their client takes.
 *
 * @module
 */

import { COMPRESS_BYTES_MIN } from "../limits.ts";
import { acceptCoding, type Accepted, type Coding } from "./coding.ts";
import { encodeBody } from "./encoder.ts";
import { isCompressible } from "./media_type.ts";

/**
 * Puts `response` in the coding that `request` prefers of `offered`, piece by
 * piece as it comes. It is left as it is when it has a coding, is a part, is of
 * no type that gets smaller, forbids it (`no-transform`), or says that it is
 * shorter than `COMPRESS_BYTES_MIN`; a client that takes nothing as it is gets
 * a short one encoded, too.
 *
 * What could be encoded has `Vary`, whether it was or not. What was has a weak
 * tag and no length. `HEAD` has the headers of `GET`, as far as the length is
 * known; else it says nothing of a coding.
 *
 * @returns The response, or one in its stead, which has taken its body.
 */
export function compress(
  request: Request,
  response: Response,
  offered: readonly Coding[],
): Response {
  if (!mayEncode(response)) return response;
  const { headers } = response;
  if (!varies(headers)) headers.append("vary", "accept-encoding");
  const header = request.headers.get("accept-encoding") ?? undefined;
  const accepted = acceptCoding(header, offered);
  const { coding } = accepted;
  const isHead = request.method === "HEAD";
  if (coding === undefined || !isWorthIt(headers, accepted, isHead)) {
    return response;
  }
  if (!isHead && response.body === null) return response;
  setCoding(headers, coding);
  const { status, statusText, body } = response;
  if (isHead || body === null) return response;
  const isLive = !headers.has("content-length");
  headers.delete("content-length");
  const encoded = encodeBody(body, coding, isLive);
  return new Response(encoded, { status, statusText, headers });
}

function mayEncode({ status, headers }: Response): boolean {
  if (status === 204 || status === 206 || status === 304) return false;
  if (headers.has("content-encoding") || headers.has("content-range")) {
    return false;
  }
  if (/\bno-transform\b/i.test(headers.get("cache-control") ?? "")) {
    return false;
  }
  return isCompressible(headers.get("content-type") ?? "");
}

function varies(headers: Headers): boolean {
  const names = headers.get("vary")?.split(",") ?? [];
  return names.some((name) => /^\s*(?:accept-encoding|\*)\s*$/i.test(name));
}

function isWorthIt(
  headers: Headers,
  { refusesIdentity }: Accepted,
  isHead: boolean,
): boolean {
  const length = headers.get("content-length");
  if (length === null) return !isHead;
  return refusesIdentity || Number(length) >= COMPRESS_BYTES_MIN;
}

function setCoding(headers: Headers, coding: Coding): void {
  headers.set("content-encoding", coding);
  headers.delete("accept-ranges");
  const etag = headers.get("etag");
  // The same content in other bytes.
  if (etag?.startsWith('"')) headers.set("etag", `W/${etag}`);
}
