/**
 * The component: what it exports, and how the host calls it.
 *
 * @module
 */

import { OPS, type RequestHead } from "../ops.ts";
import { failProcess } from "./failure.ts";
import { callHost } from "./host.ts";
import { inspect } from "./inspect.ts";
import { reseed } from "./random.ts";
import { makeRequest, type Request } from "./request.ts";
import { replyOf } from "./response.ts";

/** What a handler gets beside the request. */
interface Context {
  /** What the route's pattern matched, by name. */
  params: Record<string, string>;
  /** The route's action, if it has one. */
  action: string | null;
}

type Handler = (request: Request, context: Context) => unknown;

/** Characters of a wrong answer that the error shows. */
const SHOWN_LENGTH_MAX = 200;

let handler: Handler | undefined;
let main: (() => unknown) | undefined;

const { parse, stringify } = JSON;

/** See `GuestEntry.component`. */
export function component(exports: unknown): void {
  // A bundle of plain CommonJS may be its function.
  const { default: exported = exports, fetch } = Object(exports);
  if (typeof exported === "function") handler = main = exported;
  else if (typeof exported?.fetch === "function") {
    handler = (request, context) => exported.fetch(request, context);
  } else if (typeof fetch === "function") handler = fetch;
}

/** See `GuestEntry.handle`. */
export function handle(
  head: string,
  body: Uint8Array<ArrayBuffer> | null,
): void {
  reseed();
  settleWith(answer(parse(head), body));
}

/** See `GuestEntry.run`. */
export function run(): void {
  reseed();
  settleWith(callMain());
}

async function answer(
  head: RequestHead,
  body: Uint8Array<ArrayBuffer> | null,
): Promise<void> {
  if (handler === undefined) {
    throw new TypeError(
      "Cannot find a handler: export default a function (request) or an object with fetch",
    );
  }
  const request = makeRequest(head.method, head.url, head.headers, body);
  const params = Object.fromEntries(head.params);
  const answered = await handler(request, { params, action: head.action });
  const reply = replyOf(answered);
  if (reply === undefined) {
    const what = inspect(answered).slice(0, SHOWN_LENGTH_MAX);
    throw new TypeError(
      `Cannot answer with a value that is no Response: got ${what}`,
    );
  }
  callHost(OPS.reply, stringify(reply.head), reply.body);
}

async function callMain(): Promise<void> {
  if (main === undefined) {
    throw new TypeError("Cannot run the component: export default a function");
  }
  await main();
  callHost(OPS.done);
}

async function settleWith(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    // The guest's own code has ended: this is the boundary where a throw
    // becomes the end of the process.
    failProcess(error);
  }
}
