import { ok, rejects, strictEqual, throws } from "node:assert";
import { LocalScheduler } from "./local.ts";
import { assemble, SMALL, TABLE_GROWING } from "./modules.ts";
import { bareRun, insistNormal, spawnRunExit } from "./spawns.ts";

const FAILING = `(module (func (export "run") unreachable))`;

for (
  const [name, text, isRestorable] of [
    ["a module that is recycled", SMALL, true],
    ["one that is not", TABLE_GROWING, false],
  ] as const
) {
  Deno.test(`spawnRunExit() ends all processes of ${name}`, async () => {
    using scheduler = new LocalScheduler();
    const module = await scheduler.load(await assemble(text));
    strictEqual(module.core.isRestorable, isRestorable);
    const counts = { total: 20, batch: 10 };
    ok(await spawnRunExit(scheduler, module, counts) > 0);
    // With the process that monitors them.
    strictEqual(scheduler.runtime.counters().exited, 21);
  });
}

Deno.test("spawnRunExit() rejects when a guest traps", async () => {
  using scheduler = new LocalScheduler();
  const module = await scheduler.load(await assemble(FAILING));
  const counts = { total: 1, batch: 1 };
  await rejects(spawnRunExit(scheduler, module, counts), /Cannot time what/);
});

Deno.test("insistNormal() throws when a guest was killed", () => {
  insistNormal("normal");
  throws(
    () => insistNormal("killed"),
    /^Error: Cannot time what fails: "killed"$/,
  );
});

Deno.test("bareRun() calls each instance", async () => {
  ok(await bareRun(await assemble(SMALL), 3) > 0);
  const failing = await assemble(FAILING);
  await rejects(bareRun(failing, 3), WebAssembly.RuntimeError);
});
