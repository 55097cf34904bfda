import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";
import type { Pid } from "./pid.ts";
import type { Runtime } from "./runtime.ts";
import type { Down } from "./signal.ts";
import { simulated } from "./testdata/simulated.ts";

/** Spawns a process that waits. */
function idle(runtime: Runtime): Pid {
  return runtime.spawn((self) => self.receive()).pid;
}

Deno.test("register() gives a free name to a living process, once", () => {
  const { runtime } = simulated();
  const [one, other] = [idle(runtime), idle(runtime)];
  ok(runtime.register("a", one));
  ok(!runtime.register("a", one));
  ok(!runtime.register("a", other));
  ok(runtime.register("b", one));
  strictEqual(runtime.whereis("a"), one);
  deepStrictEqual(runtime.names(one), ["a", "b"]);
  deepStrictEqual(runtime.names(other), []);
});

Deno.test("register() refuses a dead process", () => {
  const { runtime } = simulated();
  const dead = idle(runtime);
  runtime.kill(dead);
  ok(!runtime.register("a", dead));
  strictEqual(runtime.whereis("a"), undefined);
});

Deno.test("unregister() frees a name, and says when there is none", () => {
  const { runtime } = simulated();
  const [one, other] = [idle(runtime), idle(runtime)];
  ok(!runtime.unregister("a"));
  runtime.register("a", one);
  ok(runtime.unregister("a"));
  ok(runtime.register("a", other));
});

Deno.test("whereis() has forgotten a process when its watcher hears of the end", async () => {
  const { sim, runtime } = simulated();
  const process = idle(runtime);
  runtime.register("a", process);
  const seen: unknown[] = [];
  runtime.spawn<Down>(async (self) => {
    self.monitor(process);
    await self.receive();
    seen.push(runtime.whereis("a"), runtime.register("a", self.pid));
  });
  await sim.run();
  runtime.kill(process);
  await sim.run();
  deepStrictEqual(seen, [undefined, true]);
});

Deno.test("whereisOrSpawn() spawns once, for whoever asks", () => {
  const { runtime } = simulated();
  const body = () => new Promise(() => {});
  const pids = Array.from(
    { length: 32 },
    () => runtime.whereisOrSpawn("one", body),
  );
  ok(pids.every((pid) => pid === pids[0]));
  strictEqual(runtime.counters().spawned, 1);
});

Deno.test("register(), unregister() and exits agree with a map", () => {
  const name = fc.constantFrom("a", "b", "c");
  const index = fc.nat(3);
  const step = fc.oneof(
    fc.tuple(fc.constant("register" as const), name, index),
    fc.tuple(fc.constant("unregister" as const), name, index),
    fc.tuple(fc.constant("kill" as const), name, index),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const { runtime } = simulated();
    const pids = Array.from({ length: 4 }, () => idle(runtime));
    const model = new Map<string, Pid>();
    for (const [action, name, index] of steps) {
      const pid = pids[index]!;
      if (action === "kill") {
        runtime.kill(pid);
        for (const [key, held] of model) if (held === pid) model.delete(key);
      } else if (action === "unregister") {
        strictEqual(runtime.unregister(name), model.delete(name));
      } else {
        const isFree = runtime.isAlive(pid) && !model.has(name);
        strictEqual(runtime.register(name, pid), isFree);
        if (isFree) model.set(name, pid);
      }
      for (const key of ["a", "b", "c"]) {
        strictEqual(runtime.whereis(key), model.get(key));
      }
    }
  }));
});
