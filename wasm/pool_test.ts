import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import type { ExitReason, Pid } from "@rusm/otp";

import {
  BUILT_IN_PROFILES,
  defineProfile,
  permissionsOf,
} from "./capability.ts";
import { SchedulerFailed } from "./errors.ts";
import { HEARTBEATS_MISSED_MAX, PROCESSES_MAX } from "./limits.ts";
import {
  beatUntil,
  countingWorkers,
  watch,
  type WatchedPool,
  withPool,
} from "./testdata/workers.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const permissions = permissionsOf(SANDBOXED);

/** Waits for a message, says it, and ends. */
const LISTENER = "exports.default = () => console.log(Process.receiveText())";

/** Answers every message behind the first, which says to whom. */
const ECHO = `exports.default = () => {
  const to = Process.receiveText();
  for (;;) { Process.receive(); Process.send(to, "pong"); }
}`;

const LOST: ExitReason = {
  type: "crashed",
  name: "SchedulerLost",
  message: "The scheduler was lost: it gave no sign of life 5 times",
};

/** Gives up all schedulers that there are now. */
function loseAll({ pool, losses }: WatchedPool): void {
  const count = losses.length + [...pool.schedulers()].length;
  beatUntil(() => losses.length >= count, () => pool.ping());
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** How many of `pids` run on each scheduler. */
function placesOf(pids: Pid[]): Record<number, number> {
  const places: Record<number, number> = {};
  for (const { scheduler } of pids) {
    places[scheduler] = (places[scheduler] ?? 0) + 1;
  }
  return places;
}

Deno.test("Pool.spawn() keeps off schedulers that are silent, until they answer", async () => {
  await withPool({ schedulers: [3, 4], permissions }, async (watched) => {
    const { pool, ends, load } = watched;
    await load(0, "exports.default = () => {};", SANDBOXED);
    const before = pool.spawn(0, { entry: "run" })!;
    // Nobody can answer as long as this turn lasts.
    pool.ping();
    ok(pool.spawn(0, { entry: "run" }) !== undefined);
    pool.ping();
    strictEqual(pool.spawn(0, { entry: "run" }), undefined);
    // The answers are behind the signs of life.
    strictEqual(await ends.of(before), "normal");
    while (pool.spawn(0, { entry: "run" }) === undefined) await nextTurn();
  });
});

Deno.test("Pool.spawn() chooses the scheduler with the fewest processes", async () => {
  await withPool({ schedulers: [3, 4, 5], permissions }, async (watched) => {
    const { pool, runtime, ends, load } = watched;
    await load(0, LISTENER, SANDBOXED);
    const pids = Array.from(
      { length: 9 },
      () => pool.spawn(0, { entry: "run" })!,
    );
    deepStrictEqual(placesOf(pids), { 3: 3, 4: 3, 5: 3 });
    strictEqual(pool.aliveCount, 9);
    const ended = pids.filter(({ scheduler }) => scheduler === 4);
    ended.forEach((pid) => runtime.kill(pid));
    for (const pid of ended) strictEqual(await ends.of(pid), "killed");
    strictEqual(pool.aliveCount, 6);
    const more = Array.from(
      { length: 3 },
      () => pool.spawn(0, { entry: "run" })!,
    );
    deepStrictEqual(placesOf(more), { 4: 3 });
  });
});

Deno.test("Pool.spawn() gives undefined when all schedulers are full", async () => {
  await withPool({ permissions }, async ({ pool, runtime, ends, load }) => {
    await load(0, "", SANDBOXED);
    // None of them gets a request, so none takes an instance.
    const pids = Array.from(
      { length: PROCESSES_MAX },
      () => pool.spawn(0, { entry: "handle" }),
    );
    ok(pids.every((pid) => pid !== undefined));
    strictEqual(pool.spawn(0, { entry: "handle" }), undefined);
    runtime.kill(pids[5]!);
    strictEqual(await ends.of(pids[5]), "killed");
    ok(pool.spawn(0, { entry: "handle" }));
  });
});

Deno.test("Pool ends the processes of a scheduler that is lost, and puts another in its place", async () => {
  await withPool({ schedulers: [1, 2], permissions }, async (watched) => {
    const { pool, runtime, ends, losses, load } = watched;
    await load(0, LISTENER, SANDBOXED);
    await pool.ready();
    const pids = Array.from(
      { length: 6 },
      () => pool.spawn(0, { entry: "run" })!,
    );
    const watchers = pids.map((pid) => watch(runtime, pid));
    await watchers[5]!.isWatching;
    loseAll(watched);
    strictEqual(pool.aliveCount, 0);
    for (const { reason } of watchers) deepStrictEqual(await reason, LOST);
    for (const pid of pids) deepStrictEqual(await ends.of(pid), LOST);
    strictEqual(ends.count, pids.length);
    deepStrictEqual(losses, [
      [1, "it gave no sign of life 5 times"],
      [2, "it gave no sign of life 5 times"],
    ]);
    await insistWorks(watched, pids);
  });
});

/** Schedulers 1 and 2 run what was loaded before and after, under new pids. */
async function insistWorks(
  { pool, runtime, lines, ends, load }: WatchedPool,
  before: Pid[],
): Promise<void> {
  await pool.ready();
  strictEqual(pool.isDead, false);
  await load(1, "exports.default = () => console.log('new')", SANDBOXED);
  const after = [0, 0, 1, 1].map((component) =>
    pool.spawn(component, { entry: "run" })!
  );
  deepStrictEqual(placesOf(after), { 1: 2, 2: 2 });
  for (const pid of after.slice(0, 2) as Pid<string>[]) {
    runtime.send(pid, "old");
  }
  for (const pid of after) strictEqual(await ends.of(pid), "normal");
  deepStrictEqual(lines.toSorted(), ["new", "new", "old", "old"]);
  for (const pid of after) {
    ok(before.every((other) => !other.equals(pid)), String(pid));
  }
}

Deno.test("Pool gives up the scheduler of a guest that is stuck in native code, and no other", async () => {
  await withPool({ schedulers: [1, 2], permissions }, async (watched) => {
    const { pool, lines, losses, ends, load } = watched;
    // About a second in which QuickJS asks nobody: it does so every
    // STEPS_PER_INTERRUPT calls. It ends by itself, since nothing can stop its thread.
    await load(
      0,
      "exports.default = () => { const s = 'x'.repeat(2e7); for (let i = 0; i < 100; i++) s.indexOf('z'); }",
      SANDBOXED,
    );
    await load(1, "exports.default = () => console.log('alive')", SANDBOXED);
    await pool.ready();
    const stuck = pool.spawn(0, { entry: "run" })!;
    while (losses.length === 0) {
      pool.ping();
      strictEqual(await ends.of(pool.spawn(1, { entry: "run" })), "normal");
    }
    deepStrictEqual(losses, [
      [stuck.scheduler, "it gave no sign of life 5 times"],
    ]);
    deepStrictEqual(await ends.of(stuck), LOST);
    ok(lines.length >= HEARTBEATS_MISSED_MAX);
  });
});

Deno.test("Pool does not replace a scheduler that never ran", async () => {
  await withPool({ permissions }, async (watched) => {
    const { pool, losses } = watched;
    const ready = pool.ready();
    loseAll(watched);
    await rejects(ready, SchedulerFailed);
    strictEqual(losses.length, 1);
    strictEqual(pool.isDead, true);
    strictEqual(pool.spawn(0, { entry: "run" }), undefined);
    await pool.ready();
    loseAll(watched);
    strictEqual(losses.length, 1);
  });
});

Deno.test("Pool replaces a scheduler once for each time that it ran", async () => {
  await withPool({ permissions }, async (watched) => {
    const { pool, losses } = watched;
    for (const _ of "abc") {
      await pool.ready();
      loseAll(watched);
    }
    strictEqual(losses.length, 3);
    strictEqual(pool.isDead, false);
    // Lost before it ran: now there is none.
    loseAll(watched);
    strictEqual(losses.length, 4);
    strictEqual(pool.isDead, true);
  });
});

Deno.test("Pool.close() ends all processes as a shutdown, and can be called twice", async () => {
  await withPool({ permissions }, async ({ pool, runtime, load }) => {
    await load(0, LISTENER, SANDBOXED);
    const watcher = watch(runtime, pool.spawn(0, { entry: "run" })!);
    await watcher.isWatching;
    const closing = pool.close();
    strictEqual(pool.close(), closing);
    strictEqual(await watcher.reason, "shutdown");
    strictEqual(pool.spawn(0, { entry: "run" }), undefined);
    strictEqual(pool.aliveCount, 0);
  });
});

Deno.test("Pool whose scheduler cannot be made closes those before it", async () => {
  // A pid cannot name scheduler 256.
  await rejects(
    countingWorkers(() =>
      withPool({ schedulers: [1, 256], permissions }, async () => {})
    ),
    RangeError,
  );
});

Deno.test("Pool lets neighbours go on while guests compute without an end", async () => {
  const capability = defineProfile("slow", { cpuMsMax: 300 });
  await withPool({ permissions }, async ({ pool, runtime, ends, load }) => {
    await load(0, "exports.default = () => { for (;;); }", capability);
    await load(1, ECHO, capability);
    const echo = pool.spawn(1, { entry: "run" }) as Pid<string>;
    const spinners = [
      pool.spawn(0, { entry: "run" }),
      pool.spawn(0, { entry: "run" }),
    ];
    let rounds = 0;
    const asker = runtime.spawn<Uint8Array>(async (self) => {
      runtime.send(echo, self.pid.toJSON());
      while (ends.count < spinners.length) {
        runtime.send(echo, "ping");
        await self.receive();
        rounds++;
      }
    });
    strictEqual(await asker.join(), "normal");
    for (const pid of spinners) {
      const reason = await ends.of(pid);
      strictEqual(typeof reason === "object" && reason.type, "limit");
    }
    // Together they compute for 600 ms, in slices of 10 ms.
    ok(rounds >= 5, `${rounds} answers`);
  });
});
