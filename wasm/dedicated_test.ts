import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { type Pid, Runtime } from "@rusm/otp";

import { BUILT_IN_PROFILES } from "./capability.ts";
import { Dedicated } from "./dedicated.ts";
import { Indices } from "./indices.ts";
import { assemble } from "./instrument/testdata/text.ts";
import { SCHEDULERS_MAX } from "./limits.ts";
import { bake } from "./script/image.ts";
import { Switchboard } from "./switchboard.ts";
import {
  countingWorkers,
  Ends,
  watch,
  withEngine,
} from "./testdata/workers.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const LISTENER = "exports.default = () => { Process.receive(); }";
const DEDICATED = { isolation: "dedicated" } as const;

/** Runs `test` with the processes of one script, and `free` indices for them. */
async function withDedicated(
  { free, processesMax = 100 }: { free: number; processesMax?: number },
  test: (dedicated: Dedicated, runtime: Runtime, ends: Ends) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const switchboard = new Switchboard(runtime);
  const indices = new Indices();
  indices.take(SCHEDULERS_MAX - 1 - free);
  const ends = new Ends();
  const dedicated = new Dedicated(
    { runtime, switchboard, node: 0, indices, processesMax },
    {
      exited: (pid, _component, reason) => ends.add(pid, reason),
      asked: () => ({ error: "nobody answers" }),
      ...{ logged() {}, dumped() {}, refused() {}, lost() {} },
    },
  );
  const image = await bake("c", LISTENER, SANDBOXED, () => {});
  const code = { type: "script", image } as const;
  dedicated.load({ type: "load", component: 0, code, capability: SANDBOXED });
  try {
    await test(dedicated, runtime, ends);
  } finally {
    await dedicated.close();
    switchboard.close();
  }
}

async function turnsUntil<Value>(
  look: () => Value | undefined,
): Promise<Value> {
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

Deno.test("Dedicated.spawn() gives each process a scheduler of its own, and its index to others when it has ended", () =>
  countingWorkers(() =>
    withDedicated({ free: 2 }, async (dedicated, runtime, ends) => {
      const spawn = () =>
        dedicated.spawn(0, { entry: "run" }) as Pid<string> | undefined;
      const pids = [spawn()!, spawn()!];
      deepStrictEqual(pids.map(({ scheduler }) => scheduler), [254, 255]);
      strictEqual(spawn(), undefined);
      strictEqual(dedicated.aliveCount, 2);
      runtime.send(pids[0]!, "end");
      strictEqual(await ends.of(pids[0]), "normal");
      const third = await turnsUntil(spawn);
      strictEqual(third.scheduler, 254);
      ok(!third.equals(pids[0]!), "a pid names one process for ever");
      runtime.send(third, "end");
      strictEqual(await ends.of(third), "normal");
    })
  ));

Deno.test("Dedicated.spawn() gives undefined when there are too many, or it is closed", () =>
  withDedicated({ free: 9, processesMax: 1 }, async (dedicated, runtime) => {
    const pid = dedicated.spawn(0, { entry: "run" })!;
    const watcher = watch(runtime, pid);
    await watcher.isWatching;
    strictEqual(dedicated.spawn(0, { entry: "run" }), undefined);
    await dedicated.close();
    strictEqual(await watcher.reason, "shutdown");
    strictEqual(dedicated.spawn(0, { entry: "run" }), undefined);
  }));

Deno.test("A monitor of a dedicated process that has ended says so", () =>
  withDedicated({ free: 1 }, async (dedicated, runtime, ends) => {
    const pid = dedicated.spawn(0, { entry: "run" }) as Pid<string>;
    const before = watch(runtime, pid);
    await before.isWatching;
    runtime.send(pid, "end");
    strictEqual(await before.reason, "normal");
    await ends.of(pid);
    const after = await watch(runtime, pid).reason;
    ok(after === "noproc" || after === "noconnection", `${after}`);
  }));

// Sends 4,000 messages of 1 KiB to the pid that it gets, which no ring holds at once.
const FLOOD = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (import "rusm" "send" (func $send (param i64 i32 i32)))
  (memory (export "memory") 1)
  (func (export "run") (local $left i32)
    (drop (call $receive (i32.const 0) (i32.const 8)))
    (local.set $left (i32.const 4000))
    (loop $next
      (call $send (i64.load (i32.const 0)) (i32.const 0) (i32.const 1024))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))`;

// Takes the first 8 bytes for a pid, which it tells when 4,000 more have come.
const COUNTER = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (import "rusm" "send" (func $send (param i64 i32 i32)))
  (memory (export "memory") 1)
  (func (export "run") (local $left i32)
    (drop (call $receive (i32.const 0) (i32.const 8)))
    (local.set $left (i32.const 4000))
    (loop $next
      (drop (call $receive (i32.const 8) (i32.const 8)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (call $send (i64.load (i32.const 0)) (i32.const 0) (i32.const 0))))`;

Deno.test("What a dedicated process sends before it ends arrives, on the main thread and on other schedulers", () =>
  withEngine({}, async ({ engine, runtime }) => {
    const load = async (text: string, options = {}) =>
      await engine.loadModule("m", await assemble(text), SANDBOXED, options);
    const flood = await load(FLOOD, DEDICATED);
    const counter = await load(COUNTER);
    await runtime.spawn<Uint8Array>(async (self) => {
      const own = new Uint8Array(8);
      new DataView(own.buffer).setBigUint64(0, self.pid.toBigInt(), true);
      runtime.send(engine.spawn(flood, "run"), own);
      for (let count = 0; count < 4_000; count++) {
        strictEqual((await self.receive()).length, 1_024);
      }
      const to = engine.spawn(counter, "run");
      runtime.send(to, own);
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, to.toBigInt(), true);
      runtime.send(engine.spawn(flood, "run"), bytes);
      strictEqual((await self.receive()).length, 0);
    }).join().then((reason) => strictEqual(reason, "normal"));
  }));

// About a second in which QuickJS asks nobody.
const STUCK =
  "exports.default = () => { const s = 'x'.repeat(2e7); for (let i = 0; i < 40; i++) s.indexOf('z'); }";

Deno.test("A dedicated process that is stuck keeps nobody waiting", () =>
  withEngine({}, async ({ engine, ends }) => {
    const stuck = await engine.load("stuck", STUCK, SANDBOXED, DEDICATED);
    const quick = await engine.load(
      "quick",
      "exports.default = () => {}",
      SANDBOXED,
    );
    const pid = engine.spawn(stuck, "run");
    for (let count = 0; count < 20; count++) {
      strictEqual(await ends.of(engine.spawn(quick, "run")), "normal");
    }
    strictEqual(ends.pids.includes(`${pid}`), false);
    await ends.of(pid);
  }));

Deno.test("Engine.load() refuses a word that is no isolation", () =>
  withEngine({}, async ({ engine }) => {
    const options = { isolation: "own" } as unknown as typeof DEDICATED;
    const message =
      "Cannot isolate processes in another way than shared or dedicated: own";
    const expected = { name: "RangeError", message };
    await rejects(engine.load("c", LISTENER, SANDBOXED, options), expected);
    const bytes = await assemble("(module)");
    await rejects(engine.loadModule("c", bytes, SANDBOXED, options), expected);
  }));
