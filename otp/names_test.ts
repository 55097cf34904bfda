import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";
import { Pid } from "./pid.ts";
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

Deno.test("registerAway() lists a process of another scheduler, which shares its name with nobody", () => {
  const { runtime } = simulated();
  const away = new Pid(0, 7, 1);
  const one = idle(runtime);
  ok(runtime.registerAway("a", away));
  ok(!runtime.registerAway("a", new Pid(0, 7, 2)));
  ok(!runtime.register("a", one));
  strictEqual(runtime.whereis("a"), away);
  ok(runtime.register("b", one));
  ok(!runtime.registerAway("b", away));
  ok(runtime.unregister("a"));
  strictEqual(runtime.whereis("a"), undefined);
});

Deno.test("disconnect() takes back the names of that scheduler alone", () => {
  const { runtime } = simulated();
  const [lost, other] = [new Pid(0, 7, 1), new Pid(0, 8, 1)];
  runtime.connect(7, { send: () => true });
  runtime.registerAway("lost", lost);
  runtime.registerAway("other", other);
  runtime.disconnect(7);
  strictEqual(runtime.whereis("lost"), undefined);
  strictEqual(runtime.whereis("other"), other);
});

Deno.test("watchNames() tells of the names there are, and of those that come and go", () => {
  const { runtime } = simulated();
  const told: string[] = [];
  const [one, away] = [idle(runtime), new Pid(0, 7, 1)];
  runtime.register("old", one);
  const end = runtime.watchNames({
    registered: (name, pid) => void told.push(`+${name} ${pid}`),
    unregistered: (name, pid) =>
      void told.push(`-${name} ${pid} ${runtime.whereis(name)}`),
  });
  runtime.registerAway("away", away);
  runtime.register("away", one);
  runtime.unregister("away");
  runtime.kill(one);
  deepStrictEqual(told, [
    ...[`+old ${one}`, `+away ${away}`],
    ...[`-away ${away} undefined`, `-old ${one} undefined`],
  ]);
  end();
  runtime.registerAway("late", away);
  strictEqual(told.length, 4);
});
