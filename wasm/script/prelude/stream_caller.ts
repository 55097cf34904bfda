/**
 * Who waits for a stream of answers.
 *
 * @module
 */

import {
  type Asked,
  type Caller,
  ended,
  type PendingCall,
} from "./pending_calls.ts";
import type { Accepting, Port, ReadEnd } from "./port.ts";
import type { Outcome } from "./wire.ts";

/**
 * One streaming call.
 *
 * Before it has its stream, any failure ends the wait. Afterwards, one that the
 * service sent or that its end told of waits for the end of the stream, behind
 * the values that were sent before.
 */
export class StreamCaller implements Caller {
  readonly #asked: Pick<Asked, "op" | "fail">;
  #failure: { readonly error: unknown } | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #isReading = false;
  // Whether a stream can still come although nobody wants it.
  #isOwed = false;

  // 1. The call is sent, and its process has to let others run.
  // 2. The service opens the stream, fails, and says so.
  // 3. So who waits for a stream waits before it sends anything: else it could
  //    hear of the failure first, and take the stream for one of the next call.
  readonly #accepting: Accepting;

  /** Waits for the stream of a call that is not made yet. */
  constructor(
    asked: Pick<Asked, "to" | "op" | "fail">,
    port: Pick<Port, "accept">,
  ) {
    this.#asked = asked;
    this.#accepting = port.accept(asked.to);
  }

  /** Makes the call. */
  begin(make: () => PendingCall): PendingCall {
    try {
      return make();
    } catch (error) {
      // Nothing was sent, so that nothing will come.
      this.#accepting.cancel();
      throw error;
    }
  }

  replied(outcome: Outcome): void {
    const { op, fail } = this.#asked;
    if ("err" in outcome) this.#fail(fail(outcome.err));
    else if (!this.#isReading) {
      this.#fail(fail(`Cannot iterate over ${op}: it answered one value`));
    }
  }

  ended(error: Error): void {
    this.#fail(error);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    if (!this.#isReading) this.#reject?.(error);
  }

  failed(error: unknown): void {
    this.#isOwed = !this.#isReading;
    this.#isReading = false;
    this.#fail(error);
  }

  /** Waits for the stream. One that comes when nobody waits any longer is given up. */
  async accept(): Promise<ReadEnd> {
    const { stream, cancel } = this.#accepting;
    try {
      const accepted = await this.wait(stream);
      this.#isReading = true;
      // Null is for who gives up, below.
      return accepted!;
    } catch (error) {
      // The next call of the same service must not take it for its own. Who has
      // answered or ended without one opens none: a stream comes before the
      // failure of its call.
      if (this.#isOwed) stream.then((late) => late?.close());
      else cancel();
      throw error;
    }
  }

  /** Waits for something of the stream, unless the call fails first. */
  wait<Value>(promise: Promise<Value>): Promise<Value> {
    if (!this.#isReading) this.insistWell();
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promise.then(resolve, reject);
    });
  }

  /**
   * Throws that the service has ended.
   *
   * @param isTold Whether why it has is still told.
   */
  async end(isTold: boolean): Promise<never> {
    this.#isReading = false;
    if (!isTold) throw ended(this.#asked, "noproc");
    return await this.wait(new Promise<never>(() => {}));
  }

  /** Throws what the call has failed with. */
  insistWell(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
