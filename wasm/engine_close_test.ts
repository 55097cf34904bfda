import { deepStrictEqual, strictEqual } from "node:assert";
import { Runtime } from "@rusm/otp";

import { BUILT_IN_PROFILES, type Capability } from "./capability.ts";
import { Engine } from "./engine.ts";
import { assemble } from "./instrument/testdata/text.ts";
import { countingWorkers, watch } from "./testdata/workers.ts";

const ENDLESS: Capability = {
  ...BUILT_IN_PROFILES.get("sandboxed")!,
  cpuMsMax: 1e9,
};
const SPIN = `(module (func (export "run") (loop (br 0))))`;
const SCRIPT = "exports.default = () => { for (;;); }";

Deno.test("Engine.close() ends guests that spin, and their threads", async () => {
  await countingWorkers(async () => {
    const runtime = new Runtime();
    const engine = new Engine(runtime, { schedulersPerPool: 2 });
    const core = await engine.loadModule("s", await assemble(SPIN), ENDLESS);
    const script = await engine.load("s", SCRIPT, ENDLESS);
    const pids = [core, script, core, script, core, script]
      .map((component) => engine.spawn(component, "run"));
    const watchers = pids.map((pid) => watch(runtime, pid));
    for (const { isWatching } of watchers) await isWatching;
    const closing = engine.close();
    for (const { reason } of watchers) strictEqual(await reason, "shutdown");
    await closing;
    strictEqual(engine.close(), closing);
    strictEqual(engine.info().alive, 0);
  });
});

// deno-fmt-ignore
const ENDINGS = [
  ["awaits close()",          "await engine.close()"],
  ["does not await close()",  "engine.close()"],
  ["kills them first",        "pids.forEach((pid) => runtime.kill(pid)); engine.close()"],
] as const;

for (const [name, ending] of ENDINGS) {
  Deno.test(`A program with guests that spin ends by itself when it ${name}`, async () => {
    const bytes = [...await assemble(SPIN)];
    const program = `
      import { Runtime } from "@rusm/otp";
      import { BUILT_IN_PROFILES, Engine } from "./mod.ts";
      const endless = { ...BUILT_IN_PROFILES.get("sandboxed"), cpuMsMax: 1e9 };
      const runtime = new Runtime();
      const engine = new Engine(runtime, { schedulersPerPool: 2 });
      const core = await engine.loadModule("s", new Uint8Array([${bytes}]), endless);
      const script = await engine.load("s", ${JSON.stringify(SCRIPT)}, endless);
      const pids = [core, script, core, script].map((component) => engine.spawn(component, "run"));
      // They have been seen to run when their schedulers have let others run.
      const idle = await engine.load("i", "exports.default = () => {}", endless);
      await Promise.all([1, 2].map(() => new Promise((resolve) =>
        runtime.spawn(async (self) => {
          self.monitor(engine.spawn(idle, "run"));
          resolve(await self.receive());
        }))));
      ${ending};
      console.log("closed");`;
    const { code, signal, stdout } = await runChild(program);
    strictEqual(new TextDecoder().decode(stdout), "closed\n");
    deepStrictEqual([code, signal], [0, null]);
  });
}

// A program that does not end by itself is ended by a signal.
function runChild(program: string): Promise<Deno.CommandOutput> {
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", program],
    cwd: import.meta.dirname!,
    signal: AbortSignal.timeout(60_000),
  }).output();
}
