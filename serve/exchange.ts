/**
 * An exchange: one request, one fresh process, one response.
 *
 * @module
 */

import {
  type Context,
  crashOf,
  type ExitReason,
  formatReason,
  type Metadata,
  type Pid,
  type Runtime,
} from "@rusm/otp";
import {
  type Component,
  type Engine,
  type GuestRequest,
  type RequestHead,
  SystemLimit,
  type TraceParent,
} from "@rusm/wasm";
import { answer, unavailable } from "./answer.ts";
import { type BodyResult, readBody } from "./body.ts";
import {
  Conversation,
  type ConversationMail,
} from "./exchange/conversation.ts";
import { RequestPieces } from "./exchange/request_pieces.ts";
import { announcedBytes, type Incoming } from "./incoming.ts";
import { EXCHANGE_MAILBOX_MAX, WHOLE_BODY_BYTES_MAX } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Stopping } from "./stopping.ts";

/** What an exchange needs from its node. */
export interface Node {
  /** Runs the native half of an exchange. */
  readonly runtime: Runtime;
  /** Runs the guest's half. */
  readonly engine: Pick<Engine, "spawn" | "handle">;
  /** Told why there is no proper answer, when no process ended for it. */
  readonly log: Pick<Log, "error">;
  /** When its listeners are told to stop. */
  readonly stopping: Pick<Stopping, "when">;
}

/** Who answers, and how long and how much it may take. */
export interface Handler {
  /** The component that answers. */
  readonly component: Component;
  /** What follows `#` in the route; null without one. */
  readonly action: string | null;
  /** What the route's pattern matched, in its order. */
  readonly params: readonly (readonly [name: string, value: string])[];
  /** From the request's head to the response, in milliseconds. */
  readonly timeoutMs: number;
  /** Of the request's body, in bytes. */
  readonly bodyBytesMax: number;
  /** What goes with all that the guest does, such as claims; nothing when absent. */
  readonly metadata?: Metadata | undefined;
  /** Where it is noted who answers; nowhere when absent. */
  readonly notes?: RequestNotes;
}

/** Who has made a request. */
export interface Client {
  /** Rejects when the client goes before it has the whole response. */
  readonly completed: Promise<void>;
  /** Told when the guest has ended, which can be long after its response. */
  readonly onEnd: () => void;
}

/** What becomes known of a request while it is answered. */
export interface RequestNotes {
  /** The span that it is answered in; none when absent. */
  readonly trace?: TraceParent | undefined;
  /** The process that answers; absent before it is spawned. */
  guest?: Pid;
}

/**
 * Answers `request` by a process of its own, with which a native process
 * converses: until its reply, its end, or the deadline, whichever is first.
 *
 * | what happened | status |
 * | --- | --- |
 * | the guest replied, or began to | the guest's |
 * | the body is too large, came too slowly, or not at all | 413, 408, 400 |
 * | there is no room for a process, or the node stops | 503 |
 * | the guest crashed, was killed, or replied nonsense | 502 |
 * | the guest used up its time | 504 |
 * | the fault is ours; the log says which | 500 |
 *
 * A small body comes to the guest with the request. Another is read as the guest
 * reads it. A body that the guest replies in pieces is passed on as it comes, and
 * fails when the guest does.
 *
 * @param client Told when the exchange is over, which is behind the response.
 * @returns The response. Never rejects.
 */
export function exchange(
  node: Node,
  handler: Handler,
  request: Incoming,
  client: Client,
): Promise<Response> {
  return new Promise((respond) => {
    const asking: Asking = { node, handler, request, client, respond };
    const waiter = node.runtime.spawn<ConversationMail>(
      (self) => converse(asking, self),
      BOUNDED,
    );
    waiter.join().then((reason) => {
      if (reason !== "normal") {
        respond(fault(node, reason));
        asking.conversation?.abandon();
      }
      client.onEnd();
    });
  });
}

const BOUNDED = { mailboxMax: EXCHANGE_MAILBOX_MAX };

/** An exchange under way. */
interface Asking {
  readonly node: Node;
  readonly handler: Handler;
  readonly request: Incoming;
  readonly client: Client;
  respond(response: Response): void;
  conversation?: Conversation;
}

function fault({ log }: Node, reason: ExitReason): Response {
  const isCrash = typeof reason === "object" && reason.type === "crashed";
  const stack = isCrash && reason.stack ? `\n${reason.stack}` : "";
  log.error(`Cannot answer a request: ${formatReason(reason)}${stack}`);
  return answer(500);
}

async function converse(
  asking: Asking,
  self: Context<ConversationMail>,
): Promise<void> {
  const { node, handler, request, respond } = asking;
  const { host } = node.runtime;
  const { timeoutMs, bodyBytesMax } = handler;
  const deadlineMs = host.now() + timeoutMs;
  const body = isLarge(handler, request)
    ? new RequestPieces(request.body!, bodyBytesMax)
    : await readBody(request, bodyBytesMax, timeoutMs, node.stopping);
  if (!(body instanceof RequestPieces) && body.type !== "body") {
    return respond(answerForBody(body));
  }
  const leftMs = Math.max(0, deadlineMs - host.now());
  try {
    await askGuest(asking, self, { body, leftMs });
  } finally {
    if (body instanceof RequestPieces) body.cancel();
  }
}

// One whose length nobody knows may be large, or never end, where it is allowed to be.
function isLarge(
  { component, bodyBytesMax }: Handler,
  request: Incoming,
): boolean {
  const { method } = request;
  const mayBe = bodyBytesMax > WHOLE_BODY_BYTES_MAX && method !== "GET" &&
    component.script !== undefined;
  if (!mayBe) return false;
  const announced = announcedBytes(request);
  const isRead = announced === undefined ||
    announced > WHOLE_BODY_BYTES_MAX && announced <= bodyBytesMax;
  return isRead && request.body !== null;
}

function answerForBody(
  { type }: Exclude<BodyResult, { type: "body" }>,
): Response {
  switch (type) {
    case "tooLarge":
      return answer(413);
    case "tooSlow":
      return answer(408);
    case "broken":
      return answer(400);
    case "stopped":
      return unavailable();
  }
}

/** A request as it is put to a guest. */
interface Ask {
  readonly body: RequestPieces | Extract<BodyResult, { type: "body" }>;
  readonly leftMs: number;
}

async function askGuest(
  asking: Asking,
  self: Context<ConversationMail>,
  ask: Ask,
): Promise<void> {
  const { node, handler, respond } = asking;
  const guest = spawnGuest(node.engine, handler);
  if (guest === undefined) return respond(unavailable());
  try {
    const topic = topicOf(asking, ask, guest);
    asking.conversation = new Conversation(topic, self, guest);
    await asking.conversation.run();
  } catch (error) {
    // Whatever went wrong here, the guest must not wait for ever.
    node.runtime.exit(guest, crashOf(error));
    throw error;
  }
}

type Guest = ReturnType<Engine["spawn"]>;

function spawnGuest(
  engine: Node["engine"],
  { component, notes }: Handler,
): Guest | undefined {
  const entry = "handle";
  const trace = notes?.trace;
  try {
    const guest = engine.spawn(component, trace ? { entry, trace } : entry);
    if (notes !== undefined) notes.guest = guest;
    return guest;
  } catch (error) {
    // A full node is an answer here, not a failure.
    if (error instanceof SystemLimit) return undefined;
    throw error;
  }
}

function topicOf(
  { node, handler, request, client, respond }: Asking,
  { body, leftMs }: Ask,
  guest: Guest,
): ConstructorParameters<typeof Conversation>[0] {
  const { runtime, log, stopping } = node;
  const { component: { name }, timeoutMs, metadata } = handler;
  const isStreamed = body instanceof RequestPieces;
  // Without spreads: there is one for each request.
  return {
    runtime,
    stopping,
    respond,
    method: request.method,
    timeoutMs,
    leftMs,
    metadata,
    request: requestOf(request, handler, body),
    pieces: isStreamed ? body : undefined,
    watch: (gone) => void client.completed.catch(gone),
    failed: (why) =>
      log.error(`Cannot use the reply of ${name}, ${guest}: ${why}`),
  };
}

function requestOf(
  request: Incoming,
  handler: Handler,
  body: Ask["body"],
): Omit<GuestRequest, "from"> {
  const head = JSON.stringify(headOf(request, handler));
  return body instanceof RequestPieces
    ? { type: "request", head, body: null, isStreamed: true }
    : { type: "request", head, body: body.bytes };
}

function headOf(request: Incoming, handler: Handler): RequestHead {
  return {
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    params: handler.params.map(([name, value]) => [name, value]),
    action: handler.action,
  };
}
