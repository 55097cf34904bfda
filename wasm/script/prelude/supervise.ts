/**
 * `supervise`: processes that are started again when they end.
 *
 * @module
 */

import { decodeText } from "./encoding.ts";
import { Process } from "./process.ts";
import type { Strategy } from "./process_types.ts";

/** What is supervised, and how. */
export interface Supervision {
  /** Which children are started again with one that ended. */
  strategy: Strategy;
  /** Names of components of the app, in the order in which they are started. */
  children: string[];
  /** Restarts within the period that are borne; 0, as when absent, bears all. */
  maxRestarts?: number;
  /** The period in seconds; 0, as when absent, is for ever. */
  maxSeconds?: number;
}

/**
 * Starts a supervisor of `children`, and blocks this process for ever, so that
 * it lives: both end together. When there were too many restarts, the supervisor
 * ends, and this process with it. Mail is dropped meanwhile.
 *
 * @throws {Error} Why there is none, such as a capability that denies it; a
 * process that traps exits: that the supervisor has ended.
 *
 * @see RUSM `supervise`. Differs: a denial is not swallowed.
 */
export function supervise(
  { strategy, children, maxRestarts = 0, maxSeconds = 0 }: Supervision,
): never {
  const pid = Process.supervise(
    ...[strategy, children] as const,
    ...[maxRestarts, maxSeconds * 1_000] as const,
  );
  for (;;) insistNotEnded(pid, decodeText(Process.receive()!));
}

const { parse } = JSON;

// A process that does not trap exits has ended by then.
function insistNotEnded(supervisor: bigint, message: string): void {
  if (!message.startsWith('{"__exit":')) return;
  const { __exit: pid, reason } = parse(message);
  if (pid !== `${supervisor}`) return;
  throw new Error(`Cannot go on: the supervisor ended (${reason})`);
}
