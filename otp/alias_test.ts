import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import { Pid } from "./pid.ts";
import type { Runtime } from "./runtime.ts";
import { Sim } from "./sim.ts";
import { type Order, type Puppet, puppet } from "./testdata/puppet.ts";
import { type Simulated, simulated } from "./testdata/simulated.ts";
import { cluster } from "./testdata/wire.ts";

/** Has `to` follow `order`, and waits until it has. */
async function tell(
  { sim, runtime }: Pick<Simulated, "sim" | "runtime">,
  to: Puppet,
  order: Order,
): Promise<void> {
  runtime.send(to.pid, order);
  await sim.run();
}

async function aliasOf(
  simulation: Pick<Simulated, "sim" | "runtime">,
  to: Puppet,
  once: boolean,
): Promise<Pid<unknown>> {
  let alias: Pid<unknown> | undefined;
  await tell(simulation, to, (self) => {
    alias = self.alias({ once });
  });
  return alias!;
}

Deno.test("alias() delivers in order with the pid, until unalias()", async () => {
  const simulation = simulated();
  const { runtime } = simulation;
  const owner = puppet(runtime);
  const alias = await aliasOf(simulation, owner, false);
  const unknown = owner.pid as Pid<unknown>;
  const sent = [1, 2, 3, 4].map((message) =>
    runtime.send(message % 2 === 0 ? alias : unknown, message)
  );
  deepStrictEqual(sent, [true, true, true, true]);
  const taken: boolean[] = [];
  await tell(simulation, owner, (self) => {
    taken.push(self.unalias(alias), self.unalias(alias));
  });
  strictEqual(runtime.send(alias, 5), false);
  await simulation.sim.run();
  deepStrictEqual(owner.seen, [1, 2, 3, 4]);
  deepStrictEqual(taken, [true, false]);
});

Deno.test("alias() with once delivers one message", async () => {
  const simulation = simulated();
  const owner = puppet(simulation.runtime);
  const alias = await aliasOf(simulation, owner, true);
  const sent = [1, 2].map((message) => simulation.runtime.send(alias, message));
  await simulation.sim.run();
  deepStrictEqual(sent, [true, false]);
  deepStrictEqual(owner.seen, [1]);
});

Deno.test("alias() with once outlives a message that the mailbox refused", async () => {
  const { sim, runtime } = simulated();
  const aliases: Pid<unknown>[] = [];
  const { pid } = runtime.spawn<unknown>(async (self) => {
    aliases.push(self.alias({ once: true }));
    await self.receive({ match: (message) => message === "last" });
  }, { mailboxMax: 1 });
  await sim.run();
  const [alias] = aliases;
  ok(runtime.send(pid, "fills"));
  strictEqual(runtime.send(alias!, "refused"), false);
  strictEqual(runtime.counters().refused, 1);
  runtime.kill(pid);
  strictEqual(runtime.send(alias!, "dead"), false);
  strictEqual(runtime.counters().refused, 1);
});

Deno.test("unalias() takes back no alias of another process", async () => {
  const simulation = simulated();
  const owner = puppet(simulation.runtime);
  const other = puppet(simulation.runtime);
  const alias = await aliasOf(simulation, owner, false);
  let isTaken: boolean | undefined;
  await tell(simulation, other, (self) => {
    isTaken = self.unalias(alias);
  });
  strictEqual(isTaken, false);
  strictEqual(simulation.runtime.send(alias, 1), true);
});

Deno.test("unalias() of a pid with the number of another's alias does nothing", async () => {
  const simulation = simulated();
  const owner = puppet(simulation.runtime);
  const alias = await aliasOf(simulation, owner, false);
  await tell(simulation, owner, (self) => {
    self.unalias(new Pid(0, 1, 0, alias.alias));
  });
  strictEqual(simulation.runtime.send(alias, 1), true);
});

Deno.test("alias() and unalias() in a process that has exited have no effect", async () => {
  const simulation = simulated();
  const owner = puppet(simulation.runtime);
  const alias = await aliasOf(simulation, owner, false);
  const taken: boolean[] = [];
  await tell(simulation, owner, (self) => {
    simulation.runtime.kill(self.pid);
    taken.push(self.unalias(alias), self.unalias(self.alias()));
  });
  deepStrictEqual(taken, [false, false]);
});

Deno.test("monitor() of an alias of a dead process names the process", async () => {
  const simulation = simulated();
  const owner = puppet(simulation.runtime);
  const alias = await aliasOf(simulation, owner, false);
  simulation.runtime.kill(owner.pid);
  const watcher = puppet(simulation.runtime);
  await tell(simulation, watcher, (self) => self.monitor(alias));
  const [down] = watcher.seen as { readonly pid: Pid }[];
  ok(down!.pid.equals(owner.pid));
});

Deno.test("alias() works across schedulers and in sendAfter()", async () => {
  const sim = new Sim({ seed: 1 });
  const [here, there] = cluster(sim, 2).map((end) => end.runtime) as [
    Runtime,
    Runtime,
  ];
  const owner = puppet(here);
  const alias = await aliasOf({ sim, runtime: here }, owner, true);
  ok(there.send(alias, "first"));
  await sim.run();
  there.sendAfter(alias, 10, "late");
  await sim.run();
  deepStrictEqual(owner.seen, ["first"]);
});

Deno.test("alias() is its process to links, monitors, exits and names", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const owner = puppet(runtime);
  const alias = await aliasOf(simulation, owner, false);
  const watcher = puppet(runtime, true);
  await tell(simulation, watcher, (self) => {
    self.monitor(alias);
    self.link(alias);
    self.link(alias.owner);
  });
  ok(runtime.isAlive(alias));
  ok(runtime.register("name", alias));
  strictEqual(runtime.whereis("name"), owner.pid);
  ok(runtime.exit(alias, "shutdown"));
  await sim.run();
  const types = watcher.seen.map((message) => (message as Tagged).type);
  deepStrictEqual(types, ["down", "exit"]);
  for (const message of watcher.seen) {
    const { pid, from } = message as Tagged;
    ok(owner.pid.equals((pid ?? from)!));
  }
});

interface Tagged {
  readonly type: string;
  readonly pid?: Pid;
  readonly from?: Pid;
}

Deno.test("unlink() of an alias unlinks its process", async () => {
  const simulation = simulated();
  const owner = puppet(simulation.runtime);
  const alias = await aliasOf(simulation, owner, false);
  const other = puppet(simulation.runtime);
  await tell(simulation, other, (self) => {
    self.link(owner.pid);
    self.unlink(alias);
  });
  simulation.runtime.kill(owner.pid);
  ok(simulation.runtime.isAlive(other.pid));
});

Deno.test("exit() of a process by its own alias counts as its own", async () => {
  const simulation = simulated();
  const owner = puppet(simulation.runtime);
  const alias = await aliasOf(simulation, owner, false);
  simulation.runtime.exit(owner.pid, "normal", alias);
  strictEqual(await owner.join(), "normal");
});

Deno.test("spawn() refuses an alias as the pid", () => {
  const { runtime } = simulated();
  throws(() => runtime.spawn(() => {}, { pid: new Pid(0, 0, 7, 1) }), {
    name: "RangeError",
    message: "Cannot spawn under a pid of others: <0.0.7>#1",
  });
});

Deno.test("parent is who spawned the process linked", async () => {
  const { sim, runtime } = simulated();
  const parents: (Pid | undefined)[] = [];
  const { pid } = runtime.spawn((self) => {
    parents.push(self.parent);
    self.spawnLink((child) => {
      parents.push(child.parent);
    });
  });
  await sim.run();
  deepStrictEqual(parents, [undefined, pid]);
});

// A set of numbers is the model: a message arrives when its alias is in it.
Deno.test("alias() delivers exactly while it is active", async () => {
  const step = fc.record({
    type: fc.constantFrom("alias", "once", "unalias", "send"),
    which: fc.nat(4),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step), async (steps) => {
      const simulation = simulated();
      const owner = puppet(simulation.runtime);
      const aliases: Pid<unknown>[] = [];
      const active = new Map<number, boolean>();
      const expected: number[] = [];
      for (const [at, { type, which }] of steps.entries()) {
        const alias = aliases[which % aliases.length];
        if (type === "alias" || type === "once") {
          const isOnce = type === "once";
          const added = await aliasOf(simulation, owner, isOnce);
          aliases.push(added);
          active.set(added.alias, isOnce);
        } else if (alias !== undefined && type === "unalias") {
          await tell(simulation, owner, (self) => self.unalias(alias));
          active.delete(alias.alias);
        } else if (alias !== undefined) {
          const isOnce = active.get(alias.alias);
          strictEqual(
            simulation.runtime.send(alias, at),
            isOnce !== undefined,
          );
          if (isOnce !== undefined) expected.push(at);
          if (isOnce) active.delete(alias.alias);
        }
      }
      await simulation.sim.run();
      deepStrictEqual(owner.seen, expected);
    }),
    { numRuns: 50 },
  );
});
