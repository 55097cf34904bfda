/**
 * The rows of `component`: what is held against what, and how well it must do.
 *
 * @module
 */

import { denoVariant, type RowPlan, type Variant } from "../noun.ts";
import {
  BATCH,
  MESSAGE_BYTES,
  PARKED,
  ROUNDS,
  SPAWNS,
} from "../wasm/counts.ts";
import {
  CALLS,
  GLUE_SPAWNS,
  LIST_CALLS,
  LOADS,
  REQUESTS,
  REQUESTS_WINDOW,
} from "./counts.ts";
import { jcoVariant } from "./jco.ts";

const FILE = `${import.meta.dirname}/../component.ts`;

const PROCESSES = { unit: "processes/s", figure: "processesPerSecond" };
const CALLS_PER_SECOND = { unit: "calls/s", figure: "callsPerSecond" };

const SPAWN = rusm("spawnRunExit");
const LOADING = rusm("load");

/** What a component costs that only runs. */
export const SPAWN_ROWS: readonly RowPlan[] = [
  {
    name: "spawnRunExit",
    what: `${many(SPAWNS)} processes of a component, ${
      many(BATCH)
    } at once: the shape of spawnRunExit of wasm, whose module is all there is in the component. Held against processes of that module without a component.`,
    ...PROCESSES,
    variant: SPAWN,
    against: core("spawnCore"),
    bar: 0.5,
  },
  {
    name: "spawnRunExitJco",
    what:
      `The same; held against the glue of jco-transpile 0.15.0, which is that of jco 1.35: it makes ${
        many(GLUE_SPAWNS)
      } instances and calls each on a fiber, ${
        many(BATCH)
      } at once, without anything that would stop or bound them.`,
    ...PROCESSES,
    variant: SPAWN,
    against: jcoVariant("current", FILE, "spawnJco", "jco 1.35"),
    bar: 3,
  },
  {
    name: "spawnRunExitOldJco",
    what:
      "The same; held against the glue of jco 1.10.2, which knows no async functions and is the fastest there is.",
    ...PROCESSES,
    variant: SPAWN,
    against: jcoVariant("old", FILE, "spawnOldJco", "jco 1.10.2"),
    bar: null,
  },
  {
    name: "spawnWithImports",
    what:
      "The same with a component that imports five functions of an interface, of a module, its shim and its fixup, as programs are; its export does nothing. Held against processes of a module that imports the like from rusm.",
    ...PROCESSES,
    variant: rusm("spawnWithImports"),
    against: core("spawnCoreWithImports"),
    bar: 0.5,
  },
];

/** What it costs a component to call the host. */
export const CALL_ROWS: readonly RowPlan[] = [
  {
    name: "hostCalls",
    what: `${
      many(CALLS)
    } calls of a host function of a number that answers with a number; timed from the spawn of the process that makes them to its exit. Held against the same module in a bare instance, on a fiber too, whose import is a function of JavaScript.`,
    ...CALLS_PER_SECOND,
    variant: rusm("numbers"),
    against: bare("bareNumbers"),
    bar: 0.5,
  },
  {
    name: "hostCallsOfLists",
    what: `${
      many(LIST_CALLS)
    } calls of a host function that is given a list of 1 KiB; held against the same, whose import copies the bytes.`,
    ...CALLS_PER_SECOND,
    variant: rusm("lists"),
    against: bare("bareLists"),
    bar: 0.3,
  },
];

/** What messages cost, and waiting for them. */
export const MESSAGE_ROWS: readonly RowPlan[] = [
  {
    name: "guestMessages",
    what:
      `Two components of one scheduler send each other ${MESSAGE_BYTES} bytes at a time, ${
        many(ROUNDS)
      } there and as many back, as lists, by an interface of the benchmark; timed from their spawn to their exit. Held against guestMessages of wasm, which are core modules.`,
    unit: "messages/s",
    figure: "messagesPerSecond",
    variant: rusm("messages"),
    against: core("coreMessages"),
    bar: 0.7,
  },
  {
    name: "parked",
    what: `${
      many(PARKED)
    } components wait in a function of the host; growth of the memory that the operating system counts, per guest, without the page of 4 KiB that each has touched of its own. Held against core modules that wait in a receive, and have as many imports and the like exports. Less is better.`,
    unit: "bytes",
    figure: "parkedBytes",
    variant: rusm("parked"),
    against: core("coreParked"),
    bar: 1.3,
  },
];

/** What it costs that each request has a process of its own. */
export const REQUEST_ROWS: readonly RowPlan[] = [
  {
    name: "requests",
    what: `${
      many(REQUESTS)
    } requests to a component of compiled C that exports wasi:http/incoming-handler, ${REQUESTS_WINDOW} at once, by Engine.handle and without a socket: each is answered by a new process on one scheduler in another thread. Timed until the last answer was read. Held against as many processes of the component of spawnRunExit, which the main thread spawns there, as many at once.`,
    ...PROCESSES,
    variant: rusm("requests"),
    against: denoVariant(FILE, "remoteSpawns", "spawns"),
    bar: 0.3,
  },
];

/** What it costs to make a component ready. */
export const LOAD_ROWS: readonly RowPlan[] = [
  {
    name: "load",
    what:
      `A component around 9.5 KB of compiled C is decoded, its imports are checked, and its module is rewritten and compiled; median of ${LOADS.warm} that each have bytes of their own, when ${
        LOADS.cold + LOADS.warming
      } others were. Held against WebAssembly.compile of the same module as it is, in the same process, in turns. Less is better.`,
    unit: "µs",
    figure: "loadUs",
    variant: LOADING,
    against: { name: "WebAssembly.compile", figure: "compileUs" },
    bar: 3,
  },
  {
    name: "loadCold",
    what:
      `The same while V8 still interprets most of the loader: median of the first ${LOADS.cold} in the process, held against as many modules that are compiled in turns with them. Less is better.`,
    unit: "µs",
    figure: "coldLoadUs",
    variant: LOADING,
    against: { name: "WebAssembly.compile", figure: "coldCompileUs" },
    bar: null,
  },
  {
    name: "loadFirst",
    what: "The very first of them. Less is better.",
    unit: "µs",
    figure: "firstLoadUs",
    variant: LOADING,
    against: null,
    bar: null,
  },
  {
    name: "loadCached",
    what:
      "A component of load again, which is only looked up by what its bytes are; held against load. Less is better.",
    unit: "µs",
    figure: "cachedUs",
    variant: LOADING,
    against: { name: "load", figure: "loadUs" },
    bar: 0.1,
  },
];

function rusm(id: string): Variant {
  return denoVariant(FILE, id, "rusm");
}

function core(id: string): Variant {
  return denoVariant(FILE, id, "core module");
}

function bare(id: string): Variant {
  return denoVariant(FILE, id, "bare import");
}

function many(count: number): string {
  return count.toLocaleString("en");
}
