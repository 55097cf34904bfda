/**
 * What the log is told of processes.
 *
 * @module
 */

import type { Observer, Pid } from "@rusm/otp";
import type { EngineObserver } from "@rusm/wasm";
import { type LineLevel, type Log, pidText } from "../log.ts";
import type { CensusBoard } from "./census_board.ts";
import type { ProcessMetrics } from "../observe/process_metrics.ts";
import type { SourceMaps } from "./source_maps.ts";

const LEVELS: readonly LineLevel[] = ["error", "warn", "info", "debug"];

/** Who knows of processes besides the log. */
export interface Informed {
  /** Told of each end; says whether the app started the process itself. */
  readonly isOwn: (pid: Pid) => boolean;
  /** Counts those that live, when somebody wants to know. */
  readonly census: Pick<CensusBoard, "spawned" | "exited"> | undefined;
  /** Count what happens; nobody does when absent. */
  readonly metrics?: ProcessMetrics | undefined;
  /** Make places in sources of those in bundles. */
  readonly sourceMaps: Pick<SourceMaps, "locate" | "locateReason">;
}

/** Writes what happens to guests to `log`. */
export function engineObserver(
  log: Log,
  { isOwn, census, metrics, sourceMaps }: Informed,
): EngineObserver {
  const tellsAll = log.allows("debug");
  return {
    ...tellsAll || census !== undefined || metrics !== undefined
      ? { spawned: spawnObserver(log, census, metrics) }
      : {},
    exited(pid, component, reason, linkedTo) {
      census?.exited(component);
      metrics?.exited(component, reason);
      // One that answers and ends well has its line in the access log already.
      const isTold = isOwn(pid) || reason !== "normal" || tellsAll;
      if (!isTold || !log.allows("error")) return;
      const located = sourceMaps.locateReason(component, reason);
      log.lifecycle({
        ...{ type: "exit", component, pid: pidText(pid), reason: located },
        ...linkedTo === undefined ? {} : { linkedTo: pidText(linkedTo) },
      });
    },
    logged(pid, component, level, text) {
      const who = pid === undefined ? "load" : pidText(pid);
      const lineLevel = LEVELS[level] ?? "info";
      if (!log.allows(lineLevel)) return;
      const located = sourceMaps.locate(component, text);
      log.guest(component, who, lineLevel, located);
    },
    refused(pid) {
      metrics?.messageRefused();
      log.warn(`Cannot copy a message to another scheduler: for ${pid}`);
    },
    schedulerLost(scheduler, why) {
      metrics?.schedulerLost();
      log.error(`Lost scheduler ${scheduler}: ${why}`);
    },
  };
}

function spawnObserver(
  log: Log,
  census: Informed["census"],
  metrics: Informed["metrics"],
): NonNullable<EngineObserver["spawned"]> {
  const tellsAll = log.allows("debug");
  return (pid, { name, capability }) => {
    census?.spawned(name);
    metrics?.spawned(name);
    if (!tellsAll) return;
    const event = { component: name, pid: pidText(pid), capability };
    log.lifecycle({ type: "spawn", ...event });
  };
}

/** Writes what supervisors do about the ends of their children to `log`, and counts it. */
export function supervisionObserver(
  log: Log,
  metrics?: ProcessMetrics,
): Observer {
  return {
    restarted(restart) {
      metrics?.restarted(restart);
      const { isGivenUp, supervisor, count, countMax, waitMs, ...rest } =
        restart;
      const event = { ...rest, supervisor: pidText(supervisor) };
      log.lifecycle(
        isGivenUp
          ? { type: "gaveUp", ...event }
          : { type: "restart", ...event, count, countMax, waitMs },
      );
    },
  };
}
