/**
 * What the processes of a scenario run on our side.
 *
 * @module
 */

import type { Body, Context, ExitMessage } from "@rusm/otp";
import type { Cast, Mail, Order, Parent } from "./cast.ts";
import { fromReason } from "./differences.ts";
import type { Event } from "./trace.ts";

/** How a process is made. */
export interface BodyOptions {
  /** Whether it traps exits to begin with. */
  readonly traps?: boolean;
  /** What an obedient child of the process that spawned it is called; undefined for all others. */
  readonly obedientAs?: string | undefined;
}

/** A process that does what it is told, and leaves everything else in its mailbox. */
export function body(cast: Cast, options: BodyOptions = {}): Body<unknown> {
  const { traps = false, obedientAs: id } = options;
  return async (self) => {
    self.trapExits(traps);
    const parent = id === undefined ? undefined : { pid: self.parent!, id };
    for (;;) {
      const mail = await self.receive<Order | ExitMessage>({
        match: (mail) => isOrder(mail) || isFrom(parent, mail as Mail),
      });
      if (!isOrder(mail)) return obey(self, cast, mail, parent!);
      const event = await mail(self, parent);
      if (event === false) return;
      answer(self, cast, event);
    }
  };
}

function isOrder(mail: unknown): mail is Order {
  return typeof mail === "function";
}

/** Whether `mail` is what an obedient child is asked to end with. */
export function isFrom(parent: Parent | undefined, mail: Mail): boolean {
  return parent !== undefined && mail.type === "exit" &&
    mail.from?.equals(parent.pid) === true;
}

/** Ends as the parent asked. */
export function obey(
  self: Context<unknown>,
  cast: Cast,
  { reason }: ExitMessage,
  parent: Parent,
): never {
  const { pid } = self;
  cast.note(() => [
    "stopping",
    cast.numberOf(parent.pid),
    parent.id,
    cast.numberOf(pid),
    fromReason(reason),
  ]);
  self.exit(reason);
}

// One that its order has ended may or may not get to answer, so it does not.
function answer({ pid }: Context<unknown>, cast: Cast, event: Event): void {
  cast.note(() => {
    cast.parked.delete(cast.numberOf(pid));
    return cast.runtime.isAlive(pid) ? event : undefined;
  });
}
