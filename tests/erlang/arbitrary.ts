/**
 * Scenarios for fast-check.
 *
 * @module
 */

import fc from "fast-check";
import { deed, deedOf, kill, naming } from "./arbitrary/deed.ts";
import { idiom } from "./arbitrary/idiom.ts";
import {
  asking,
  request,
  startDynamic,
  supervise,
  superviseDynamic,
} from "./arbitrary/supervising.ts";
import {
  how,
  reason,
  sends,
  weigh,
  type Weighted,
} from "./arbitrary/vocabulary.ts";
import type { Command, Scenario } from "./scenario.ts";

/** Processes alone. */
const processes: fc.Arbitrary<Scenario> = fc.record({
  processes: fc.integer({ min: 2, max: 5 }),
  commands: commandsOf(
    14,
    weigh(12, one(deed)),
    weigh(4, idiom),
    weigh(2, one(naming)),
    weigh(1, one(kill)),
  ),
});

/** A supervisor, perhaps two, and what becomes of their children. */
const supervisors: fc.Arbitrary<Scenario> = fc.record({
  first: fc.oneof(weigh(3, supervise), weigh(1, superviseDynamic)),
  second: fc.option(fc.oneof(supervise, superviseDynamic), { freq: 3 }),
  starts: fc.array(startDynamic, { maxLength: 3, size: "max" }),
  rest: commandsOf(
    10,
    weigh(4, one(kill)),
    weigh(4, one(deedOf(1, "end", { how, reason, sends }).arbitrary)),
    weigh(5, one(asking)),
    weigh(3, one(deed)),
    weigh(2, request),
    weigh(1, one(naming)),
  ),
}).map(({ first, second, starts, rest }) => ({
  processes: 2,
  commands: [
    first,
    ...second === null ? [] : [second],
    ...first.type === "superviseDynamic" ? starts : [],
    ...rest,
  ],
}));

function one(
  command: fc.Arbitrary<Command>,
): fc.Arbitrary<readonly Command[]> {
  return command.map((command) => [command]);
}

function commandsOf(
  maxLength: number,
  ...parts: Weighted<readonly Command[]>[]
): fc.Arbitrary<readonly Command[]> {
  return fc.array(fc.oneof(...parts), { maxLength, size: "max" })
    .map((parts) => parts.flat());
}

/** Any scenario. */
export const scenarios: fc.Arbitrary<Scenario> = fc.oneof(
  processes,
  supervisors,
);
