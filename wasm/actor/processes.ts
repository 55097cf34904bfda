/**
 * What guests do with other processes.
 *
 * @module
 */

import type { Strategy } from "@rusm/otp";
import type { HostGuest } from "../component/host.ts";
import type { Info, Look, StartAsk, SuperviseAsk } from "../node/ask.ts";
import { CHILDREN_MAX } from "../node/limits.ts";
import { lookAt } from "../node/look.ts";
import { nodeOf } from "../node/scheduler_node.ts";
import { MAIN_SCHEDULER } from "../limits.ts";
import { ComponentError } from "../component/canonical/mod.ts";
import { withoutTrace } from "../trace/carried.ts";
import { askFor, askOr, checkName, pidOf } from "./asking.ts";
import { isChild } from "./bonds.ts";

/** Starts a process of a registered component. */
export function spawn(guest: HostGuest, component: string): unknown {
  checkName(component);
  return askFor(guest, { type: "spawn", component, ...startOf(guest) });
}

// As with what it sends: what is started for a request has its claims.
function startOf({ self }: HostGuest): StartAsk {
  const metadata = withoutTrace(self.metadata);
  return metadata === undefined ? {} : { metadata };
}

/** Starts a process of code from elsewhere. */
export function spawnFrom(
  guest: HostGuest,
  component: string,
  source: string,
): unknown {
  checkName(component);
  const ask = { type: "spawnFrom", component, source } as const;
  return askFor(guest, { ...ask, ...startOf(guest) });
}

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  "one-for-one": "oneForOne",
  "one-for-all": "oneForAll",
  "rest-for-one": "restForOne",
};

/** Starts a supervisor of registered components. */
export function supervise(
  guest: HostGuest,
  strategy: string,
  children: readonly string[],
  ...[restartsMax, withinMs]: readonly [number, number]
): unknown {
  // What is too much for the node need not cross to it.
  if (children.length > CHILDREN_MAX && guest.capability.spawn) {
    throw new ComponentError(
      `supervise denied: more than ${CHILDREN_MAX} children: ${children.length}`,
    );
  }
  children.forEach(checkName);
  const ask: SuperviseAsk = {
    ...{ type: "supervise", strategy: STRATEGIES[strategy]! },
    ...{ children, restartsMax, withinMs, ...startOf(guest) },
  };
  return askFor(guest, ask);
}

/** All processes of the node, or only the caller. */
export function listProcesses(
  guest: HostGuest,
): readonly bigint[] | Promise<readonly bigint[]> {
  return askOr(guest, { type: "list" }, [guest.self.pid.toBigInt()]);
}

/** What is known of a process. */
export function info(
  guest: HostGuest,
  target: bigint,
): Info | undefined | Promise<Info | undefined> {
  return look<Info | undefined>(guest, "info", target, undefined);
}

/** Whether a process lives. */
export function isAlive(
  guest: HostGuest,
  target: bigint,
): boolean | Promise<boolean> {
  return look<boolean>(guest, "isAlive", target, false);
}

/** Ends a process. */
export function kill(
  guest: HostGuest,
  target: bigint,
): boolean | Promise<boolean> {
  return look<boolean>(guest, "kill", target, false);
}

function look<Value>(
  guest: HostGuest,
  type: Look["type"],
  target: bigint,
  nothing: Value,
): Value | Promise<Value> {
  const { runtime, pid: self } = guest.self;
  const pid = pidOf(target);
  const isOwn = pid.equals(self) || isChild(guest, target);
  if (!isOwn && !guest.capability.processControl) return nothing;
  if (pid.node !== self.node) return nothing;
  if (pid.scheduler === self.scheduler) {
    return lookAt(runtime, { type, pid }) as Value;
  }
  if (pid.scheduler === MAIN_SCHEDULER) {
    return askOr<Value>(guest, { type, pid }, nothing);
  }
  return lookAway(guest, { type, pid }, nothing);
}

async function lookAway<Value>(
  guest: HostGuest,
  look: Look,
  nothing: Value,
): Promise<Value> {
  const value = await nodeOf(guest.self.runtime)?.look(look);
  return value === undefined ? nothing : value as Value;
}
