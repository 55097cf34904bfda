/**
 * Are Wasm processes cheap next to bare instances, and their code next to
 * code that nobody can stop?
 *
 * @module
 */

import { Runtime } from "@rusm/otp";
import { type Figures, type Noun, playVariant } from "./noun.ts";
import { pingPongAwait } from "./otp/messages.ts";
import { rate } from "./otp/timing.ts";
import {
  fastestMs,
  plainRunner,
  type Runner,
  withGuestRunner,
} from "./wasm/code.ts";
import {
  BARE_SPAWNS,
  BATCH,
  HIBERNATED,
  LOOP_TURNS,
  MANY_LIVE,
  NATIVE_ROUNDS,
  PARKED,
  PHASE_MS,
  REMOTE_SPAWNS,
  REMOTE_WINDOW,
  ROUNDS,
  SPAWNS,
  STREAM_BATCH,
  STREAMED,
  WAITING_PAIRS,
  WAKES,
} from "./wasm/counts.ts";
import { LocalScheduler } from "./wasm/local.ts";
import {
  guestPingPong,
  withGuestStream,
  withPostedStream,
} from "./wasm/messages.ts";
import {
  assemble,
  loop,
  MIX,
  SMALL,
  SUM,
  TABLE_GROWING,
  workload,
} from "./wasm/modules.ts";
import {
  CODE_ROWS,
  MESSAGE_ROWS,
  SPAWN_ROWS,
  WAITING_ROWS,
} from "./wasm/rows.ts";
import {
  callers,
  measureBystanders,
  waitingPairs,
  withSpawns,
} from "./wasm/schedulers.ts";
import { bareRun, spawnRunExit } from "./wasm/spawns.ts";
import {
  measureFlatSend,
  measureFlatSpawn,
  measureHibernated,
  measureParked,
} from "./wasm/waiting.ts";

/** Rows of guests against what V8 does without them, all in the same minutes. */
export const wasm: Noun = {
  name: "wasm",
  question:
    "What do Wasm processes cost next to bare instances and plain code?",
  rows: [...SPAWN_ROWS, ...CODE_ROWS, ...MESSAGE_ROWS, ...WAITING_ROWS],
};

/** @param isRecycled What the module must be: another would answer another question. */
async function guestSpawns(
  text: string,
  isRecycled: boolean,
): Promise<Figures> {
  using scheduler = new LocalScheduler();
  const module = await scheduler.load(await assemble(text));
  if (module.core.isRestorable !== isRecycled) {
    throw new Error(`Cannot time a module that is recycled: ${!isRecycled}`);
  }
  const counts = { total: SPAWNS, batch: BATCH };
  return processes(
    await rate(SPAWNS, () => spawnRunExit(scheduler, module, counts)),
  );
}

async function bareSpawns(text: string): Promise<Figures> {
  const bytes = await assemble(text);
  return processes(await rate(BARE_SPAWNS, () => bareRun(bytes, BARE_SPAWNS)));
}

async function remoteSpawns(schedulers: number): Promise<Figures> {
  const counts = { total: REMOTE_SPAWNS, window: REMOTE_WINDOW };
  return processes(
    await withSpawns(schedulers, counts, (run) => rate(REMOTE_SPAWNS, run)),
  );
}

function processes(processesPerSecond: number): Figures {
  return { processesPerSecond, processUs: 1e6 / processesPerSecond };
}

function loopOf(body: string): Promise<Uint8Array<ArrayBuffer>> {
  return assemble(loop(body, LOOP_TURNS));
}

async function runMs(run: Runner): Promise<Figures> {
  return { runMs: await fastestMs(run, "run") };
}

async function realWorkload(run: Runner): Promise<Figures> {
  const compressionMs = await fastestMs(run, "compression");
  const jsonMs = await fastestMs(run, "json");
  const sha256Ms = await fastestMs(run, "sha256");
  const runMs = compressionMs + jsonMs + sha256Ms;
  return { runMs, compressionMs, jsonMs, sha256Ms };
}

async function localMessages(): Promise<Figures> {
  using scheduler = new LocalScheduler();
  return messages(
    await rate(2 * ROUNDS, await guestPingPong(scheduler, ROUNDS)),
  );
}

function messages(messagesPerSecond: number): Figures {
  return { messagesPerSecond };
}

async function streamed(withStream: typeof withGuestStream): Promise<Figures> {
  const batches = STREAMED / STREAM_BATCH;
  return messages(
    await withStream(batches, (stream) => rate(STREAMED, stream)),
  );
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    spawnRunExit: () => guestSpawns(SMALL, true),
    bare: () => bareSpawns(SMALL),
    spawnNotRecycled: () => guestSpawns(TABLE_GROWING, false),
    bareNotRecycled: () => bareSpawns(TABLE_GROWING),
    oneScheduler: () => remoteSpawns(1),
    twoSchedulers: () => remoteSpawns(2),
    tightLoop: async () => await withGuestRunner(await loopOf(SUM), runMs),
    tightLoopPlain: async () => await runMs(plainRunner(await loopOf(SUM))),
    mixingLoop: async () => await withGuestRunner(await loopOf(MIX), runMs),
    mixingLoopPlain: async () => await runMs(plainRunner(await loopOf(MIX))),
    realWorkload: () => withGuestRunner(workload(), realWorkload),
    realWorkloadPlain: () => realWorkload(plainRunner(workload())),
    guestMessages: localMessages,
    nativeMessages: async () =>
      messages(
        await rate(
          2 * NATIVE_ROUNDS,
          () => pingPongAwait(new Runtime(), NATIVE_ROUNDS),
        ),
      ),
    guestMessagesAcross: () => streamed(withGuestStream),
    postedMessages: () => streamed(withPostedStream),
    bystanders: () => measureBystanders(PHASE_MS, callers),
    waitingBystanders: () =>
      measureBystanders(PHASE_MS, waitingPairs(WAITING_PAIRS)),
    parked: () => measureParked(PARKED),
    hibernated: () => measureHibernated(HIBERNATED, WAKES),
    flatSpawn: () => measureFlatSpawn(MANY_LIVE, SPAWNS / 2),
    flatSend: () => measureFlatSend(MANY_LIVE, ROUNDS / 2),
  });
}
