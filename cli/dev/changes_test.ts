import { deepStrictEqual, strictEqual } from "node:assert";
import { Sim } from "@rusm/otp";
import {
  type Batch,
  Changes,
  PATHS_MAX,
  QUIET_MS,
  WAIT_MS_MAX,
} from "./changes.ts";

/** Changes on a clock of the test's own, and the batches that were taken. */
function setup() {
  const sim = new Sim({ seed: 1 });
  const changes = new Changes(sim.host());
  const batches: [number, readonly string[], boolean][] = [];
  const started = sim.nowMs;
  async function follow(): Promise<void> {
    for (;;) {
      const batch = await changes.next();
      if (batch === undefined) return;
      const paths = [...batch.paths].sort();
      batches.push([sim.nowMs - started, paths, batch.isAll]);
    }
  }
  return { sim, changes, batches, follow };
}

Deno.test("Changes waits until nothing more has changed for a while", async () => {
  const { sim, changes, batches, follow } = setup();
  const followed = follow();
  changes.add(["/a"]);
  await sim.advance(QUIET_MS - 1);
  changes.add(["/b", "/a"]);
  await sim.advance(QUIET_MS - 1);
  strictEqual(batches.length, 0);
  await sim.advance(1);
  deepStrictEqual(batches, [[2 * QUIET_MS - 1, ["/a", "/b"], false]]);
  await sim.advance(10 * WAIT_MS_MAX);
  strictEqual(batches.length, 1);
  changes.close();
  await followed;
});

Deno.test("Changes waits for no flood to end", async () => {
  const { sim, changes, batches, follow } = setup();
  const followed = follow();
  for (let ms = 0; ms < WAIT_MS_MAX; ms++) {
    changes.add([`/${ms % 3}`]);
    await sim.advance(1);
  }
  deepStrictEqual(batches, [[WAIT_MS_MAX, ["/0", "/1", "/2"], false]]);
  changes.close();
  await followed;
});

Deno.test("Changes keeps what comes while nobody waits, however much", async () => {
  const { sim, changes } = setup();
  for (let index = 0; index <= PATHS_MAX; index++) changes.add([`/${index}`]);
  await sim.advance(WAIT_MS_MAX);
  changes.add(["/late"]);
  const batch = await changes.next() as Batch;
  deepStrictEqual([[...batch.paths], batch.isAll], [["/late"], true]);
  changes.close();
});

Deno.test("Changes tells that all may have changed", async () => {
  const { sim, changes, batches, follow } = setup();
  const followed = follow();
  changes.addAll();
  await sim.advance(QUIET_MS);
  deepStrictEqual(batches, [[QUIET_MS, [], true]]);
  changes.close();
  changes.add(["/a"]);
  strictEqual(await changes.next(), undefined);
  await followed;
});
