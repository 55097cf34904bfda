/** Guests that hold schedulers, and what becomes of the others. */

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import {
  type ChildSpec,
  type Context,
  type ExitMessage,
  type Pid,
  type Runtime,
  supervisor,
} from "@rusm/otp";

import { BUILT_IN_PROFILES, type Capability } from "./capability.ts";
import type { Engine } from "./engine.ts";
import type { Component } from "./engine_options.ts";
import { assemble } from "./instrument/testdata/text.ts";
import { withEngine, withHeartbeat } from "./testdata/workers.ts";
import { Ticker } from "./ticker.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const ENDLESS: Capability = { ...SANDBOXED, cpuMsMax: 1e9 };

const SPIN =
  `(module (func (export "run") (loop (br 0))) (func (export "end")))`;

Deno.test("Guests that spin on every scheduler let others run, and end within 5 epochs when they are killed", async () => {
  const epochMs = 200;
  const ticker = new Ticker(epochMs);
  try {
    await withEngine(
      { schedulersPerPool: 2, epochMs },
      async ({ engine, runtime, ends }) => {
        const bytes = await assemble(SPIN);
        const component = await engine.loadModule("spin", bytes, ENDLESS);
        const spinners = [1, 2].map(() => engine.spawn(component, "run"));
        deepStrictEqual(spinners.map(({ scheduler }) => scheduler), [1, 2]);
        const others = Array.from(
          { length: 20 },
          () => engine.spawn(component, "end"),
        );
        ok(new Set(others.map(({ scheduler }) => scheduler)).size === 2);
        for (const pid of others) strictEqual(await ends.of(pid), "normal");
        strictEqual(engine.info().alive, 2);
        const from = ticker.epoch.now();
        for (const pid of spinners) runtime.kill(pid);
        for (const pid of spinners) strictEqual(await ends.of(pid), "killed");
        const epochs = ticker.epoch.now() - from;
        ok(epochs <= 5, `${epochs} epochs`);
      },
    );
  } finally {
    ticker.close();
  }
});

// Registers the name that its entry is called, and answers whoever sends a pid.
const KEEPER = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (import "rusm" "send" (func $send (param i64 i32 i32)))
  (import "rusm" "register" (func $register (param i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 100) "ab")
  (func $keep (param i32)
    (if (i32.eqz (call $register (local.get 0) (i32.const 1))) (then unreachable))
    (loop $next
      (drop (call $receive (i32.const 0) (i32.const 8)))
      (call $send (i64.load (i32.const 0)) (local.get 0) (i32.const 1))
      (br $next)))
  (func (export "a") (call $keep (i32.const 100)))
  (func (export "b") (call $keep (i32.const 101))))`;

// Some seconds in which QuickJS asks nobody. It ends by itself: nothing can stop its thread.
const STUCK =
  "exports.default = () => { const s = 'x'.repeat(2e7); for (let i = 0; i < 100; i++) s.indexOf('z'); }";

/** A child that is a guest: both end with the other. */
function childOf(engine: Engine, component: Component, id: string): ChildSpec {
  const start = async (self: Context<ExitMessage>) => {
    self.trapExits(true);
    engine.spawnLink(self, component, id);
    self.exit((await self.receive()).reason);
  };
  return { id, start: () => ({ start }) as never };
}

Deno.test("A supervisor starts guests again whose scheduler is lost, and no others", () =>
  withHeartbeat(async (beat) => {
    const lost: number[] = [];
    const observer = {
      schedulerLost: (index: number) => void lost.push(index),
    };
    await withEngine(
      { schedulersPerPool: 2, observer },
      async ({ engine, runtime, ends }) => {
        const bytes = await assemble(KEEPER);
        const keeper = await engine.loadModule("keeper", bytes, SANDBOXED);
        const stuck = await engine.load("stuck", STUCK, SANDBOXED);
        const quick = await engine.load(
          "quick",
          "exports.default = () => {}",
          SANDBOXED,
        );
        const children = ["a", "b"].map((id) => childOf(engine, keeper, id));
        const { pid: top } = runtime.spawn(supervisor({ children }));
        const before = [await named(runtime, "a"), await named(runtime, "b")];
        deepStrictEqual(
          before.map(({ scheduler }) => scheduler).toSorted(),
          [1, 2],
        );
        const { scheduler } = engine.spawn(stuck, "run");
        while (lost.length === 0) {
          beat();
          strictEqual(await ends.of(engine.spawn(quick, "run")), "normal");
        }
        deepStrictEqual(lost, [scheduler]);
        for (const old of before) {
          const name = before[0] === old ? "a" : "b";
          const isLost = old.scheduler === scheduler;
          const now = await named(runtime, name, isLost ? old : undefined);
          strictEqual(now.equals(old), !isLost);
          strictEqual(await answerOf(runtime, now), name);
        }
        strictEqual(engine.info().alive, 2);
        const shutDown = ["a", "b"].map((name) =>
          ends.of(runtime.whereis(name))
        );
        runtime.exit(top, "shutdown");
        for (const reason of shutDown) strictEqual(await reason, "shutdown");
      },
    );
  }));

/** The process with a name, as soon as there is one that is not `old`. */
async function named(
  runtime: Runtime,
  name: string,
  old?: Pid,
): Promise<Pid<Uint8Array>> {
  for (;;) {
    const pid = runtime.whereis<Uint8Array>(name);
    if (pid !== undefined && !(old && pid.equals(old))) return pid;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

async function answerOf(
  runtime: Runtime,
  pid: Pid<Uint8Array>,
): Promise<string> {
  let answer = "";
  await runtime.spawn<Uint8Array>(async (self) => {
    const own = new Uint8Array(8);
    new DataView(own.buffer).setBigUint64(0, self.pid.toBigInt(), true);
    runtime.send(pid, own);
    answer = new TextDecoder().decode((await self.receive()).slice());
  }).join();
  return answer;
}
