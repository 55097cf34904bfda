/**
 * What a listener does around whoever answers: preflights, headers,
 * compression, and no body for `HEAD`.
 *
 * @module
 */

import type { Coding } from "./coding.ts";
import { compress } from "./compression.ts";
import { allowReading, answerPreflight, type CorsRules } from "./cors.ts";

/** What a listener adds to its responses. */
export interface Content {
  /** Headers that each response has, in the place of those of its handler. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Pages of others that may read; `undefined` when nothing is said of that. */
  readonly cors: CorsRules | undefined;
  /** Codings that responses can be sent in, the preferred one first. */
  readonly codings: readonly Coding[];
}

/** Answers a request; `rest` is for whoever is behind. */
export type Dispatch<Rest extends readonly unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Puts what `content` says around `dispatch`, which is not asked when a browser
 * only wants to know what it may. The headers of `dispatch`'s response are
 * changed in place. Whoever gets the response owns its body.
 */
export function withContent<Rest extends readonly unknown[]>(
  { headers, cors, codings }: Content,
  dispatch: Dispatch<Rest>,
): Dispatch<Rest> {
  if (headers.length === 0 && cors === undefined && codings.length === 0) {
    return (request, ...rest) => {
      const response = dispatch(request, ...rest);
      if (request.method !== "HEAD") return response;
      return Promise.resolve(response).then(withoutBody);
    };
  }
  return async (request, ...rest) => {
    const preflight = cors && answerPreflight(request, cors);
    let response = preflight ?? await dispatch(request, ...rest);
    if (cors && !preflight) allowReading(request, response.headers, cors);
    if (codings.length > 0) response = compress(request, response, codings);
    for (const [name, value] of headers) {
      // Others vary what they add on their own.
      if (name === "vary") response.headers.append(name, value);
      else response.headers.set(name, value);
    }
    return request.method === "HEAD" ? withoutBody(response) : response;
  };
}

// The engine would take all of a stream, and send nothing of it.
function withoutBody(response: Response): Response {
  const { status, statusText, headers, body } = response;
  if (body === null) return response;
  // What broke already needs no end.
  body.cancel().catch(() => {});
  // Of null the engine would say that its length is 0.
  const none = headers.has("content-length") ? null : new Blob().stream();
  return new Response(none, { status, statusText, headers });
}
