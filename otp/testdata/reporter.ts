/**
 * Children that report themselves.
 *
 * @module
 */

import type { Context } from "../context.ts";
import type { Pid } from "../pid.ts";
import type { ExitReason } from "../reason.ts";
import type { ExitMessage } from "../signal.ts";

/** What a reporting child accepts: what it is to end with, and exit messages. */
export type Order = { readonly type: "end"; readonly reason: ExitReason };

type ChildContext = Context<Order | ExitMessage>;

/** Children that write `+id` when they start and `-id` when they are asked to end. */
export class Reporter {
  /** What happened, the oldest first. */
  readonly log: string[] = [];
  /** The youngest process of each child. */
  readonly pids: Map<string, Pid<Order>> = new Map();

  /** The `start` of a child that ends when it is asked to. */
  readonly start = (id: string) => () => async (self: ChildContext) => {
    self.trapExits(true);
    this.note(`+${id}`);
    this.pids.set(id, self.pid);
    const message = await self.receive();
    if (message.type === "exit") this.note(`-${id}`);
    self.exit(message.reason);
  };

  /** The `start` of a child that never ends of itself. */
  readonly stubborn = (id: string) => () => async (self: ChildContext) => {
    self.trapExits(true);
    this.note(`+${id}`);
    this.pids.set(id, self.pid);
    for (;;) {
      await self.receive();
      this.note(`!${id}`);
    }
  };

  /** Adds to the log. */
  note(entry: string): void {
    this.log.push(entry);
  }

  /** What happened since the last call, on one line. */
  take(): string {
    return this.log.splice(0).join(",");
  }
}
