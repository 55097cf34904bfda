/**
 * How a guest gets a name.
 *
 * @module
 */

import type { Context } from "@rusm/otp";
import type { GuestMessage } from "../message.ts";
import type { NameService } from "../name_replica.ts";

/**
 * Asks `names` for a name for a process, or its runtime when there are none: it
 * is the only one then.
 *
 * @returns Whether the process has it now: no other of the node does.
 */
export function claimName(
  names: NameService | undefined,
  { runtime, pid }: Context<GuestMessage>,
  name: string,
): boolean | Promise<boolean> {
  return names === undefined
    ? runtime.register(name, pid)
    : names.register(name, pid);
}
