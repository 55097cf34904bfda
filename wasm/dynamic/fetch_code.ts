/**
 * Code that is fetched.
 *
 * @module
 */

import { CODE_BYTES_MAX, FETCH_MS_MAX, REDIRECTS_MAX } from "./limits.ts";

/** How code is fetched. */
export interface FetchCodeOptions {
  /** Why an address must not be asked; undefined when it may be. Asked for each redirect, too. */
  readonly denial: (url: URL) => string | undefined;
  /** Ends the fetch. */
  readonly signal?: AbortSignal;
  /** How long it may take, in milliseconds; {@linkcode FETCH_MS_MAX} when absent. */
  readonly msMax?: number;
  /** Size of what is fetched, in bytes; {@linkcode CODE_BYTES_MAX} when absent. */
  readonly bytesMax?: number;
}

/**
 * Fetches what is at `url`, by this thread.
 *
 * @throws {Error} It is denied, not there, too large, or takes too long: a
 * sentence says so.
 */
export async function fetchCode(
  url: URL,
  options: FetchCodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { msMax = FETCH_MS_MAX, bytesMax = CODE_BYTES_MAX } = options;
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`Cannot fetch within ${msMax} ms: ${url}`));
  }, msMax);
  const signals = [late.signal, options.signal ?? []].flat();
  try {
    const signal = AbortSignal.any(signals);
    const response = await follow(url, options.denial, signal);
    return await readWhole(response, url, bytesMax);
  } catch (error) {
    // The reason of an end that comes from here says more than what fetch makes of it.
    throw late.signal.aborted ? late.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

// By hand, since a redirect leads to hosts that may not be granted.
async function follow(
  from: URL,
  denial: FetchCodeOptions["denial"],
  signal: AbortSignal,
): Promise<Response> {
  let url = from;
  for (let count = 0; count <= REDIRECTS_MAX; count++) {
    const why = denial(url);
    if (why !== undefined) throw new Error(why);
    const response = await fetch(url, { redirect: "manual", signal });
    if (!isRedirect(response)) return response;
    await response.body?.cancel();
    url = targetOf(response, url);
  }
  throw new Error(
    `Cannot follow more than ${REDIRECTS_MAX} redirects: ${from}`,
  );
}

function isRedirect({ status, headers }: Response): boolean {
  return headers.has("location") && [301, 302, 303, 307, 308].includes(status);
}

function targetOf({ headers }: Response, url: URL): URL {
  const to = URL.parse(headers.get("location")!, url);
  if (to?.protocol === "http:" || to?.protocol === "https:") return to;
  throw new Error(`Cannot follow a redirect to what is no web address: ${url}`);
}

async function readWhole(
  response: Response,
  url: URL,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`Cannot fetch ${url}: answered ${response.status}`);
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let count = 0;
  // Leaving the loop cancels the body.
  for await (const chunk of response.body ?? []) {
    count += chunk.length;
    if (count > bytesMax) {
      throw new Error(`Cannot fetch more than ${bytesMax} bytes: ${url}`);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
