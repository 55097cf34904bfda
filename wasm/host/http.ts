/**
 * Outgoing HTTP, for guests that were granted network.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { FETCHED_BYTES_MAX } from "../limits.ts";
import type { FetchedHead, FetchHead } from "../script/ops.ts";
import { NotCapable } from "./denied.ts";
import { reaches } from "./network.ts";

/** An answer, with its whole body. */
export interface Fetched {
  /** Status, headers, address. */
  readonly head: FetchedHead;
  /** The body; null when the answer has none. */
  readonly body: Uint8Array | null;
}

/**
 * Makes a request and reads the whole answer.
 *
 * Redirects to hosts that are not granted fail in the Worker's permissions.
 *
 * @throws {NotCapable} The capability does not reach the host.
 * @throws {TypeError} The scheme is not http or https, or the network failed.
 * @throws {RangeError} The body has more than {@linkcode FETCHED_BYTES_MAX} bytes.
 */
export async function fetchFor(
  capability: Capability,
  head: FetchHead,
  body: Uint8Array | null,
  signal: AbortSignal,
): Promise<Fetched> {
  demandHost(capability, new URL(head.url));
  const response = await fetch(head.url, {
    method: head.method,
    headers: head.headers,
    redirect: head.redirect,
    body: body === null ? null : new Uint8Array(body),
    signal,
  });
  return { head: headOf(response), body: await readBody(response) };
}

function demandHost(capability: Capability, url: URL): void {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(`Cannot fetch a scheme but http and https: ${url}`);
  }
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  if (reaches(capability, url.hostname, Number(port))) return;
  const grant = capability.network === false
    ? "network"
    : `the host ${url.host}`;
  throw new NotCapable("fetch", capability, grant);
}

function headOf(response: Response): FetchedHead {
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    url: response.url,
    redirected: response.redirected,
  };
}

// The body lies in the heap that all processes of the Worker share, so its
// size is not the guest's to choose.
async function readBody(response: Response): Promise<Uint8Array | null> {
  if (response.body === null) return null;
  const chunks: Uint8Array[] = [];
  let count = 0;
  for await (const chunk of response.body) {
    count += chunk.length;
    if (count > FETCHED_BYTES_MAX) {
      throw new RangeError(
        `Cannot fetch a body of more than ${FETCHED_BYTES_MAX} bytes: ${response.url}`,
      );
    }
    chunks.push(chunk);
  }
  return concat(chunks, count);
}

function concat(chunks: Uint8Array[], count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
