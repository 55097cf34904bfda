/**
 * A listener whose connections the test makes.
 *
 * @module
 */

import type { Listener } from "../listen.ts";

/** A connection that notes whether it was closed. */
export class FakeConnection {
  /** How often it was closed. */
  closes = 0;

  /** Throws when it was closed before, as those of Deno do. */
  close(): void {
    this.closes++;
    if (this.closes > 1) throw new Error("closed already");
  }
}

type Arrival = () => IteratorResult<FakeConnection, undefined>;

/** What arrives is accepted in order; then accepting waits. */
export class FakeListener implements Listener<FakeConnection> {
  /** How often a connection was asked for. */
  asked = 0;
  /** Whether it was closed. */
  isClosed = false;
  /** Thrown to who waits when it is closed; the iteration ends when absent. */
  closedWith: Error | undefined;
  readonly #arrivals: Arrival[] = [];
  #deliver: (() => void) | undefined;

  /** Lets a connection arrive. */
  connect(connection: FakeConnection = new FakeConnection()): FakeConnection {
    this.#arrive(() => ({ done: false, value: connection }));
    return connection;
  }

  /** Lets accepting fail once. */
  fail(error: unknown): void {
    this.#arrive(() => {
      throw error;
    });
  }

  /** Ends the iteration, as when somebody else closed it. */
  end(): void {
    this.#arrive(() => ({ done: true, value: undefined }));
  }

  /** Ends the iteration. Throws when it was closed before. */
  close(): void {
    if (this.isClosed) throw new Error("closed already");
    this.isClosed = true;
    const { closedWith } = this;
    if (closedWith === undefined) this.end();
    else this.fail(closedWith);
  }

  #arrive(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    this.#deliver?.();
  }

  async #next(): Promise<IteratorResult<FakeConnection, undefined>> {
    this.asked++;
    if (this.#arrivals.length === 0) {
      await new Promise<void>((resolve) => this.#deliver = resolve);
    }
    return this.#arrivals.shift()!();
  }

  [Symbol.asyncIterator](): AsyncIterator<FakeConnection, undefined> {
    return { next: () => this.#next() };
  }
}
