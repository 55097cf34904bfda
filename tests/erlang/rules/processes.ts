/**
 * The rules of processes.
 *
 * @module
 */

import type { Command, Scenario } from "../scenario.ts";
import {
  alias,
  crash,
  demonitor,
  eachReason,
  end,
  exit,
  FLUSH,
  KILL,
  link,
  monitor,
  receive,
  register,
  send,
  sendAlias,
  trap,
  unlink,
  whereis,
} from "./command.ts";

/** By name. */
export const PROCESSES: readonly [string, Scenario][] = [
  ...eachReason("exit/1", (reason) => two(monitor(0, 1), end(1, reason))),
  ...eachReason(
    "exit/1 over a link",
    (reason) => two(link(0, 1), end(1, reason)),
  ),
  ...eachReason(
    "exit/1 over a link, trapped",
    (reason) => two(trap(0), link(0, 1), end(1, reason)),
  ),
  ...eachReason("exit/2", (reason) => two(exit(0, 1, reason))),
  ...eachReason(
    "exit/2, trapped",
    (reason) => two(trap(1), exit(0, 1, reason)),
  ),
  ...eachReason("exit/2 to oneself", (reason) => two(exit(0, 0, reason))),
  ...eachReason(
    "exit/2 to oneself, trapped",
    (reason) => two(trap(0), exit(0, 0, reason)),
  ),
  ...eachReason(
    "an exit signal goes on over links, but normal",
    (reason) => three(link(0, 1), link(1, 2), end(0, reason)),
  ),
  ["a crash", two(monitor(0, 1), crash(1))],
  ["a crash over a link, trapped", two(trap(0), link(0, 1), crash(1))],
  ["a return over a link, trapped", {
    processes: 2,
    commands: [
      trap(0),
      link(0, 1),
      { type: "end", by: 1, how: "return", reason: "oops", sends: [] },
    ],
  }],
  ["a link ends both ways", two(link(0, 1), end(0, "oops"))],
  ["a link made twice is one", two(trap(0), link(0, 1), link(1, 0), KILL)],
  [
    "a link made twice and ended once",
    two(link(0, 1), link(0, 1), unlink(1, 0), end(0, "oops")),
  ],
  [
    "a link that was ended and made anew",
    two(link(0, 1), unlink(0, 1), link(1, 0), crash(1)),
  ],
  ["a link with oneself is none", two(trap(0), link(0, 0), end(0, "oops"))],
  ["a link to the dead", two(end(1, "oops"), link(0, 1))],
  ["a link to the dead, trapped", two(trap(0), end(1, "oops"), link(0, 1))],
  [
    "an end of a link leaves its exit message",
    two(trap(0), link(0, 1), end(1, "oops"), unlink(0, 1)),
  ],
  [
    "traps taken back",
    two(trap(0), link(0, 1), {
      type: "trap",
      by: 0,
      on: false,
    }, end(1, "bye")),
  ],
  ["a monitor of the dead", two(end(1, "oops"), monitor(0, 1), FLUSH)],
  ["two monitors, two notices", two(monitor(0, 1), monitor(0, 1), crash(1))],
  ["a monitor is one way", two(monitor(0, 1), crash(0))],
  [
    "a monitor that was ended",
    two(monitor(0, 1), demonitor(0), crash(1), demonitor(0)),
  ],
  [
    "a monitor that is ended too late",
    two(monitor(0, 1), crash(1), demonitor(0), FLUSH),
  ],
  [
    "a notice comes behind all messages",
    two(monitor(0, 1), {
      type: "end",
      by: 1,
      how: "return",
      reason: "normal",
      sends: [{ to: 0, tag: 2 }, { to: 0, tag: 1 }],
    }, FLUSH),
  ],
  [
    "spawn, link and monitor",
    two(
      { type: "spawn", by: 0, how: "link" },
      { type: "spawn", by: 0, how: "monitor" },
      { type: "spawn", by: 0, how: "plain" },
      end(3, "oops"),
      end(2, "oops"),
    ),
  ],
  [
    "a receive takes the first that matches and leaves the others",
    two(
      send(1, 0, 0),
      send(1, 0, 1),
      send(1, 0, 0),
      send(1, 0, 1),
      receive(0, 1, "look"),
      FLUSH,
    ),
  ],
  ["a receive that only looks", two(receive(0, 1, "look"), send(1, 0, 1))],
  [
    "a receive whose time is up",
    two(send(1, 0, 0), receive(0, 1, "short"), send(1, 0, 1), FLUSH),
  ],
  [
    "a receive that waits wakes for what it waits for",
    two(receive(0, 1, "long"), send(0, 0, 0), send(0, 0, 1), FLUSH),
  ],
  [
    "a receive that waits is ended by a signal",
    two(receive(0, 1, "long"), exit(0, 0, "bye")),
  ],
  [
    "an alias, until it is taken back",
    two(
      alias(0, false),
      sendAlias(1, 0),
      sendAlias(1, 1),
      { type: "unalias", by: 0, alias: 0 },
      { type: "unalias", by: 0, alias: 0 },
      sendAlias(1, 2),
      FLUSH,
    ),
  ],
  [
    "an alias for one message",
    two(alias(0, true), sendAlias(1, 0), sendAlias(1, 1), FLUSH),
  ],
  [
    "an alias of another",
    two(
      alias(0, false),
      { type: "unalias", by: 1, alias: 0 },
      sendAlias(1, 0),
    ),
  ],
  [
    "a name, until its process ends",
    two(
      register("n0", 0),
      whereis("n0"),
      KILL,
      whereis("n0"),
      register("n0", 1),
      whereis("n0"),
    ),
  ],
  [
    "a name, a process",
    two(register("n0", 0), register("n0", 1), register("n1", 0)),
  ],
  ["a name for the dead", two(KILL, register("n0", 0))],
  [
    "a name that is nobody's",
    two(
      { type: "unregister", name: "n0" },
      { type: "sendName", by: 0, name: "n0", tag: 0 },
      register("n0", 1),
      { type: "sendName", by: 0, name: "n0", tag: 1 },
      { type: "unregister", name: "n0" },
      { type: "sendName", by: 0, name: "n0", tag: 2 },
    ),
  ],
];

/** Two processes, and what they do. */
function two(...commands: readonly Command[]): Scenario {
  return { processes: 2, commands };
}

/** Three processes, and what they do. */
function three(...commands: readonly Command[]): Scenario {
  return { processes: 3, commands };
}
