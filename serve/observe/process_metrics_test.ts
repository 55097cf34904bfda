import { deepStrictEqual } from "node:assert";
import { type ExitReason, Pid, type RestartInfo } from "@rusm/otp";
import { PROMETHEUS } from "./exposition.ts";
import { ProcessMetrics } from "./process_metrics.ts";
import { parseExposition } from "./testdata/parse_exposition.ts";

/** Values that are not 0, as `name{label values}`. */
function read(metrics: ProcessMetrics): Record<string, number> {
  const text = PROMETHEUS.format(metrics.families());
  const { series } = parseExposition(text, false);
  return Object.fromEntries(
    series.filter(({ value }) => value !== 0).map(({ name, labels, value }) => [
      `${name.slice("rusm_".length)}{${Object.values(labels)}}`,
      value,
    ]),
  );
}

Deno.test("ProcessMetrics counts lives by component", () => {
  const metrics = new ProcessMetrics();
  metrics.spawned("api");
  metrics.spawned("api");
  metrics.spawned("clock");
  metrics.exited("api", "normal");
  deepStrictEqual(read(metrics), {
    "processes_started_total{api}": 2,
    "processes_started_total{clock}": 1,
    "processes{api}": 1,
    "processes{clock}": 1,
    "process_exits_total{api,normal}": 1,
  });
});

const REASONS: readonly (readonly [ExitReason, string])[] = [
  ["normal", "normal"],
  ["shutdown", "shutdown"],
  ["kill", "killed"],
  ["killed", "killed"],
  ["noproc", "noproc"],
  ["noconnection", "noconnection"],
  [{ type: "crashed", name: "Error", message: "m" }, "crashed"],
  [{ type: "limit", limit: "cpu", message: "m" }, "limit_cpu"],
  [{ type: "limit", limit: "memory", message: "m" }, "limit_memory"],
  [{ type: "exit", payload: "any" }, "exit"],
];

for (const [reason, word] of REASONS) {
  Deno.test(`exited() with ${JSON.stringify(reason)} counts ${word}`, () => {
    const metrics = new ProcessMetrics();
    metrics.spawned("api");
    metrics.exited("api", reason);
    deepStrictEqual(read(metrics), {
      "processes_started_total{api}": 1,
      [`process_exits_total{api,${word}}`]: 1,
    });
  });
}

function restart(child: string, isGivenUp: boolean): RestartInfo {
  const supervisor = new Pid(0, 0, 1);
  const numbers = { count: 1, countMax: 3, waitMs: 0 };
  return { child, isGivenUp, supervisor, reason: "killed", ...numbers };
}

Deno.test("restarted() counts what has the name of a component by it, and all else as one", () => {
  const metrics = new ProcessMetrics();
  metrics.spawned("clock");
  metrics.restarted(restart("clock", false));
  for (let child = 0; child < 100; child++) {
    metrics.restarted(restart(`chosen by a guest: ${child}`, false));
  }
  metrics.restarted(restart("clock", true));
  deepStrictEqual(read(metrics), {
    "processes_started_total{clock}": 1,
    "processes{clock}": 1,
    "supervisor_restarts_total{clock}": 1,
    "supervisor_restarts_total{}": 100,
    "supervisors_given_up_total{}": 1,
  });
});

Deno.test("ProcessMetrics counts what schedulers lose", () => {
  const metrics = new ProcessMetrics();
  metrics.messageRefused();
  metrics.schedulerLost();
  deepStrictEqual(read(metrics), {
    "messages_refused_total{}": 1,
    "schedulers_lost_total{}": 1,
  });
});
