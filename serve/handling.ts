/**
 * Requests that components of `wasi:http` answer.
 *
 * @module
 */

import {
  type HandleOptions,
  HandlerFailed,
  type LeaveSignal,
  SystemLimit,
} from "@rusm/wasm";
import { answer, unavailable } from "./answer.ts";
import type { Client, Handler, Node } from "./exchange.ts";
import { announcedBytes, type Incoming } from "./incoming.ts";

/**
 * Has a component answer `request`, whose bodies are passed on as they come.
 *
 * The statuses are those of `exchange`. A body that is larger than allowed and
 * does not say so is only told to the guest, once it has begun to answer.
 *
 * @returns The response. Never rejects.
 */
export async function handle(
  node: Node,
  { component, timeoutMs, bodyBytesMax, metadata, notes }: Handler,
  request: Incoming,
  { completed, onEnd }: Client,
): Promise<Response> {
  const signal = new Leaving();
  completed.catch(() => signal.abort());
  if ((announcedBytes(request) ?? 0) > bodyBytesMax) {
    onEnd();
    return answer(413);
  }
  const options: HandleOptions = {
    ...{ timeoutMs, bodyBytesMax, signal, onEnd, metadata },
    trace: notes?.trace,
    spawned: (pid) => {
      if (notes !== undefined) notes.guest = pid;
    },
  };
  try {
    return await node.engine.handle(component, request, options);
  } catch (error) {
    // There is an answer to each way in which there is none.
    return answerFor(node, component.name, error);
  }
}

/**
 * The signal of one client that goes. An `AbortController` for each request takes
 * more time than the request itself does in the main thread.
 */
class Leaving implements LeaveSignal {
  aborted = false;
  #listener: (() => void) | undefined;

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = undefined;
  }

  abort(): void {
    this.aborted = true;
    this.#listener?.();
  }
}

function answerFor({ log }: Node, name: string, error: unknown): Response {
  if (error instanceof SystemLimit) return unavailable();
  if (error instanceof HandlerFailed) return answerForFailed(log, name, error);
  const why = error instanceof Error ? error.stack : String(error);
  log.error(`Cannot answer a request: ${why}`);
  return answer(500);
}

function answerForFailed(
  log: Node["log"],
  name: string,
  { kind, reason, message }: HandlerFailed,
): Response {
  switch (kind) {
    case "timeout":
      return answer(504);
    case "tooLarge":
      return answer(413);
    case "ended":
      return answerForEnd(reason);
    default:
      // Nobody else says what was wrong: the guest has ended well, or goes on.
      if (kind !== "gone") log.error(`${message}: ${name}`);
      return answer(502);
  }
}

// Why it ended is in the log.
function answerForEnd(reason: HandlerFailed["reason"]): Response {
  if (reason === "shutdown") return unavailable();
  const isOutOfTime = typeof reason === "object" && reason.type === "limit" &&
    reason.limit === "cpu";
  return answer(isOutOfTime ? 504 : 502);
}
