import { ok, strictEqual } from "node:assert";
import { OPEN_METRICS, PROMETHEUS } from "./exposition.ts";
import { type Looked, NodeMetrics } from "./node_metrics.ts";
import { parseExposition } from "./testdata/parse_exposition.ts";

const LOOKED: Looked = {
  runtime: {
    load: () => ({ runQueueLength: 5, reductions: 0, slices: 0, busyMs: 0 }),
    counters: () => ({ spawned: 0, exited: 0, refused: 6, dropped: 7 }),
  },
  schedulers: [
    {
      ...{ scheduler: 1, aliveCount: 3, isSilent: false },
      load: { waitingCount: 2, heapBytes: 4_096 },
    },
    { scheduler: 2, aliveCount: 0, isSilent: true },
  ],
};

function read() {
  const families = new NodeMetrics(undefined).families(LOOKED);
  return parseExposition(PROMETHEUS.format(families), false);
}

// deno-fmt-ignore
const VALUES = [
  ["rusm_schedulers", { state: "answering" }, 1],
  ["rusm_schedulers", { state: "silent" }, 1],
  ["rusm_scheduler_processes", { scheduler: "1" }, 3],
  ["rusm_scheduler_run_queue", { scheduler: "0" }, 5],
  ["rusm_scheduler_run_queue", { scheduler: "1" }, 2],
  ["rusm_scheduler_heap_bytes", { scheduler: "1" }, 4_096],
  ["rusm_native_messages_refused_total", {}, 6],
  ["rusm_native_messages_dropped_total", {}, 7],
  ["rusm_build_info", { deno: Deno.version.deno, v8: Deno.version.v8 }, 1],
] as const;

for (const [name, labels, value] of VALUES) {
  Deno.test(`families() has ${name} of ${Object.values(labels)}`, () => {
    strictEqual(read().get(name, labels), value);
  });
}

Deno.test("families() says nothing of a scheduler that has not said anything", () => {
  const { series } = read();
  const ofSecond = series.filter(({ labels }) => labels.scheduler === "2");
  strictEqual(ofSecond.length, 1);
});

Deno.test("families() measures the OS process", () => {
  const { get } = read();
  ok(get("process_cpu_seconds_total") > 0);
  ok(get("process_resident_memory_bytes") > 2 ** 20);
  ok(Math.abs(get("process_start_time_seconds") - Date.now() / 1_000) < 86_400);
  ok(get("rusm_scheduler_heap_bytes", { scheduler: "0" }) > 0);
});

Deno.test("families() can be written as OpenMetrics", () => {
  const families = new NodeMetrics(undefined).families(LOOKED);
  const { types } = parseExposition(OPEN_METRICS.format(families), true);
  strictEqual(types.get("process_cpu_seconds"), "counter");
});
