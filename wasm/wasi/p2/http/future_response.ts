/**
 * Responses that are waited for.
 *
 * @module
 */

import { type Condition, Watchers } from "../../watchers.ts";
import { Children, Pollable } from "../io/pollable.ts";
import type { ClientExchange, ClientResponse } from "./client.ts";
import { codeOf, type HttpErrorCode } from "./error_code.ts";
import { type FieldBudget, Fields } from "./fields.ts";
import { IncomingResponse } from "./messages.ts";

/** What `future-incoming-response` answers: outside, whether it was asked for before. */
export type ResponseAnswer =
  | {
    readonly tag: "ok";
    readonly val:
      | { readonly tag: "ok"; readonly val: IncomingResponse }
      | { readonly tag: "err"; readonly val: HttpErrorCode };
  }
  | { readonly tag: "err"; readonly val: undefined };

/** The resource `future-incoming-response`. */
export class FutureIncomingResponse implements Condition {
  readonly #exchange: ClientExchange;
  readonly #budget: FieldBudget;
  readonly #watchers = new Watchers();
  readonly #pollables = new Children("a future-incoming-response");
  #outcome: ClientResponse | HttpErrorCode | undefined;
  #isTaken = false;

  /** Waits for the response of `exchange`. */
  constructor(exchange: ClientExchange, budget: FieldBudget) {
    this.#exchange = exchange;
    this.#budget = budget;
    this.#wait();
  }

  async #wait(): Promise<void> {
    try {
      this.#outcome = await this.#exchange.response;
    } catch (error) {
      // It is the answer, for whoever asks.
      this.#outcome = codeOf(error);
    }
    this.#watchers.wake();
  }

  get isReady(): boolean {
    return this.#outcome !== undefined;
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  /** The response, once. Undefined while there is none. */
  get(): ResponseAnswer | undefined {
    const outcome = this.#outcome;
    if (outcome === undefined) return undefined;
    if (this.#isTaken) return { tag: "err", val: undefined };
    this.#isTaken = true;
    if ("tag" in outcome) {
      return { tag: "ok", val: { tag: "err", val: outcome } };
    }
    return { tag: "ok", val: { tag: "ok", val: this.#response(outcome) } };
  }

  #response({ status, headers, body }: ClientResponse): IncomingResponse {
    const fields = Fields.received(this.#budget, headers);
    return new IncomingResponse(
      status,
      { headers: fields, body },
      this.#budget,
    );
  }

  /** A pollable that is ready when there is an answer. */
  subscribe(): Pollable {
    return new Pollable(this, this.#pollables);
  }

  /** Nobody waits any more: a response that was not taken is not wanted. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    if (!this.#isTaken) this.#exchange.abort();
    this.#pollables.insistNone();
  }
}
