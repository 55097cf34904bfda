import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import type { Pid } from "./pid.ts";
import { TIMEOUT } from "./context.ts";
import type { Down, MonitorRef } from "./signal.ts";
import { Sim } from "./sim.ts";
import { cluster, copyOf, type End } from "./testdata/wire.ts";

/** A process that is watched, and how it ends. */
interface Target {
  readonly scheduler: number;
  readonly end: "return" | "throw" | "exit" | "kill" | "never";
  readonly afterMs: number;
}

/** A process that watches. */
interface Watcher {
  readonly scheduler: number;
  readonly afterMs: number;
  readonly targets: readonly number[];
}

type Heard = { readonly target: number; readonly count: number } | Down;

const SCHEDULER = fc.nat(2);
const AFTER_MS = fc.nat(4);

const TARGETS: fc.Arbitrary<Target[]> = fc.array(
  fc.record({
    scheduler: SCHEDULER,
    end: fc.constantFrom("return", "throw", "exit", "kill", "never"),
    afterMs: AFTER_MS,
  }),
  { minLength: 1, maxLength: 5 },
);

const WATCHERS: fc.Arbitrary<Watcher[]> = fc.array(
  fc.record({
    scheduler: SCHEDULER,
    afterMs: AFTER_MS,
    targets: fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 4 },
);

const CUT_MS = fc.option(fc.nat(5), { nil: undefined });

Deno.test("Every monitor has one Down, behind all messages of who ended", async () => {
  await fc.assert(
    fc.asyncProperty(TARGETS, WATCHERS, CUT_MS, fc.nat(), watchAll),
    { numRuns: 300 },
  );
});

async function watchAll(
  targets: Target[],
  watchers: Watcher[],
  cutMs: number | undefined,
  seed: number,
): Promise<void> {
  const sim = new Sim({ seed });
  const ends = cluster(sim, 3);
  const pids = targets.map((target, name) => spawnTarget(ends, target, name));
  const logs = watchers.map((watcher) => spawnWatcher(ends, watcher, pids));
  await sim.advance(cutMs ?? 0);
  if (cutMs !== undefined) cut(ends);
  await sim.run();
  pids.forEach((pid) => ends[pid.scheduler]!.runtime.kill(pid));
  await sim.run();
  for (const log of logs) checkLog(log, cutMs !== undefined);
}

/** Tells everyone who says hello how often it did, then ends. */
function spawnTarget(ends: End[], target: Target, name: number) {
  const { runtime } = ends[target.scheduler]!;
  const { end, afterMs } = target;
  return runtime.spawn<Pid<Heard>>(async (self) => {
    const endMs = runtime.host.now() + afterMs;
    for (let count = 0;; count++) {
      const timeoutMs = Math.max(0, endMs - runtime.host.now());
      const hello = await self.receive(end === "never" ? {} : { timeoutMs });
      if (hello === TIMEOUT) break;
      runtime.send(hello, { target: name, count });
    }
    if (end === "throw") throw new Error("It ends so");
    if (end === "exit") self.exit("shutdown");
    if (end === "kill") runtime.kill(self.pid);
  }).pid;
}

/** What a watcher has done and heard. */
interface Log {
  readonly refs: Map<MonitorRef, number>;
  readonly heard: Heard[];
}

function spawnWatcher(
  ends: End[],
  watcher: Watcher,
  pids: Pid<Pid<Heard>>[],
): Log {
  const { runtime } = ends[watcher.scheduler]!;
  const log: Log = { refs: new Map(), heard: [] };
  runtime.spawn<Heard>(async (self) => {
    const never = await self.receive({
      match: () => false,
      timeoutMs: watcher.afterMs,
    });
    strictEqual(never, TIMEOUT);
    for (const index of watcher.targets) {
      const name = index % pids.length;
      const pid = copyOf(pids[name]) as Pid<Pid<Heard>>;
      log.refs.set(self.monitor(pid), name);
      runtime.send(pid, self.pid);
    }
    for (;;) log.heard.push(await self.receive());
  });
  return log;
}

function cut(ends: End[]): void {
  ends[0]!.runtime.disconnect(1);
  ends[1]!.runtime.disconnect(0);
}

function checkLog({ refs, heard }: Log, isCut: boolean): void {
  const downs = heard.filter((each) => "ref" in each);
  deepStrictEqual(
    downs.map(({ ref }) => ref).toSorted((one, other) => one - other),
    [...refs.keys()].toSorted((one, other) => one - other),
  );
  for (const { ref, reason } of downs) {
    const name = refs.get(ref);
    const at = heard.findIndex((each) => "ref" in each && each.ref === ref);
    const later = heard.slice(at).some((each) =>
      "target" in each && each.target === name
    );
    // A wire that was given up may still deliver what was on its way.
    if (reason !== "noconnection") strictEqual(later, false);
    else strictEqual(isCut, true);
  }
}
