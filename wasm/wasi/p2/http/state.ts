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
  readonly #exchanges = new Set<Closable>();

  /** How many requests it has under way. */
  get exchangeCount(): number {
    return this.#exchanges.size;
  }

  /** Keeps an exchange, to end it with the process. */
  keep(exchange: Closable): void {
    this.#exchanges.add(exchange);
  }

  /** An exchange is over. */
  forget(exchange: Closable): void {
    this.#exchanges.delete(exchange);
  }

  /** Ends all of them. */
  close(): void {
    for (const each of [...this.#exchanges]) each.close();
    this.#exchanges.clear();
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
