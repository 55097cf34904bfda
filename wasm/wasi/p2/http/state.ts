/**
 * What a process has of HTTP.
 *
 * @module
 */

import type { HostGuest, HostState } from "../../../component/host.ts";
import { FieldBudget } from "./fields.ts";

/** Something that ends with the process. */
export interface Closable {
  /** Ends it. Must not throw. */
  close(): void;
}

/** All that the host keeps of one process. */
export class HttpState {
  /** What its fields take. */
  readonly budget: FieldBudget = new FieldBudget();
  // A handler has one, and most have no more.
  #first: Closable | undefined;
  #others: Set<Closable> | undefined;

  /** How many requests it has under way. */
  get exchangeCount(): number {
    return Number(this.#first !== undefined) + (this.#others?.size ?? 0);
  }

  /** Keeps an exchange, to end it with the process. */
  keep(exchange: Closable): void {
    if (this.#first === undefined) this.#first = exchange;
    else (this.#others ??= new Set()).add(exchange);
  }

  /** An exchange is over. */
  forget(exchange: Closable): void {
    if (this.#first === exchange) this.#first = undefined;
    else this.#others?.delete(exchange);
  }

  /** Ends all of them. */
  close(): void {
    const [first, others] = [this.#first, this.#others];
    this.#first = this.#others = undefined;
    first?.close();
    others?.forEach((each) => each.close());
  }
}

const HTTP_STATE: HostState<HttpState> = {
  create: () => new HttpState(),
  close: (state) => state.close(),
};

/** What the host keeps of `guest`. */
export function httpState(guest: HostGuest): HttpState {
  return guest.state(HTTP_STATE);
}
