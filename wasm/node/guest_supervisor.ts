/**
 * Supervisors that guests start.
 *
 * @module
 */

import {
  type ChildStarter,
  type Context,
  type ExitReason,
  formatReason,
  type Pid,
  type Runtime,
  supervisor,
  type SupervisorMessage,
} from "@rusm/otp";
import type { SuperviseAsk } from "./ask.ts";

/** A child: what it is called, and how a process of it is spawned, linked to its supervisor. */
export interface GuestChild {
  /** Name of its component. */
  readonly name: string;
  /** Spawns a process of it. */
  spawn(supervisor: ChildStarter): Pid;
}

/**
 * Starts a supervisor on the main thread, of processes on any scheduler.
 *
 * It and its owner are linked: its children end with the owner, and the owner
 * ends with it, for the reason that it gives up for. Whatever a child ends
 * with, it is started again.
 *
 * @see RUSM `supervise`. Differs: there, children can outlive the owner.
 */
export function superviseGuests(
  runtime: Runtime,
  owner: Pid,
  children: readonly GuestChild[],
  ask: SuperviseAsk,
): Pid {
  const body = supervisor({
    strategy: ask.strategy,
    restartsMax: ask.restartsMax === 0 ? Infinity : ask.restartsMax,
    periodMs: ask.withinMs === 0 ? Infinity : ask.withinMs,
    // One component can be several children.
    children: children.map(({ name, spawn }, index) => ({
      id: `${name}#${index}`,
      start: spawn,
    })),
    givesUpWith: (child, reason) => givingUp(ask, nameIn(child), reason),
  });
  body.supervisedBy(owner);
  const start = (self: Context<SupervisorMessage>) => {
    // An owner that has ended already ends it by the link.
    self.trapExits(true);
    self.link(owner);
    return body.start(self);
  };
  return runtime.spawn<SupervisorMessage>({ start }, { label: "supervisor" })
    .pid;
}

function nameIn(child: string): string {
  return child.slice(0, child.lastIndexOf("#"));
}

function givingUp(
  { restartsMax, withinMs }: SuperviseAsk,
  child: string,
  reason: ExitReason,
): ExitReason {
  const period = withinMs === 0 ? "its life" : `${withinMs} ms`;
  return {
    type: "crashed",
    name: "RestartLimit",
    message:
      `Gave up after more than ${restartsMax} restarts within ${period}, the last of ${child}: ${
        formatReason(reason)
      }`,
  };
}
