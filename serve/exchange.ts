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
  TIMEOUT,
} from "@rusm/otp";
import {
  type Component,
  type Engine,
  type GuestReply,
  type RequestHead,
  SystemLimit,
} from "@rusm/wasm";
import { answer, answerOf, unavailable } from "./answer.ts";
import { readBody } from "./body.ts";
import type { Incoming } from "./incoming.ts";
import { EXCHANGE_MAILBOX_MAX } from "./limits.ts";
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
}

/** What the native process of an exchange waits for. */
type Outcome = GuestReply | Down;

/**
 * Answers `request` by a process of its own, for which a native process waits:
 * for its reply, its end, or the deadline, whichever is first.
 *
 * | what happened | status |
 * | --- | --- |
 * | the guest replied | the guest's |
 * | the body is too large, came too slowly, or not at all | 413, 408, 400 |
 * | there is no room for a process, or the node stops | 503 |
 * | the guest crashed, was killed, or replied nonsense | 502 |
 * | the guest used up its time | 504 |
 * | the fault is ours; the log says which | 500 |
 *
 * @returns The response. Never rejects.
 */
export function exchange(
  node: Node,
  handler: Handler,
  request: Incoming,
): Promise<Response> {
  return new Promise((resolve) => {
    const waiter = node.runtime.spawn<Outcome>(async (self) => {
      resolve(await converse(node, handler, request, self));
    }, { mailboxMax: EXCHANGE_MAILBOX_MAX });
    waiter.join().then((reason) => {
      if (reason !== "normal") resolve(fault(node, reason));
    });
  });
}

function fault({ log }: Node, reason: ExitReason): Response {
  const isCrash = typeof reason === "object" && reason.type === "crashed";
  const stack = isCrash && reason.stack ? `\n${reason.stack}` : "";
  log.error(`Cannot answer a request: ${formatReason(reason)}${stack}`);
  return answer(500);
}

async function converse(
  node: Node,
  handler: Handler,
  request: Incoming,
  self: Context<Outcome>,
): Promise<Response> {
  const { host } = node.runtime;
  const { timeoutMs, bodyBytesMax } = handler;
  const deadlineMs = host.now() + timeoutMs;
  const { stopping } = node;
  const body = await readBody(request, bodyBytesMax, timeoutMs, stopping);
  switch (body.type) {
    case "tooLarge":
      return answer(413);
    case "tooSlow":
      return answer(408);
    case "broken":
      return answer(400);
    case "stopped":
      return unavailable();
    case "body": {
      const leftMs = Math.max(0, deadlineMs - host.now());
      const ask = { handler, request, body: body.bytes, leftMs };
      return await askGuest(node, ask, self);
    }
  }
}

/** A request as it is put to a guest. */
interface Ask {
  readonly handler: Handler;
  readonly request: Incoming;
  readonly body: Uint8Array | null;
  readonly leftMs: number;
}

async function askGuest(
  node: Node,
  ask: Ask,
  self: Context<Outcome>,
): Promise<Response> {
  const guest = spawnGuest(node.engine, ask.handler.component);
  if (guest === undefined) return unavailable();
  try {
    return await awaitReply(node, ask, self, guest);
  } catch (error) {
    // Whatever went wrong here, the guest must not wait for ever.
    node.runtime.exit(guest, crashOf(error));
    throw error;
  }
}

type Guest = ReturnType<Engine["spawn"]>;

function spawnGuest(
  engine: Node["engine"],
  component: Component,
): Guest | undefined {
  try {
    return engine.spawn(component, "handle");
  } catch (error) {
    // A full node is an answer here, not a failure.
    if (error instanceof SystemLimit) return undefined;
    throw error;
  }
}

async function awaitReply(
  node: Node,
  { handler, request, body, leftMs }: Ask,
  self: Context<Outcome>,
  guest: Guest,
): Promise<Response> {
  const { runtime } = node;
  self.monitor(guest);
  const head = JSON.stringify(headOf(request, handler));
  const from = self.pid.toJSON();
  const { metadata } = handler;
  const options = metadata && { metadata };
  runtime.send(guest, { type: "request", from, head, body }, options);
  const outcome = await self.receive({ match: isOutcome, timeoutMs: leftMs });
  if (outcome === TIMEOUT) {
    const payload = `No answer in ${handler.timeoutMs} ms`;
    runtime.exit(guest, { type: "exit", payload });
    return answer(504);
  }
  if (outcome.type === "down") return answerFor(outcome.reason);
  return answerTo(outcome, node, handler.component, guest);
}

// Any guest can send bytes to any pid: they are not what is awaited here.
function isOutcome(message: Outcome | Uint8Array): message is Outcome {
  return "type" in message;
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

// The guest ended without a reply. Why is in the log, not in the response.
function answerFor(reason: ExitReason): Response {
  if (reason === "shutdown") return unavailable();
  const isOutOfTime = typeof reason === "object" && reason.type === "limit" &&
    reason.limit === "cpu";
  return answer(isOutOfTime ? 504 : 502);
}

// The guest ended well, so that nobody else says what was wrong.
function answerTo(
  reply: GuestReply,
  { log }: Node,
  { name }: Component,
  guest: Pid,
): Response {
  const answered = answerOf(reply);
  if (answered.type === "response") return answered.response;
  log.error(`Cannot use the reply of ${name}, ${guest}: ${answered.why}`);
  return answer(502);
}
