/**
 * `fetch`.
 *
 * @module
 */

import { type FetchedHead, OPS } from "../../ops.ts";
import type { Chunks, Source } from "../http/body.ts";
import { core } from "../linked.ts";
import type { RequestInit, Sending } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import { Pipe } from "./pipe.ts";
import { sendAll, sourceOf, type Streamed } from "./sending.ts";

const {
  abandonOperation,
  callHost,
  demandArguments,
  encodeText,
  library,
  makeError,
  startOperation,
} = core;
const { makeResponse, Request, sendRequest } = library("http");
const { parse, stringify } = JSON;

/**
 * Sends a request and waits for the head of the answer. Bodies go both ways as
 * they are read.
 *
 * @throws {TypeError} There is no answer, or the capability denies the host:
 * the message is the host's sentence, `cause` the host's error.
 * @throws The signal's reason, when it aborts first. Reading the body throws
 * it when it aborts later.
 *
 * @see Fetch Standard, `fetch()`. Differs: no modes, credentials and caches.
 */
export async function fetch(
  input: unknown,
  init: RequestInit | undefined = undefined,
): Promise<Response> {
  demandArguments("fetch", 1, arguments.length);
  const sending = sendRequest(new Request(input, init));
  const { signal } = sending;
  signal?.throwIfAborted();
  try {
    return await exchange(sending);
  } catch (error) {
    // Whatever the host calls it, a caller of fetch expects one of these two.
    throw signal?.aborted ? signal.reason : networkError(error);
  }
}

async function exchange({ head, body, signal }: Sending): Promise<Response> {
  const content = bytesOf(body);
  if (content === undefined) head.isStreamed = true;
  const { id, settled } = startOperation(
    OPS.fetchStart,
    stringify(head),
    content,
  );
  const pipe = new Pipe(id);
  if (signal !== undefined) {
    pipe.whenDone = library("events").onAbort(signal, (reason) => {
      abandonOperation(id, reason);
      pipe.abort(reason);
      callHost(OPS.fetchAbort, id);
    });
  }
  if (content === undefined) send(body as Streamed, pipe);
  try {
    const { head } = await settled;
    return answer(parse(head as string), pipe);
  } catch (error) {
    pipe.close();
    throw error;
  }
}

function answer(head: FetchedHead, pipe: Pipe): Response {
  if (head.hasBody) return makeResponse(head, chunksOf(pipe));
  pipe.close();
  return makeResponse(head, null);
}

// A body that breaks off is a network error too.
function chunksOf(pipe: Pipe): Chunks {
  return {
    async read() {
      try {
        return await pipe.read();
      } catch (error) {
        pipe.close();
        throw pipe.isAborted ? error : networkError(error);
      }
    },
    close: () => pipe.close(),
  };
}

/** Undefined for a body that is written piece by piece. */
function bytesOf(
  body: Source | null,
): Uint8Array<ArrayBuffer> | null | undefined {
  if (body === null) return null;
  if (body.type !== "content") return undefined;
  const { content } = body;
  return typeof content === "string" ? encodeText(content) : content;
}

async function send(body: Streamed, pipe: Pipe): Promise<void> {
  const source = sourceOf(body);
  try {
    await sendAll(source, pipe);
  } catch (error) {
    // The answer tells what went wrong; the source is not needed any more.
    source.cancel(error);
    pipe.end("Cannot send a body that failed");
  }
}

function networkError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof DOMException || error instanceof TypeError) return error;
  const { message, stack } = error;
  const failure = makeError("TypeError", message, stack);
  return Object.defineProperty(failure, "cause", { value: error });
}
