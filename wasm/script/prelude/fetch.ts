/**
 * `fetch`.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { onAbort } from "./abort.ts";
import { callHost, makeError } from "./host.ts";
import {
  abandonOperation,
  type Settled,
  startOperation,
} from "./operations.ts";
import {
  Request,
  type RequestInit,
  type Sending,
  sendRequest,
} from "./request.ts";
import { makeResponse, type Response } from "./response.ts";

/**
 * Sends a request and waits for the whole answer.
 *
 * @throws {TypeError} There is no answer, or the capability denies the host:
 * the message is the host's sentence, `cause` the host's error.
 * @throws The signal's reason, when it aborts first.
 *
 * @see Fetch Standard, `fetch()`. Differs: resolves when the body is there too.
 */
export async function fetch(
  input: unknown,
  init?: RequestInit,
): Promise<Response> {
  const sending = sendRequest(new Request(input, init));
  const { signal } = sending;
  signal?.throwIfAborted();
  try {
    const { head, bytes } = await exchange(sending);
    return makeResponse(JSON.parse(head as string), bytes);
  } catch (error) {
    // Whatever the host calls it, a caller of fetch expects one of these two.
    throw signal?.aborted ? signal.reason : networkError(error);
  }
}

async function exchange({ head, body, signal }: Sending): Promise<Settled> {
  const text = JSON.stringify(head);
  const { id, settled } = startOperation(OPS.fetchStart, text, body);
  if (signal === undefined) return await settled;
  const forget = onAbort(signal, (reason) => {
    abandonOperation(id, reason);
    callHost(OPS.fetchAbort, id);
  });
  try {
    return await settled;
  } finally {
    forget();
  }
}

function networkError(error: unknown): unknown {
  if (error instanceof DOMException || error instanceof TypeError) return error;
  const { message, stack } = error as Error;
  const failure = makeError("TypeError", message, stack);
  return Object.defineProperty(failure, "cause", { value: error });
}
