/**
 * What the log is told of processes.
 *
 * @module
 */

import type { Observer, Pid } from "@rusm/otp";
import type { EngineObserver } from "@rusm/wasm";
import { type LineLevel, type Log, pidText } from "../log.ts";
import type { CensusBoard } from "./census_board.ts";
import type { SourceMaps } from "./source_maps.ts";

const LEVELS: readonly LineLevel[] = ["error", "warn", "info", "debug"];

/** Who knows of processes besides the log. */
export interface Informed {
  /** Told of each end; says whether the app started the process itself. */
  readonly isOwn: (pid: Pid) => boolean;
  /** Counts those that live, when somebody wants to know. */
  readonly census: Pick<CensusBoard, "spawned" | "exited"> | undefined;
  /** Make places in sources of those in bundles. */
  readonly sourceMaps: Pick<SourceMaps, "locate" | "locateReason">;
}

/** Writes what happens to guests to `log`. */
export function engineObserver(
  log: Log,
  { isOwn, census, sourceMaps }: Informed,
): EngineObserver {
  const tellsAll = log.allows("debug");
  return {
    ...tellsAll || census !== undefined
      ? { spawned: spawnObserver(log, census) }
      : {},
    exited(pid, component, reason, linkedTo) {
      census?.exited(component);
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
      log.warn(`Cannot copy a message to another scheduler: for ${pid}`);
    },
    schedulerLost(scheduler, why) {
      log.error(`Lost scheduler ${scheduler}: ${why}`);
    },
  };
}

function spawnObserver(
  log: Log,
  census: Informed["census"],
): NonNullable<EngineObserver["spawned"]> {
  const tellsAll = log.allows("debug");
  return (pid, { name, capability }) => {
    census?.spawned(name);
    if (!tellsAll) return;
    const event = { component: name, pid: pidText(pid), capability };
    log.lifecycle({ type: "spawn", ...event });
  };
}

/** Writes what supervisors do about the ends of their children to `log`. */
export function supervisionObserver(log: Log): Observer {
  return {
    restarted({ isGivenUp, supervisor, count, countMax, waitMs, ...rest }) {
      const event = { ...rest, supervisor: pidText(supervisor) };
      log.lifecycle(
        isGivenUp
          ? { type: "gaveUp", ...event }
          : { type: "restart", ...event, count, countMax, waitMs },
      );
    },
  };
}
