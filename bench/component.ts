/**
 * Are components cheap next to core modules, and to the glue of others?
 *
 * @module
 */

import type { Engine } from "@rusm/wasm";
import { bareCalls, withGuestCalls } from "./component/calls.ts";
import { guest, waiter, wrapped } from "./component/components.ts";
import {
  CALLS,
  GLUE_SPAWNS,
  LIST_CALLS,
  LOADS,
  REQUESTS,
  REQUESTS_WINDOW,
} from "./component/counts.ts";
import { hostOf } from "./component/host.ts";
import { glueOf, glueRun, type JcoVersion } from "./component/jco.ts";
import { measureLoads } from "./component/loading.ts";
import { loadComponent } from "./component/local.ts";
import { componentPingPong } from "./component/messages.ts";
import {
  CALL_ROWS,
  LOAD_ROWS,
  MESSAGE_ROWS,
  REQUEST_ROWS,
  SPAWN_ROWS,
} from "./component/rows.ts";
import { withRequests } from "./component/requests.ts";
import { type Figures, type Noun, playVariant } from "./noun.ts";
import { rate } from "./otp/timing.ts";
import { BATCH, PARKED, ROUNDS, SPAWNS } from "./wasm/counts.ts";
import { LocalScheduler, ROOMY, type Spawner } from "./wasm/local.ts";
import { guestPingPong } from "./wasm/messages.ts";
import { assemble, IMPORTING, SMALL } from "./wasm/modules.ts";
import { withSpawns } from "./wasm/schedulers.ts";
import { spawnRunExit } from "./wasm/spawns.ts";
import { measureGrowth, measureParked } from "./wasm/waiting.ts";

/** Rows of components against what is below them, all in the same minutes. */
export const component: Noun = {
  name: "component",
  question: "What do components cost next to the core modules in them?",
  rows: [
    ...SPAWN_ROWS,
    ...CALL_ROWS,
    ...MESSAGE_ROWS,
    ...REQUEST_ROWS,
    ...LOAD_ROWS,
  ],
};

async function spawns(
  load: (scheduler: LocalScheduler) => Promise<Spawner>,
): Promise<Figures> {
  using scheduler = new LocalScheduler();
  const spawner = await load(scheduler);
  const counts = { total: SPAWNS, batch: BATCH };
  const run = () => spawnRunExit(scheduler, spawner, counts);
  return processes(await rate(SPAWNS, run));
}

async function glueSpawns(version: JcoVersion): Promise<Figures> {
  const instantiate = await glueOf(version, await small(), "run");
  const counts = { total: GLUE_SPAWNS, batch: BATCH };
  const run = () => glueRun(instantiate, "run", counts);
  return processes(await rate(GLUE_SPAWNS, run));
}

function processes(processesPerSecond: number): Figures {
  return { processesPerSecond };
}

async function small(): Promise<Uint8Array<ArrayBuffer>> {
  return wrapped(await assemble(SMALL), "run");
}

// Whatever is spawned, it is called `run`.
async function importing(scheduler: LocalScheduler): Promise<Spawner> {
  const loaded = await loadComponent(scheduler, guest(), [hostOf(1)]);
  return { spawn: () => loaded.spawn("nothing") };
}

async function guestCalls(entry: string, rounds: number): Promise<Figures> {
  const play = (run: () => Promise<number>) => rate(rounds, run);
  return calls(await withGuestCalls(entry, rounds, play));
}

async function plainCalls(entry: string, rounds: number): Promise<Figures> {
  return calls(await rate(rounds, await bareCalls(entry, rounds)));
}

function calls(callsPerSecond: number): Figures {
  return { callsPerSecond };
}

async function messages(
  pingPong: typeof guestPingPong,
): Promise<Figures> {
  using scheduler = new LocalScheduler();
  const run = await pingPong(scheduler, ROUNDS);
  return { messagesPerSecond: await rate(2 * ROUNDS, run) };
}

const REQUESTED = { total: REQUESTS, window: REQUESTS_WINDOW };

async function requests(): Promise<Figures> {
  const play = (ask: () => Promise<number>) => rate(REQUESTS, ask);
  return processes(await withRequests(REQUESTED, play));
}

async function remoteSpawns(): Promise<Figures> {
  const bytes = await small();
  const play = (spawnAll: () => Promise<number>) => rate(REQUESTS, spawnAll);
  const load = (engine: Engine) => engine.loadComponent("small", bytes, ROOMY);
  return processes(await withSpawns(1, REQUESTED, play, load));
}

async function parked(): Promise<Figures> {
  using scheduler = new LocalScheduler();
  const module = await loadComponent(scheduler, waiter(), [hostOf(1)]);
  return await measureGrowth(scheduler, { module, entry: "wait" }, PARKED);
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    spawnRunExit: () =>
      spawns(async (scheduler) => loadComponent(scheduler, await small())),
    spawnCore: () =>
      spawns(async (scheduler) => scheduler.load(await assemble(SMALL))),
    spawnJco: () => glueSpawns("current"),
    spawnOldJco: () => glueSpawns("old"),
    spawnWithImports: () => spawns(importing),
    spawnCoreWithImports: () =>
      spawns(async (scheduler) => scheduler.load(await assemble(IMPORTING))),
    numbers: () => guestCalls("numbers", CALLS),
    bareNumbers: () => plainCalls("numbers", CALLS),
    lists: () => guestCalls("lists", LIST_CALLS),
    bareLists: () => plainCalls("lists", LIST_CALLS),
    messages: () => messages(componentPingPong),
    coreMessages: () => messages(guestPingPong),
    parked,
    coreParked: () => measureParked(PARKED),
    requests,
    remoteSpawns,
    load: () => measureLoads(LOADS),
  });
}
