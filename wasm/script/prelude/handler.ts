/**
 * How the host calls the component.
 *
 * @module
 */

import { OPS, type ReplyHead, type RequestHead } from "../ops.ts";
import { type Handler, own } from "./component.ts";
import { converse } from "./connected.ts";
import { authenticateAll } from "./deciding.ts";
import { failProcess } from "./failure.ts";
import { callHost } from "./host.ts";
import type { Streamed } from "./fetch/sending.ts";
import type { Chunks } from "./http/body.ts";
import { inspect } from "./inspect.ts";
import { library, loadedLibrary } from "./libraries.ts";
import { exchange, port } from "./own_exchange.ts";
import { reseed } from "./random.ts";
import { serve } from "./service.ts";
import { dropSubscriber } from "./topics.ts";

/** Characters of a wrong answer that the error shows. */
const SHOWN_LENGTH_MAX = 200;

const { parse, stringify } = JSON;

/** See `GuestEntry.handle`. */
export function handle(
  head: string,
  body: Uint8Array<ArrayBuffer> | null,
  isStreamed: number,
): void {
  reseed();
  settleWith(answer(
    parse(head),
    isStreamed === 1 ? library("fetch").requestChunks() : body,
  ));
}

/** See `GuestEntry.run`. */
export function run(): void {
  reseed();
  settleWith(runToEnd());
}

async function answer(
  head: RequestHead,
  body: Uint8Array<ArrayBuffer> | Chunks | null,
): Promise<void> {
  const { action } = head;
  const handler = handlerFor(action);
  const { makeRequest, replyOf } = library("http");
  const request = makeRequest(head.method, head.url, head.headers, body);
  const params = Object.fromEntries(head.params);
  const answered = await handler(request, { params, action });
  const reply = replyOf(answered);
  if (reply === undefined) {
    const what = inspect(answered).slice(0, SHOWN_LENGTH_MAX);
    throw new TypeError(
      `Cannot answer with a value that is no Response: got ${what}`,
    );
  }
  const { body: content } = reply;
  const text = textOf(reply.head);
  if (content === null || content.type === "content") {
    callHost(OPS.reply, text, content?.content ?? null);
  } else await stream(text, content, head.method);
}

// JSON, in a fourth of the time: the names need no quoting.
function textOf({ status, headers }: ReplyHead): string {
  let list = "";
  for (let index = 0; index < headers.length; index++) {
    const field = headers[index]!;
    const comma = index === 0 ? "" : ",";
    list += `${comma}["${field[0]}",${stringify(field[1])}]`;
  }
  return `{"status":${status},"headers":[${list}]}`;
}

async function stream(
  head: string,
  body: Streamed,
  method: string,
): Promise<void> {
  const { beginReply, streamReply } = library("fetch");
  if (method === "HEAD") await beginReply(head, body);
  else await streamReply(head, body);
}

function handlerFor(action: string | null): Handler {
  const named = action === null ? undefined : own.functions.get(action);
  const handler = named as Handler | undefined ?? own.handler;
  if (handler !== undefined) return handler;
  throw new TypeError(
    action === null
      ? "Cannot find a handler: export default a function (request) or an object with fetch"
      : `Cannot find a handler: export a function named ${action}`,
  );
}

async function runToEnd(): Promise<void> {
  const { driver, hook, functions, main } = own;
  if (driver !== undefined) {
    await converse(driver.begin(), exchange, port, dropSubscriber);
  } else if (hook !== undefined) {
    await authenticateAll(hook, exchange, port, dropSubscriber);
  } else if (functions.size > 0) {
    await serve(functions, exchange, port, dropSubscriber);
  } else if (main !== undefined) await main();
  else {
    throw new TypeError(
      "Cannot run the component: export a function, or one as default",
    );
  }
  callHost(OPS.done);
}

async function settleWith(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    // The guest's own code has ended: this is the boundary where a throw
    // becomes the end of the process. That a client has gone is no fault of it.
    if (loadedLibrary("fetch")?.isBroken(error)) callHost(OPS.done);
    else failProcess(error);
  }
}
