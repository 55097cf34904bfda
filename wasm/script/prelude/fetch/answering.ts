/**
 * Requests and answers whose bodies come in pieces.
 *
 * @module
 */

import { OPS } from "../../ops.ts";
import type { Chunks } from "../http/body.ts";
import { core } from "../linked.ts";
import { Pipe } from "./pipe.ts";
import {
  type PieceSource,
  sendAll,
  sourceOf,
  type Streamed,
} from "./sending.ts";

const { callHost, library, nextId } = core;

let broken: unknown;

/** The body of the request that this process answers. The host is asked for it when it is read. */
export function requestChunks(): Chunks {
  let pipe: Pipe | undefined;
  return {
    async read() {
      pipe ??= open(OPS.requestOpen);
      try {
        return await pipe.read();
      } catch (error) {
        pipe.close();
        broken = error;
        throw error;
      }
    },
    close: () => pipe?.close(),
  };
}

/** Whether this is what reading the request's body has failed with. */
export function isBroken(error: unknown): boolean {
  return error !== undefined && error === broken;
}

function open(operation: number, head?: string): Pipe {
  const id = nextId();
  callHost(operation, id, head);
  return new Pipe(id);
}

/**
 * Answers with a body that comes in pieces, to its end or until the client has
 * gone: then the source is cancelled, and the process ends when it has done what
 * it does then.
 *
 * @param head JSON of a `ReplyHead`.
 * @throws What the body has failed with.
 */
export async function streamReply(head: string, body: Streamed): Promise<void> {
  const pipe = open(OPS.replyBegin, head);
  const source = sourceOf(body);
  const cancelled = cancelWithClient(source, pipe);
  try {
    await sendAll(source, pipe);
  } catch (error) {
    // Nobody waits for what a client that has gone does not get.
    if (!pipe.isAborted) throw error;
  }
  if (!pipe.isAborted) return;
  await cancelled;
  callHost(OPS.done);
}

function cancelWithClient(source: PieceSource, pipe: Pipe): Promise<void> {
  const signal = library("http").clientSignal();
  return new Promise((resolve) => {
    const cancel = (reason: unknown) => {
      pipe.abort(reason);
      resolve(source.cancel(reason));
    };
    if (signal.aborted) cancel(signal.reason);
    else library("events").onAbort(signal, cancel);
  });
}

/**
 * Answers as `streamReply` does, but without the body, which is cancelled: what
 * answers `HEAD` has none.
 */
export async function beginReply(head: string, body: Streamed): Promise<void> {
  const pipe = open(OPS.replyBegin, head);
  await sourceOf(body).cancel(undefined);
  pipe.end();
}
