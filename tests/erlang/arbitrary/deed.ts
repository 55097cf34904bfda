/**
 * What processes do, and what is done to them.
 *
 * @module
 */

import fc from "fast-check";
import type { Command, Deed } from "../scenario.ts";
import {
  how,
  index,
  name,
  oneOf,
  pattern,
  reason,
  sends,
  tag,
  wait,
  weigh,
  type Weighted,
} from "./vocabulary.ts";

/** A deed of one type, as often as its weight says. */
export function deedOf<Type extends Deed["type"], Rest>(
  weight: number,
  type: Type,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
): Weighted<{ type: Type; by: number } & Rest> {
  const fields = { type: fc.constant(type), by: index, ...rest };
  // The type of a record of a spread is beyond the compiler.
  return weigh(weight, fc.record(fields) as never);
}

/** Any deed. */
export const deed: fc.Arbitrary<Deed> = fc.oneof(
  deedOf(3, "spawn", { how: oneOf("plain", "link", "monitor") }),
  deedOf(5, "link", { to: index }),
  deedOf(2, "unlink", { to: index }),
  deedOf(4, "monitor", { to: index }),
  deedOf(2, "demonitor", { monitor: index, flush: fc.boolean() }),
  deedOf(4, "trap", { on: oneOf(true, true, true, false) }),
  deedOf(3, "exit", { to: index, reason }),
  deedOf(2, "end", { how, reason, sends }),
  deedOf(4, "send", { to: index, tag }),
  deedOf(2, "sendName", { name, tag }),
  deedOf(3, "sendAlias", { alias: index, tag }),
  deedOf(4, "receive", { pattern, wait }),
  deedOf(1, "flush", {}),
  deedOf(2, "alias", { once: fc.boolean() }),
  deedOf(1, "unalias", { alias: index }),
);

/** What is done about names. */
export const naming: fc.Arbitrary<Command> = fc.oneof(
  weigh(
    2,
    fc.record({ type: fc.constant("register"), name, process: index }),
  ),
  weigh(1, fc.record({ type: oneOf("unregister", "whereis"), name })),
);

/** The end of any process. */
export const kill: fc.Arbitrary<Command> = fc.record({
  type: fc.constant("kill"),
  process: index,
});
