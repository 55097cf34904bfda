/**
 * An exchange: one request, one fresh process, one response.
 *
 * @module
 */

import {
  type Context,
  crashOf,
  type Down,
  type ExitReason,
  formatReason,
  type Metadata,
  type Pid,
  type Runtime,
} from "@rusm/otp";
import {
  type Component,
  type Engine,
  type GuestMessage,
  type GuestRequest,
  type RequestHead,
  type Start,
  SystemLimit,
  type TraceParent,
} from "@rusm/wasm";
import { answer, unavailable } from "./answer.ts";
import { type BodyResult, readBody } from "./body.ts";
import {
  Conversation,
  type ConversationMail,
  type Topic,
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
  readonly engine: Pick<Engine, "spawnMonitor" | "handle">;
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
  return new Promise((respond) =>
    new Asking(node, handler, request, client, respond).begin()
  );
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

// Most requests have none. What is announced comes first: a client that expects
// "100 Continue" gets it when the body is touched.
function hasNoBody(request: Incoming): boolean {
  return announcedBytes(request) === undefined && request.body === null;
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

const BOUNDED = { mailboxMax: EXCHANGE_MAILBOX_MAX };

/** An exchange under way. A class: there is one for each request. */
class Asking implements Topic {
  readonly respond: (response: Response) => void;
  readonly #node: Node;
  readonly #handler: Handler;
  readonly #request: Incoming;
  readonly #client: Client;
  readonly #deadlineMs: number;
  #body: RequestPieces | Uint8Array | null = null;
  #guest: Pid<GuestMessage> | undefined;

  constructor(
    node: Node,
    handler: Handler,
    request: Incoming,
    client: Client,
    respond: (response: Response) => void,
  ) {
    this.#node = node;
    this.#handler = handler;
    this.#request = request;
    this.#client = client;
    this.respond = respond;
    this.#deadlineMs = node.runtime.host.now() + handler.timeoutMs;
  }

  /** Asks a guest, once it has what the guest is sent. */
  begin(): void {
    const { bodyBytesMax } = this.#handler;
    const request = this.#request;
    try {
      if (isLarge(this.#handler, request)) {
        this.#ask(new RequestPieces(request.body!, bodyBytesMax));
      } else if (hasNoBody(request)) this.#ask(null);
      else this.#readAndAsk();
    } catch (error) {
      this.#fail(error);
    }
  }

  #ask(body: RequestPieces | Uint8Array | null): void {
    this.#body = body;
    this.#node.runtime.spawn(new Conversation(this), BOUNDED);
  }

  // The fault is ours, and the client must not wait for ever.
  #fail(error: unknown): void {
    this.crashed(crashOf(error));
    this.over();
  }

  async #readAndAsk(): Promise<void> {
    const { bodyBytesMax, timeoutMs } = this.#handler;
    const { stopping } = this.#node;
    const read = [this.#request, bodyBytesMax, timeoutMs, stopping] as const;
    try {
      const body = await readBody(...read);
      if (body.type === "body") return this.#ask(body.bytes);
      this.respond(answerForBody(body));
      this.over();
    } catch (error) {
      this.#fail(error);
    }
  }

  get method(): string {
    return this.#request.method;
  }

  get pieces(): RequestPieces | undefined {
    return this.#body instanceof RequestPieces ? this.#body : undefined;
  }

  get timeoutMs(): number {
    return this.#handler.timeoutMs;
  }

  get leftMs(): number {
    return Math.max(0, this.#deadlineMs - this.#node.runtime.host.now());
  }

  get stopping(): Node["stopping"] {
    return this.#node.stopping;
  }

  spawnGuest(self: Context<ConversationMail>): Pid<GuestMessage> | undefined {
    const { component } = this.#handler;
    const request = this.#requestFrom(self.pid);
    // Other guests than scripts look for it in their mailboxes.
    const isInStart = component.script !== undefined;
    const guest = this.#spawn(self, isInStart ? request : undefined);
    if (guest === undefined || isInStart) return guest;
    const { metadata } = this.#handler;
    this.#node.runtime.send(guest, request, metadata && { metadata });
    return guest;
  }

  // Undefined when there is no room.
  #spawn(
    self: Context<ConversationMail>,
    request: GuestRequest | undefined,
  ): Pid<GuestMessage> | undefined {
    const { component, notes } = this.#handler;
    const watcher = self as Pick<Context<Down>, "pid" | "monitor">;
    const start = this.#startWith(request);
    try {
      const { pid } = this.#node.engine.spawnMonitor(watcher, component, start);
      this.#guest = pid;
      if (notes !== undefined) notes.guest = pid;
      return pid;
    } catch (error) {
      // A full node is an answer here, not a failure.
      if (error instanceof SystemLimit) return undefined;
      throw error;
    }
  }

  #startWith(request: GuestRequest | undefined): Start {
    const { metadata, notes } = this.#handler;
    const trace = notes?.trace;
    const entry = "handle";
    const start = request === undefined ? { entry } : { entry, request };
    if (metadata === undefined && trace === undefined) return start;
    return { ...start, ...metadata && { metadata }, ...trace && { trace } };
  }

  #requestFrom(pid: Pid): GuestRequest {
    const body = this.#body;
    const head = JSON.stringify(headOf(this.#request, this.#handler));
    const type = "request";
    const from = pid.toJSON();
    return body instanceof RequestPieces
      ? { type, from, head, body: null, isStreamed: true }
      : { type, from, head, body };
  }

  watch(gone: () => void): void {
    this.#client.completed.catch(gone);
  }

  failed(why: string): void {
    const { name } = this.#handler.component;
    const guest = this.#guest;
    this.#node.log.error(`Cannot use the reply of ${name}, ${guest}: ${why}`);
  }

  crashed(reason: ExitReason): void {
    const isCrash = typeof reason === "object" && reason.type === "crashed";
    const stack = isCrash && reason.stack ? `\n${reason.stack}` : "";
    const text = `${formatReason(reason)}${stack}`;
    this.#node.log.error(`Cannot answer a request: ${text}`);
    this.respond(answer(500));
    if (this.#guest !== undefined) this.#node.runtime.kill(this.#guest);
  }

  over(): void {
    this.pieces?.cancel();
    this.#client.onEnd();
  }
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
