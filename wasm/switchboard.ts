/**
 * What ties the schedulers of a node to each other.
 *
 * @module
 */

import type { ExitReason, Runtime } from "@rusm/otp";
import { type Crier, NameBoard } from "./name_board.ts";
import { TagBoard } from "./node/tag_board.ts";
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
export class Switchboard implements Crier {
  /** What the main thread sends and gets. */
  readonly exchange: Exchange = new Exchange();
  readonly #members = new Map<number, Member>();
  /** Decides on their names. */
  readonly names: NameBoard;
  /** Knows who is in which group. */
  readonly tags: TagBoard;
  readonly #runtime: Runtime;
  #lives = 0;

  /** The switchboard of a main thread. */
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.names = new NameBoard(runtime, this);
    this.tags = new TagBoard(runtime, this);
  }

  /** Makes `scheduler` and all others, and this thread, known to each other. */
  add(index: number, scheduler: RemoteScheduler): void {
    this.#runtime.connect(index, scheduler);
    const member: Member = { scheduler, life: ++this.#lives };
    for (const [otherIndex, other] of this.#members) {
      other.scheduler.hear(joined(index, member));
      scheduler.hear(joined(otherIndex, other));
    }
    this.#members.set(index, member);
    scheduler.hear(this.names.all());
    scheduler.hear(this.tags.all());
  }

  tell(index: number, tiding: Tiding): boolean {
    const member = this.#members.get(index);
    member?.scheduler.hear(tiding);
    return member !== undefined;
  }

  tellAll(tiding: Tiding, last: number | undefined): void {
    for (const [index, { scheduler }] of this.#members) {
      if (index !== last) scheduler.hear(tiding);
    }
    if (last !== undefined) this.tell(last, tiding);
  }

  /** Tells the others, and this thread, that a scheduler is gone. */
  remove(index: number, reason: ExitReason): void {
    if (!this.#members.delete(index)) return;
    for (const { scheduler } of this.#members.values()) {
      scheduler.hear({ type: "left", scheduler: index, reason });
    }
    this.#runtime.disconnect(index, reason);
    this.names.lost(index);
    this.tags.lost(index);
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
    this.names.close();
    this.exchange.close();
  }
}

function joined(index: number, { scheduler, life }: Member): Tiding {
  return { type: "joined", scheduler: index, bell: scheduler.bell, life };
}
