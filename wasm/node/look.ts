/**
 * Looking at processes of this thread, for guests of others.
 *
 * @module
 */

import type { Pid, Runtime } from "@rusm/otp";
import type { Info, Look } from "./ask.ts";

/** What is known of a living process of this thread. */
export function infoOf(runtime: Runtime, pid: Pid): Info | undefined {
  const info = runtime.info(pid);
  return info && {
    pid: info.pid.toBigInt(),
    links: info.links.length,
    monitors: info.monitoredBy.length,
    names: info.names,
    label: info.label,
    mailboxDepth: info.mailboxDepth,
    trapExit: info.isTrappingExits,
  };
}

/** Looks at a process of this thread, or ends it. */
export function lookAt(runtime: Runtime, { type, pid }: Look): unknown {
  switch (type) {
    case "info":
      return infoOf(runtime, pid);
    case "isAlive":
      return runtime.isAlive(pid);
    case "kill":
      return runtime.isAlive(pid) && runtime.kill(pid);
  }
}
