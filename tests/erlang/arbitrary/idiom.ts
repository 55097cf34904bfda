/**
 * Commands that belong together.
 *
 * @module
 */

import fc from "fast-check";
import type { Command, Pattern } from "../scenario.ts";
import { how, index, name, oneOf, reason, tag, wait } from "./vocabulary.ts";

/** What chance alone would seldom put together: who waits for what comes. */
export const idiom: fc.Arbitrary<readonly Command[]> = fc.record({
  by: index,
  to: index,
  at: index,
  tag,
  name,
  reason,
  wait,
  once: fc.boolean(),
  how,
}).chain(({ by, to, at, tag, name, reason, wait, once, how }) => {
  const end: Command = { type: "end", by: to, how, reason, sends: [] };
  const down: Pattern = { type: "down", monitor: at };
  const exit: Pattern = { type: "exit", from: to };
  return oneOf<readonly Command[]>(
    [
      { type: "monitor", by, to },
      end,
      { type: "receive", by, pattern: down, wait },
    ],
    [
      { type: "monitor", by, to },
      { type: "receive", by, pattern: down, wait: "long" },
      { type: "kill", process: to },
    ],
    [
      { type: "monitor", by, to },
      { type: "demonitor", by, monitor: at, flush: once },
      end,
    ],
    [
      { type: "monitor", by, to },
      end,
      { type: "demonitor", by, monitor: at, flush: once },
    ],
    [
      { type: "trap", by, on: true },
      { type: "link", by, to },
      end,
      { type: "receive", by, pattern: exit, wait },
    ],
    [
      { type: "trap", by, on: true },
      { type: "link", by: to, to: by },
      { type: "receive", by, pattern: exit, wait: "long" },
      { type: "exit", by: to, to, reason },
    ],
    [
      { type: "link", by, to },
      { type: "unlink", by: once ? by : to, to: once ? to : by },
      end,
    ],
    [
      { type: "link", by, to },
      { type: "unlink", by, to },
      { type: "link", by: to, to: by },
      end,
    ],
    [
      { type: "send", by, to, tag },
      { type: "receive", by: to, pattern: { type: "tag", tag }, wait },
    ],
    [
      { type: "receive", by, pattern: { type: "tag", tag }, wait: "long" },
      { type: "send", by: to, to: at, tag: 1 },
      { type: "send", by: to, to: by, tag },
    ],
    [
      { type: "alias", by, once },
      { type: "sendAlias", by: to, alias: at, tag },
      { type: "sendAlias", by: to, alias: at, tag: 1 },
    ],
    [
      { type: "alias", by, once },
      { type: "unalias", by, alias: at },
      { type: "sendAlias", by: to, alias: at, tag },
    ],
    [
      { type: "register", name, process: to },
      { type: "sendName", by, name, tag },
      end,
      { type: "whereis", name },
    ],
  );
});
