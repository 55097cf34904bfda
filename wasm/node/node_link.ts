/**
 * The way of guests to their node, in a Worker.
 *
 * @module
 */

import type { Pid } from "@rusm/otp";
import type { TraceParent } from "../trace/telemetry.ts";
import type { Answer, Ask } from "./ask.ts";

/** Sends an ask on its way, for a span if there is one; false when too much waits before it. */
export type SendAsk = (
  id: number,
  asker: Pid,
  ask: Ask,
  trace: TraceParent | undefined,
) => boolean;

/**
 * Asks that were sent, each until its answer comes: also when its guest has
 * ended meanwhile. The main thread bounds how many, and for how long.
 */
export class NodeLink {
  readonly #send: SendAsk;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #nextId = 0;

  /** Nothing was asked yet. */
  constructor(send: SendAsk) {
    this.#send = send;
  }

  /** See {@linkcode SchedulerNode.ask}. */
  ask(asker: Pid, ask: Ask, trace?: TraceParent): Promise<Answer> {
    const id = this.#nextId++;
    if (!this.#send(id, asker, ask, trace)) {
      return Promise.resolve({ error: "too much is on its way to the node" });
    }
    return new Promise((resolve) => this.#asked.set(id, resolve));
  }

  /** Takes an answer. */
  heed(id: number, answer: Answer): void {
    this.#asked.get(id)?.(answer);
    this.#asked.delete(id);
  }
}
