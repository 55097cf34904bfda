/**
 * What ties the schedulers of a node to each other.
 *
 * @module
 */

import type { ExitReason } from "@rusm/otp";
import type { Opening, RemoteScheduler } from "./remote_scheduler.ts";
import { Exchange } from "./ring/exchange.ts";
import type { Tiding } from "./wire.ts";

interface Member {
  readonly scheduler: RemoteScheduler;
  /** Tells it from those that had its index before. */
  readonly life: number;
}

/**
 * Tells every scheduler of all others, and hands on the rings that they make
 * for each other. What they send through them does not pass the main thread.
 */
export class Switchboard {
  /** What the main thread sends and gets. */
  readonly exchange: Exchange = new Exchange();
  readonly #members = new Map<number, Member>();
  #lives = 0;

  /** Makes `scheduler` and all others known to each other. */
  add(index: number, scheduler: RemoteScheduler): void {
    const member: Member = { scheduler, life: ++this.#lives };
    for (const [otherIndex, other] of this.#members) {
      other.scheduler.hear(joined(index, member));
      scheduler.hear(joined(otherIndex, other));
    }
    this.#members.set(index, member);
  }

  /** Tells the others that a scheduler is gone. */
  remove(index: number, reason: ExitReason): void {
    if (!this.#members.delete(index)) return;
    for (const { scheduler } of this.#members.values()) {
      scheduler.hear({ type: "left", scheduler: index, reason });
    }
  }

  /** Does what scheduler `from` asks about another, if that is still the one it means. */
  connect(from: number, opening: Opening): void {
    const member = this.#members.get(opening.scheduler);
    if (member?.life !== opening.life) return;
    const { scheduler } = member;
    if (opening.type === "overrun") {
      scheduler.lose("it did not take its signals");
    } else {
      const { ring } = opening;
      scheduler.hear({ type: "opened", scheduler: from, ring });
    }
  }

  /** Leaves nothing pending. Idempotent. */
  close(): void {
    this.#members.clear();
    this.exchange.close();
  }
}

function joined(index: number, { scheduler, life }: Member): Tiding {
  return { type: "joined", scheduler: index, bell: scheduler.bell, life };
}
