/**
 * What can be seen of a process from outside.
 *
 * @module
 */

import type { Pid } from "./pid.ts";
import type { Process } from "./process.ts";

/** What a process is and does at one moment. */
export interface ProcessInfo {
  /** Names it. */
  readonly pid: Pid;
  /** What it is called in lists and logs. */
  readonly label: string | undefined;
  /** See {@linkcode Context.parent}. */
  readonly parent: Pid | undefined;
  /** Its names, in the order it got them. */
  readonly names: readonly string[];
  /** Whom it is linked to. */
  readonly links: readonly Pid[];
  /** Whom it watches, once for each monitor. */
  readonly monitors: readonly Pid[];
  /** Who watches it, once for each monitor. */
  readonly monitoredBy: readonly Pid[];
  /** Whether exit signals arrive as messages. */
  readonly isTrappingExits: boolean;
  /** How many messages wait, those that are stashed included. */
  readonly mailboxDepth: number;
  /** Messages that its full mailbox refused, and their senders were told. */
  readonly refused: number;
  /** Messages that its full mailbox dropped, and their senders were not told. */
  readonly dropped: number;
  /** Its start, the messages it has received, and its looks into an empty mailbox. */
  readonly reductions: number;
  /**
   * `"waiting"` in a receive, `"runnable"` when it waits for its turn,
   * `"running"` when it does neither: it runs, or waits for something that the
   * core cannot see.
   */
  readonly status: "waiting" | "runnable" | "running";
}

/** Looks at a living process. */
export function processInfo(process: Process): ProcessInfo {
  const { pid, label, parent, bonds, bound } = process;
  const watched = [...bonds?.watched.values() ?? []];
  return {
    pid,
    label,
    parent,
    names: process.core.names.of(process),
    links: bonds?.links ?? [],
    monitors: watched.map(({ target }) => target),
    monitoredBy: [...bonds?.watchers.values() ?? []],
    isTrappingExits: process.isTrappingExits,
    mailboxDepth: process.mailboxDepth,
    refused: bound?.refused ?? 0,
    dropped: bound?.dropped ?? 0,
    reductions: process.reductions,
    status: process.status,
  };
}
