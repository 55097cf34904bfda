/**
 * How much of a response was sent.
 *
 * @module
 */

import { bodyBytes } from "./deno_http.ts";

/** Told how many bytes of a body were sent. Must not throw. */
export type SentListener = (bytes: number) => void;

// Of responses whose bodies are streams: a connection looks for them once.
const listeners = new WeakMap<Response, SentListener>();

/**
 * Calls `listener` with the bytes of the body of `response`: at once when they
 * are known, else when nothing more of it is sent, which may be less than all.
 */
export function whenSent(response: Response, listener: SentListener): void {
  const bytes = bodyBytes(response);
  if (bytes === undefined) listeners.set(response, listener);
  else listener(bytes);
}

/** Who is to be told when nothing more of the stream of `response` is sent. */
export function sentListenerOf(response: Response): SentListener | undefined {
  return listeners.get(response);
}
