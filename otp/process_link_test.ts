import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";
import type { Context } from "./context.ts";
import type { Pid } from "./pid.ts";
import type { ExitReason } from "./reason.ts";
import type { ProcessHandle, Runtime } from "./runtime.ts";
import type { Down, ExitMessage } from "./signal.ts";
import { Sim } from "./sim.ts";
import { simulated } from "./testdata/simulated.ts";
import { cluster } from "./testdata/wire.ts";

const CRASH: ExitReason = { type: "exit", payload: "crash" };

/** Spawns a process that does what it is told. */
function puppet(runtime: Runtime, traps = false): Puppet {
  const seen: unknown[] = [];
  const handle = runtime.spawn<Order | ExitMessage | Down>(async (self) => {
    self.trapExits(traps);
    for (;;) {
      const message = await self.receive();
      if (typeof message === "function") message(self);
      else seen.push(message);
    }
  });
  return { pid: handle.pid, join: () => handle.join(), seen };
}

type Order = (self: Context<Order | ExitMessage | Down>) => void;

interface Puppet {
  readonly pid: Pid<Order>;
  readonly join: () => Promise<ExitReason>;
  readonly seen: unknown[];
}

// deno-fmt-ignore
const ENDS: [string, boolean, ExitReason, string][] = [
  ["normal",   false, "normal",   "lives"],
  ["shutdown", false, "shutdown", "ends"],
  ["kill",     false, "kill",     "ends"],
  ["a crash",  false, CRASH,      "ends"],
  ["normal",   true,  "normal",   "hears"],
  ["kill",     true,  "kill",     "hears"],
  ["a crash",  true,  CRASH,      "hears"],
];

for (const [name, traps, reason, outcome] of ENDS) {
  Deno.test(`link() to a process that ends by ${name}, trapping: ${traps}, ${outcome}`, async () => {
    const { sim, runtime } = simulated();
    const watcher = puppet(runtime, traps);
    const ender = puppet(runtime);
    runtime.send(watcher.pid, (self) => self.link(ender.pid));
    runtime.send(ender.pid, (self) => self.exit(reason));
    await sim.run();
    strictEqual(runtime.isAlive(watcher.pid), outcome !== "ends");
    if (outcome === "ends") strictEqual(await watcher.join(), reason);
    const message = { type: "exit", from: ender.pid, reason };
    deepStrictEqual(watcher.seen, outcome === "hears" ? [message] : []);
  });
}

Deno.test("link() ends both ways, whoever made it", async () => {
  const { sim, runtime } = simulated();
  const one = puppet(runtime);
  const other = puppet(runtime);
  runtime.send(one.pid, (self) => self.link(other.pid));
  await sim.run();
  runtime.kill(one.pid);
  strictEqual(await other.join(), "killed");
});

Deno.test("link() to a dead process ends the caller with noproc", async () => {
  const { runtime } = simulated();
  const dead = puppet(runtime);
  runtime.kill(dead.pid);
  const caller = puppet(runtime);
  runtime.send(caller.pid, (self) => self.link(dead.pid));
  strictEqual(await caller.join(), "noproc");
});

Deno.test("link() to a dead process tells a caller that traps exits, each time", async () => {
  const { sim, runtime } = simulated();
  const dead = puppet(runtime);
  runtime.kill(dead.pid);
  const caller = puppet(runtime, true);
  for (let time = 0; time < 2; time++) {
    runtime.send(caller.pid, (self) => self.link(dead.pid));
  }
  await sim.run();
  const message = { type: "exit", from: dead.pid, reason: "noproc" };
  deepStrictEqual(caller.seen, [message, message]);
});

Deno.test("link() twice is one link, and to itself none", async () => {
  const { sim, runtime } = simulated();
  const caller = puppet(runtime, true);
  const other = puppet(runtime);
  runtime.send(caller.pid, (self) => {
    self.link(self.pid);
    self.link(other.pid);
    self.link(other.pid);
  });
  runtime.send(other.pid, (self) => self.link(caller.pid));
  await sim.run();
  runtime.kill(other.pid);
  await sim.run();
  strictEqual(caller.seen.length, 1);
});

Deno.test("unlink() by either side ends the link", async () => {
  for (const side of ["one", "other"] as const) {
    const { sim, runtime } = simulated();
    const one = puppet(runtime);
    const other = puppet(runtime);
    runtime.send(one.pid, (self) => self.link(other.pid));
    await sim.run();
    const [by, from] = side === "one" ? [one, other] : [other, one];
    runtime.send(by.pid, (self) => self.unlink(from.pid));
    await sim.run();
    runtime.kill(one.pid);
    await sim.run();
    ok(runtime.isAlive(other.pid));
  }
});

Deno.test("unlink() keeps out the exit of a link that is on its way", async () => {
  const sim = new Sim({ seed: 1 });
  const [here, there] = cluster(sim, 2).map((end) => end.runtime) as [
    Runtime,
    Runtime,
  ];
  const caller = puppet(here, true);
  const other = puppet(there);
  here.send(caller.pid, (self) => self.link(other.pid));
  await sim.run();
  there.kill(other.pid);
  here.send(caller.pid, (self) => self.unlink(other.pid));
  await sim.run();
  deepStrictEqual(caller.seen, []);
});

Deno.test("spawnLink() links before the child's first turn", async () => {
  const { runtime } = simulated();
  const parent = runtime.spawn((self) => {
    self.spawnLink(() => {
      throw new TypeError("at once");
    });
    return self.receive();
  });
  const reason = await parent.join();
  ok(typeof reason === "object" && reason.type === "crashed");
  strictEqual(reason.message, "at once");
});

Deno.test("spawnLink() by a body whose process has exited spawns nothing that lives", async () => {
  const { sim, runtime } = simulated();
  const children: ProcessHandle<never>[] = [];
  runtime.spawn((self) => {
    runtime.kill(self.pid);
    children.push(self.spawnLink(() => new Promise(() => {})));
  });
  await sim.run();
  strictEqual(await children[0]!.join(), "killed");
  deepStrictEqual(runtime.list(), []);
});

Deno.test("spawnMonitor() tells of a child that ends at once", async () => {
  const { runtime } = simulated();
  const parent = runtime.spawn<Down>(async (self) => {
    const child = self.spawnMonitor(() => {});
    const down = await self.receive();
    deepStrictEqual(
      [down.ref, down.pid, down.reason],
      [child.ref, child.pid, "normal"],
    );
  });
  strictEqual(await parent.join(), "normal");
});

Deno.test("trapExits() says what it was, and is heeded at once", async () => {
  const { sim, runtime } = simulated();
  const answers: boolean[] = [];
  const process = runtime.spawn<ExitMessage>(async (self) => {
    answers.push(self.trapExits(true), self.trapExits(true));
    runtime.exit(self.pid, "shutdown", self.pid);
    const { from, reason } = await self.receive();
    ok(from?.equals(self.pid));
    strictEqual(reason, "shutdown");
    answers.push(self.trapExits(false));
    await self.receive();
  });
  await sim.run();
  deepStrictEqual(answers, [false, true, true]);
  runtime.exit(process.pid, "shutdown");
  strictEqual(await process.join(), "shutdown");
});

Deno.test("receive() gets exit messages into a full mailbox", async () => {
  const { sim, runtime } = simulated();
  const full = runtime.spawn<ExitMessage>(async (self) => {
    self.trapExits(true);
    await self.receive({ match: ({ reason }) => reason === "killed" });
  }, { mailboxMax: 0 });
  const other = puppet(runtime);
  runtime.send(other.pid, (self) => self.link(full.pid));
  await sim.run();
  runtime.kill(other.pid);
  strictEqual(await full.join(), "normal");
});

Deno.test("link() across a scheduler that is lost ends with the reason of the loss", async () => {
  const sim = new Sim({ seed: 1 });
  const [here, there] = cluster(sim, 2).map((end) => end.runtime) as [
    Runtime,
    Runtime,
  ];
  const caller = puppet(here);
  const other = puppet(there);
  here.send(caller.pid, (self) => self.link(other.pid));
  await sim.run();
  here.disconnect(1);
  strictEqual(await caller.join(), "noconnection");
  ok(there.isAlive(other.pid));
});

Deno.test("link() from many short-lived processes leaves nothing behind", async () => {
  const { sim, runtime } = simulated();
  const keeper = puppet(runtime);
  for (let index = 0; index < 10_000; index++) {
    runtime.spawn((self) => self.link(keeper.pid));
  }
  await sim.run();
  strictEqual(runtime.list().length, 1);
  ok(runtime.isAlive(keeper.pid));
});

// The model: an end spreads over links to all who do not trap exits.
Deno.test("link() spreads an end exactly as far as the links go", async () => {
  const size = 8;
  const index = fc.nat(size - 1);
  await fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(index, index), { maxLength: 14 }),
    fc.array(index, { maxLength: 3 }),
    index,
    fc.integer({ min: 1, max: 3 }),
    fc.nat(),
    async (links, trapping, victim, schedulers, seed) => {
      const sim = new Sim({ seed });
      const ends = cluster(sim, schedulers);
      const puppets = Array.from({ length: size }, (_, at) => {
        const { runtime } = ends[at % schedulers]!;
        return { runtime, ...puppet(runtime, trapping.includes(at)) };
      });
      for (const [from, to] of links) {
        const { runtime, pid } = puppets[from]!;
        runtime.send(pid, (self) => self.link(puppets[to]!.pid));
      }
      await sim.run();
      const { runtime, pid } = puppets[victim]!;
      runtime.kill(pid);
      await sim.run();
      const dead = reach(links, trapping, victim);
      puppets.forEach(({ runtime, pid }, at) => {
        strictEqual(runtime.isAlive(pid), !dead.has(at), `process ${at}`);
      });
    },
  ));
});

function reach(
  links: [number, number][],
  trapping: number[],
  victim: number,
): Set<number> {
  const dead = new Set([victim]);
  for (const process of dead) {
    for (const [from, to] of links) {
      const peer = from === process ? to : to === process ? from : undefined;
      if (peer !== undefined && !trapping.includes(peer)) dead.add(peer);
    }
  }
  return dead;
}
