/**
 * A process that does what it is told.
 *
 * @module
 */

import type { Context } from "../context.ts";
import type { Pid } from "../pid.ts";
import type { ExitReason } from "../reason.ts";
import type { Runtime } from "../runtime.ts";
import type { Down, ExitMessage } from "../signal.ts";

/** What it does when it is sent one; it waits for what that returns. */
export type Order = (self: PuppetContext) => unknown;

/** What a {@linkcode Puppet} acts with. */
export type PuppetContext = Context<unknown>;

/** The process, and what it was sent besides orders, the oldest first. */
export interface Puppet {
  /** Names it. */
  readonly pid: Pid<Order | ExitMessage | Down>;
  /** See {@linkcode ProcessHandle.join}. */
  readonly join: () => Promise<ExitReason>;
  /** What came that is no order. */
  readonly seen: unknown[];
}

/** Spawns one. */
export function puppet(runtime: Runtime, traps = false): Puppet {
  const seen: unknown[] = [];
  const handle = runtime.spawn<unknown>(async (self) => {
    self.trapExits(traps);
    for (;;) {
      const message = await self.receive();
      if (typeof message === "function") await message(self);
      else seen.push(message);
    }
  });
  return { pid: handle.pid, join: () => handle.join(), seen };
}
