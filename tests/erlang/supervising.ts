/**
 * The supervisors of a scenario, and their children, on our side.
 *
 * @module
 */

import {
  type ChildSpec as OurChildSpec,
  dynamicSupervisor,
  startSupervisor,
  supervisor,
  type SupervisorBody,
} from "@rusm/otp";
import { body } from "./body.ts";
import type { Cast, Supervisor } from "./cast.ts";
import type { ChildSpec, DynamicPlan, SupervisorPlan } from "./scenario.ts";

// Long enough for all but stubborn children.
const SHUTDOWN_MS = 20;
const PERIOD_MS = 3_600_000;

// The child of a nested supervisor.
const X: ChildSpec = {
  id: "x",
  restart: "permanent",
  kind: "obedient",
  shutdown: "timeout",
  significant: false,
  fails: [],
};

/** Starts a supervisor, and answers its number. */
export function supervise(cast: Cast, plan: SupervisorPlan): number {
  const key = String(cast.processes.length);
  const pid = startSupervisor(cast.runtime, {
    strategy: plan.strategy,
    restartsMax: plan.intensity,
    periodMs: PERIOD_MS,
    autoShutdown: plan.autoShutdown,
    children: plan.children.map((child) => specOf(cast, key, child)),
  });
  const endsItself = plan.autoShutdown !== "never";
  const kind = { isDynamic: false, isNested: false, endsItself };
  return cast.numberSupervisor({ pid, key, ...kind });
}

/** Starts a dynamic supervisor, and answers its number. */
export function superviseDynamic(
  cast: Cast,
  { intensity, child }: DynamicPlan,
): number {
  const key = String(cast.processes.length);
  const spec = specOf(cast, key, { ...child, id: "dynamic" });
  const { pid } = cast.runtime.spawn(dynamicSupervisor({
    ...spec,
    // Every child takes any message, as all processes of scenarios do.
    start: spec.start as never,
    restartsMax: intensity,
    periodMs: PERIOD_MS,
  }));
  const untyped = pid as Supervisor["pid"];
  const kind = { isDynamic: true, isNested: false, endsItself: false };
  return cast.numberSupervisor({ pid: untyped, key, ...kind });
}

/** A child of the supervisor with `key`, as we write it. */
export function specOf(
  cast: Cast,
  key: string,
  { id, restart, kind, shutdown, significant, fails }: ChildSpec,
): OurChildSpec {
  let starts = 0;
  const traps = kind !== "plain";
  const obedientAs = kind === "obedient" ? id : undefined;
  return {
    id,
    restart,
    significant,
    shutdown: shutdown === "timeout" ? { timeoutMs: SHUTDOWN_MS } : shutdown,
    spawn: { label: `${key} ${id} ${kind}` },
    start() {
      if (kind === "nested") return nested(cast, `${key}.${id}`);
      if (!fails.includes(++starts)) return body(cast, { traps, obedientAs });
      const supervisor = cast.supervisorPid(key);
      cast.note(() => ["failed", cast.numberOf(supervisor), id]);
      throw new Error("oops");
    },
  };
}

function nested(cast: Cast, key: string): SupervisorBody {
  const children = [specOf(cast, key, X)];
  return supervisor({ children, restartsMax: 1, periodMs: PERIOD_MS });
}
