/**
 * `rusm:runtime/pg`: groups of processes.
 *
 * @module
 */

import type { HostGuest, HostInterface } from "../component/host.ts";
import { TAGS_MAX } from "../node/limits.ts";
import { nodeOf } from "../node/scheduler_node.ts";
import type { TagReplica } from "../node/tag_replica.ts";
import { checkName } from "./asking.ts";

/** The interface, as `wit/pg.wit` has it. */
export const PG: HostInterface = {
  name: "rusm:runtime/pg@0.1.0",
  wit: `
    use types.{pid};
    register-tag: func(tag: string) -> bool;
    unregister-tag: func(tag: string) -> bool;
    whereis-tag: func(tag: string) -> list<pid>;
    kill-tag: func(tag: string) -> u32;
  `,
  functions: {
    "unregister-tag": (guest, tag: string) =>
      tagsOf(guest)?.leave(checkName(tag), guest.self.pid) ?? false,
    "whereis-tag": (guest, tag: string) =>
      tagsOf(guest)?.members(checkName(tag)).map((pid) => pid.toBigInt()) ?? [],
    "kill-tag": killTag,
  },
  suspending: { "register-tag": registerTag },
};

// Outside of a node there are no groups.
function tagsOf({ self: { runtime } }: HostGuest): TagReplica | undefined {
  return nodeOf(runtime)?.tags;
}

function registerTag(
  guest: HostGuest,
  tag: string,
): boolean | Promise<boolean> {
  const { pid } = guest.self;
  const tags = tagsOf(guest);
  checkName(tag);
  if (tags === undefined) return false;
  const isFull = tags.tagsOf(pid).length >= TAGS_MAX;
  return isFull ? tags.isMember(tag, pid) : tags.join(tag, pid);
}

function killTag(guest: HostGuest, tag: string): number {
  checkName(tag);
  if (!guest.capability.processControl) return 0;
  return tagsOf(guest)?.kill(tag, guest.self.pid) ?? 0;
}
