/** Components that are forgotten, with all that was kept for them. */

import { ok, strictEqual, throws } from "node:assert";
import { formatReason } from "@rusm/otp";
import { BUILT_IN_PROFILES } from "./capability.ts";
import { Ceilings } from "./ceilings.ts";
import { componentOf } from "./component/testdata/source.ts";

import { InstancePool } from "./core/instance_pool.ts";
import { prepareModule } from "./core/module.ts";
import type { Guest } from "./core/slot.ts";
import type { Engine } from "./engine.ts";
import type { Component } from "./engine_options.ts";
import { Epoch } from "./epoch.ts";
import { withEngine } from "./testdata/workers.ts";
import { assemble } from "./testdata/wat.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;

const MODULE = `(module (memory 1)
  (func (export "run"))
  (func (export "wait") (loop (br 0))))`;

// Each with an entry that ends and one that does not.
const KINDS: Record<string, (engine: Engine) => Promise<Component>> = {
  script: (engine) =>
    engine.load("x", "exports.default = () => Process.receive();", SANDBOXED),
  module: async (engine) =>
    await engine.loadModule("x", await assemble(MODULE), SANDBOXED),
  component: async (engine) =>
    await engine.loadComponent(
      "x",
      await componentOf({
        main: '(func (export "run")) (func (export "wait") (loop (br 0)))',
        exports: { "": "run: func(); wait: func();" },
      }),
      SANDBOXED,
    ),
  "dedicated module": async (engine) =>
    await engine.loadModule("x", await assemble(MODULE), SANDBOXED, {
      isolation: "dedicated",
    }),
};

for (const [kind, load] of Object.entries(KINDS)) {
  Deno.test(`Engine.unload() of a ${kind} forgets it when none of its processes lives`, () =>
    withEngine({ schedulersPerPool: 2 }, async (watched) => {
      const { engine, runtime, ends } = watched;
      const component = await load(engine);
      const entry = kind === "script" ? "run" : "wait";
      const pids = [1, 2].map(() => engine.spawn(component, entry));
      strictEqual(engine.unload(component), false);
      for (const pid of pids) {
        runtime.kill(pid);
        strictEqual(formatReason(await ends.of(pid)), "killed");
      }
      strictEqual(engine.unload(component), true);
      strictEqual(engine.unload(component), true);
      throws(() => engine.spawn(component, entry), {
        name: "RangeError",
        message: "Cannot spawn a process of a component that was unloaded: x",
      });
      // Schedulers go on with what is loaded afterwards.
      const other = await load(engine);
      const pid = engine.spawn(other, "run");
      if (kind === "script") runtime.send(pid, "end");
      strictEqual(formatReason(await ends.of(pid)), "normal");
    }));
}

Deno.test("InstancePool.close() drops what waits, and what is given afterwards", async () => {
  const ceilings = new Ceilings();
  const dropped: number[] = [];
  ceilings.releaseWithGarbage = (_thing, { maps }) => void dropped.push(maps);
  const module = await prepareModule("x", await assemble(MODULE), SANDBOXED);
  const pool = new InstancePool(module, new Epoch(), ceilings);
  const instances = [1, 2].map(() => pool.take({} as Guest, pool.tryAdmit()));
  pool.give(instances[0]!);
  strictEqual(pool.idleCount, 1);
  pool.close();
  strictEqual(pool.idleCount, 0);
  strictEqual(dropped.length, 1);
  pool.give(instances[1]!);
  strictEqual(pool.idleCount, 0);
  strictEqual(dropped.length, 2);
  ok(dropped.every((maps) => maps > 0));
});
