/**
 * What the log is told of processes.
 *
 * @module
 */

import {
  type ExitReason,
  formatReason,
  type Observer,
  type Pid,
} from "@rusm/otp";
import type { EngineObserver } from "@rusm/wasm";
import { type LineLevel, type Log, pidText } from "../log.ts";
import type { SourceMaps } from "./source_maps.ts";

const LEVELS: readonly LineLevel[] = ["error", "warn", "info", "debug"];

/**
 * Writes what happens to guests to `log`.
 *
 * @param isOwn Told of each end; says whether the app started the process itself.
 * @param sourceMaps Make places in sources of those in bundles.
 */
export function engineObserver(
  log: Log,
  isOwn: (pid: Pid) => boolean,
  sourceMaps: SourceMaps,
): EngineObserver {
  return {
    exited(pid, component, reason) {
      // One that answers and ends well has its line in the access log already.
      if (isOwn(pid) || reason !== "normal") {
        const located = log.allows("error")
          ? sourceMaps.locateReason(component, reason)
          : reason;
        logExit(log, pid, component, located);
      }
    },
    logged(pid, component, level, text) {
      const who = pid === undefined ? "load" : pidText(pid);
      const lineLevel = LEVELS[level] ?? "info";
      if (!log.allows(lineLevel)) return;
      const located = sourceMaps.locate(component, text);
      log.guest(component, who, lineLevel, located);
    },
    refused(pid) {
      log.warn(`Cannot copy a message to another scheduler: for ${pid}`);
    },
    schedulerLost(scheduler, why) {
      log.error(`Lost scheduler ${scheduler}: ${why}`);
    },
  };
}

/** Writes what supervisors do about the ends of their children to `log`. */
export function supervisionObserver(log: Log): Observer {
  return {
    restarted({ child, reason, isGivenUp }) {
      if (isGivenUp) log.error(`Gave up on ${child}: ${formatReason(reason)}`);
      else log.warn(`Restarting ${child}: ${formatReason(reason)}`);
    },
  };
}

function logExit(
  log: Log,
  pid: Pid,
  component: string,
  reason: ExitReason,
): void {
  log.lifecycle({ type: "exit", component, pid: pidText(pid), reason });
}
