/**
 * What a node counts.
 *
 * @module
 */

import process from "node:process";
import type { Runtime, SchedulerLoad } from "@rusm/otp";
import type { SchedulerInfo } from "@rusm/wasm";
import { type Family, type Sample, single } from "./family.ts";
import {
  LISTENER_FAMILIES,
  type ListenerFamily,
  ListenerMetrics,
} from "./listener_metrics.ts";
import { ProcessMetrics } from "./process_metrics.ts";
import type { MeasuredStore } from "./store_metrics.ts";

/** What is looked at when somebody asks. */
export interface Looked {
  /** The processes of the main thread. */
  readonly runtime: Pick<Runtime, "load" | "counters">;
  /** Those of guests. */
  readonly schedulers: readonly SchedulerInfo[];
}

/** Counts what happens on a node. */
export class NodeMetrics {
  /** Counts what becomes of processes. */
  readonly processes: ProcessMetrics = new ProcessMetrics();
  readonly #listeners = new Map<string, ListenerMetrics>();
  readonly #store: MeasuredStore | undefined;

  /** Nothing has happened yet. */
  constructor(store: MeasuredStore | undefined) {
    this.#store = store;
  }

  /** What counts at the listener of an address: the same for the same address. */
  listener(address: string, protocol: string): ListenerMetrics {
    const key = `${protocol} ${address}`;
    let metrics = this.#listeners.get(key);
    if (metrics === undefined) {
      metrics = new ListenerMetrics(address, protocol);
      this.#listeners.set(key, metrics);
    }
    return metrics;
  }

  /** All that was counted, and what is now. */
  families(looked: Looked): readonly Family[] {
    return [
      ...this.#listenerFamilies(),
      ...this.processes.families(),
      ...schedulerFamilies(looked),
      ...this.#store?.families() ?? [],
      ...processFamilies(),
    ];
  }

  #listenerFamilies(): readonly Family[] {
    const all = [...this.#listeners.values()].map((each) => each.samples());
    return Object.entries(LISTENER_FAMILIES).map(([key, family]) => ({
      ...family,
      samples: all.flatMap((samples) => samples[key as ListenerFamily]),
    }));
  }
}

function schedulerFamilies(
  { runtime, schedulers }: Looked,
): readonly Family[] {
  const silent = schedulers.filter(({ isSilent }) => isSilent).length;
  const { refused, dropped } = runtime.counters();
  return [
    {
      ...{ name: "rusm_schedulers", type: "gauge" },
      ...{ help: "Schedulers of guests, by whether they give signs of life" },
      samples: [
        { labels: { state: "answering" }, value: schedulers.length - silent },
        { labels: { state: "silent" }, value: silent },
      ],
    },
    {
      ...{ name: "rusm_scheduler_processes", type: "gauge" },
      ...{ help: "Processes that live on a scheduler of guests" },
      samples: schedulers.map(({ scheduler, aliveCount: value }) => ({
        ...{ labels: { scheduler: String(scheduler) }, value },
      })),
    },
    {
      ...{ name: "rusm_scheduler_run_queue", type: "gauge" },
      ...{ help: "Processes that wait for their turn; 0 is the main thread" },
      samples: queueSamples(runtime.load(), schedulers),
    },
    {
      ...{ name: "rusm_scheduler_heap_bytes", type: "gauge" },
      ...{ help: "JavaScript heap of a scheduler; 0 is the main thread" },
      samples: heapSamples(schedulers),
    },
    single(
      ...["counter", "rusm_native_messages_refused"] as const,
      "Messages that a full mailbox of the main thread refused",
      refused,
    ),
    single(
      ...["counter", "rusm_native_messages_dropped"] as const,
      "Messages that a full mailbox of the main thread dropped",
      dropped,
    ),
  ];
}

function queueSamples(
  { runQueueLength }: SchedulerLoad,
  schedulers: readonly SchedulerInfo[],
): Sample[] {
  return [
    { labels: { scheduler: "0" }, value: runQueueLength },
    ...told(schedulers, ({ waitingCount }) => waitingCount),
  ];
}

function heapSamples(schedulers: readonly SchedulerInfo[]): Sample[] {
  const { heapUsed } = Deno.memoryUsage();
  return [
    { labels: { scheduler: "0" }, value: heapUsed },
    ...told(schedulers, ({ heapBytes }) => heapBytes),
  ];
}

// As of the last sign of life.
function told(
  schedulers: readonly SchedulerInfo[],
  valueOf: (load: NonNullable<SchedulerInfo["load"]>) => number,
): Sample[] {
  return schedulers.flatMap(({ scheduler, load }) =>
    load === undefined ? [] : [{
      ...{ labels: { scheduler: String(scheduler) }, value: valueOf(load) },
    }]
  );
}

// The names that Prometheus has for every OS process.
function processFamilies(): readonly Family[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      ...{ name: "rusm_build_info", type: "gauge" },
      ...{ help: "What the node runs on; always 1" },
      samples: [{
        labels: { deno: Deno.version.deno, v8: Deno.version.v8 },
        value: 1,
      }],
    },
    single(
      ...["counter", "process_cpu_seconds"] as const,
      "Processor time of all threads, in seconds",
      (user + system) / 1e6,
    ),
    single(
      ...["gauge", "process_resident_memory_bytes"] as const,
      "Memory of the OS process, in bytes",
      Deno.memoryUsage().rss,
    ),
    single(
      ...["gauge", "process_start_time_seconds"] as const,
      "When the OS process began, in seconds since 1970",
      performance.timeOrigin / 1_000,
    ),
  ];
}
