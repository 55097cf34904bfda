import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { Pid } from "./pid.ts";
import { formatReason } from "./reason.ts";
import type { Observer } from "./observer.ts";
import { Runtime } from "./runtime.ts";
import type { Down } from "./signal.ts";
import { Sim } from "./sim.ts";
import { simulated } from "./testdata/simulated.ts";

Deno.test("spawn() starts the body after the caller's turn, in order", async () => {
  const { sim, runtime } = simulated();
  const order: string[] = [];
  for (const name of ["a", "b", "c"]) runtime.spawn(() => order.push(name));
  order.push("caller");
  await sim.run();
  deepStrictEqual(order, ["caller", "a", "b", "c"]);
});

Deno.test("spawn() runs all of more processes than one slice holds", async () => {
  const { sim, runtime } = simulated();
  const order: number[] = [];
  const names = Array.from({ length: 10_000 }, (_, name) => name);
  for (const name of names) runtime.spawn(() => order.push(name));
  await sim.run();
  deepStrictEqual(order, names);
  deepStrictEqual(runtime.counters(), {
    spawned: 10_000,
    exited: 10_000,
    refused: 0,
    dropped: 0,
  });
});

Deno.test("spawn() numbers processes from 0 and never again", async () => {
  const { sim, runtime } = simulated({ node: 3, scheduler: 2 });
  const pids: string[] = [];
  for (const _ of [1, 2, 3]) {
    pids.push(String(runtime.spawn(() => {}).pid));
    await sim.run();
  }
  deepStrictEqual(pids, ["<3.2.0>", "<3.2.1>", "<3.2.2>"]);
});

Deno.test("spawn() gives the body its pid and its runtime", async () => {
  const { sim, host, runtime } = simulated();
  const given: unknown[] = [];
  const { pid } = runtime.spawn((self) => {
    given.push(self.pid, self.runtime, self.runtime.host);
  });
  await sim.run();
  strictEqual(given[0], pid);
  strictEqual(given[1], runtime);
  strictEqual(given[2], host);
});

Deno.test("list() has the living, the oldest first", () => {
  const { runtime } = simulated();
  const handles = [1, 2, 3].map(() => runtime.spawn((self) => self.receive()));
  deepStrictEqual(runtime.list(), handles.map(({ pid }) => pid));
  handles[1]!.kill();
  deepStrictEqual(runtime.list(), [handles[0]!.pid, handles[2]!.pid]);
});

Deno.test("counters() counts what was spawned, has ended, was refused", async () => {
  const { sim, runtime } = simulated();
  const body = () => new Promise(() => {});
  const { pid } = runtime.spawn<number>(body, { mailboxMax: 2 });
  runtime.spawn(() => {});
  await sim.run();
  const sent = [1, 2, 3, 4].map((message) => runtime.send(pid, message));
  deepStrictEqual(sent, [true, true, false, false]);
  deepStrictEqual(runtime.counters(), {
    spawned: 2,
    exited: 1,
    refused: 2,
    dropped: 0,
  });
  strictEqual(runtime.mailboxDepth(pid), 2);
  runtime.kill(pid);
  strictEqual(runtime.send(pid, 5), false);
  deepStrictEqual(runtime.counters(), {
    spawned: 2,
    exited: 2,
    refused: 2,
    dropped: 0,
  });
});

Deno.test("mailboxMax makes room again when a message is taken", async () => {
  const { sim, runtime } = simulated();
  const received: number[] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    for (;;) received.push(await self.receive());
  }, { mailboxMax: 1 });
  strictEqual(runtime.send(pid, 1), true);
  strictEqual(runtime.send(pid, 2), false);
  await sim.run();
  strictEqual(runtime.send(pid, 3), true);
  await sim.run();
  deepStrictEqual(received, [1, 3]);
});

Deno.test("mailboxMax never refuses a Down", async () => {
  const { sim, runtime } = simulated();
  const target = runtime.spawn((self) => self.receive());
  const received: (string | Down)[] = [];
  const watcher = runtime.spawn<string | Down>(async (self) => {
    self.monitor(target.pid);
    self.monitor(target.pid);
    await new Promise<void>((resolve) => runtime.host.timer(5, resolve));
    for (;;) received.push(await self.receive());
  }, { mailboxMax: 1 });
  await sim.advance(1);
  strictEqual(runtime.send(watcher.pid, "full"), true);
  target.kill();
  strictEqual(runtime.send(watcher.pid, "refused"), false);
  strictEqual(runtime.mailboxDepth(watcher.pid), 3);
  await sim.run();
  const types = received.map((each) =>
    typeof each === "string" ? each : each.type
  );
  deepStrictEqual(types, ["full", "down", "down"]);
});

for (const mailboxMax of [-1, NaN]) {
  Deno.test(`spawn() throws when mailboxMax is ${mailboxMax}`, () => {
    const { runtime } = simulated();
    throws(() => runtime.spawn(() => {}, { mailboxMax }), {
      name: "RangeError",
      message: `Cannot bound a mailbox below 0: ${mailboxMax}`,
    });
    deepStrictEqual(runtime.list(), []);
  });
}

Deno.test("allot() sets pids aside that spawn() takes, elsewhere, once", async () => {
  const sim = new Sim();
  const main = new Runtime({ host: sim.host() });
  const worker = new Runtime({ host: sim.host(), scheduler: 1 });
  const pids = [main.allot<string>(1), main.allot<string>(1)];
  deepStrictEqual(pids.map(String), ["<0.1.0>", "<0.1.1>"]);
  strictEqual(String(main.allot(2)), "<0.2.0>");

  const received: string[] = [];
  const handle = worker.spawn<string>(async (self) => {
    received.push(await self.receive());
  }, { pid: pids[1]! });
  strictEqual(handle.pid, pids[1]);
  strictEqual(worker.send(new Pid(0, 1, 1) as Pid<string>, "found"), true);
  strictEqual(worker.isAlive(pids[0]!), false);
  throws(() => worker.spawn(() => {}, { pid: pids[1]! }), {
    name: "RangeError",
    message: "Cannot spawn under a pid of others: <0.1.1>",
  });
  await sim.run();
  deepStrictEqual(received, ["found"]);
});

for (const pid of [new Pid(0, 1, 0), new Pid(1, 0, 0)]) {
  Deno.test(`spawn() throws when it is given ${pid} of another`, () => {
    const { runtime } = simulated();
    throws(() => runtime.spawn(() => {}, { pid }), {
      name: "RangeError",
      message: `Cannot spawn under a pid of others: ${pid}`,
    });
    deepStrictEqual(runtime.counters().spawned, 0);
  });
}

// deno-fmt-ignore
const ALLOTS: [number, string][] = [
  [0,   "Cannot allot a pid of this scheduler: 0"],
  [256, "Cannot number a scheduler: 256"],
];

for (const [scheduler, message] of ALLOTS) {
  Deno.test(`allot() throws when the scheduler is ${scheduler}`, () => {
    const { runtime } = simulated();
    throws(() => runtime.allot(scheduler), { name: "RangeError", message });
  });
}

// deno-fmt-ignore
const OPTIONS: [object, string][] = [
  [{ node: 1_024 },            "Cannot number a node: 1024"],
  [{ scheduler: -1 },          "Cannot number a scheduler: -1"],
  [{ reductionsPerSlice: 0 },  "Cannot make a slice of less than one whole reduction: 0"],
];

for (const [options, message] of OPTIONS) {
  Deno.test(`Runtime throws: ${message}`, () => {
    throws(() => new Runtime(options), { name: "RangeError", message });
  });
}

Deno.test("Runtimes that share a thread keep their processes apart", async () => {
  const sim = new Sim();
  const [one, other] = [0, 0].map(() => new Runtime({ host: sim.host() }));
  const received: number[] = [];
  const { pid } = one!.spawn<number>(async (self) => {
    received.push(await self.receive());
  });
  strictEqual(other!.isAlive(pid), false);
  strictEqual(other!.send(pid, 1), false);
  strictEqual(other!.kill(pid), false);
  strictEqual(one!.send(pid, 2), true);
  await sim.run();
  deepStrictEqual(received, [2]);
});

/** An observer that writes a line for each thing it is told. */
function writing(lines: string[]): Observer {
  return {
    spawned: (pid, label) => lines.push(`spawned ${pid} ${label}`),
    exited: (pid, reason, label) =>
      lines.push(`exited ${pid} ${formatReason(reason)} ${label}`),
  };
}

Deno.test("observer is told what happens, as it happens", async () => {
  const lines: string[] = [];
  const { sim, runtime } = simulated({ observer: writing(lines) });
  const waiting = runtime.spawn((self) => self.receive(), { label: "waiting" });
  runtime.spawn(() => Promise.reject("no"));
  deepStrictEqual(lines.splice(0), [
    "spawned <0.0.0> waiting",
    "spawned <0.0.1> undefined",
  ]);
  await sim.run();
  waiting.kill();
  deepStrictEqual(lines, [
    "exited <0.0.1> crashed: string: no undefined",
    "exited <0.0.0> killed waiting",
  ]);
});

Deno.test("observer finds an ended process gone and its watchers not yet told", async () => {
  const seen: unknown[] = [];
  const { sim, runtime } = simulated({
    observer: {
      exited(pid) {
        seen.push(runtime.isAlive(pid), runtime.counters().exited);
        seen.push(runtime.mailboxDepth(watcher.pid));
      },
    },
  });
  const target = runtime.spawn((self) => self.receive());
  const watcher = runtime.spawn<Down>((self) => {
    self.monitor(target.pid);
    return new Promise(() => {});
  });
  await sim.run();
  target.kill();
  deepStrictEqual(seen, [false, 1, 0]);
  strictEqual(runtime.mailboxDepth(watcher.pid), 1);
});

Deno.test("observer that throws fails the program and no process", async () => {
  const observer: Observer = {
    spawned() {
      throw new Error("spawned");
    },
    exited() {
      throw new Error("exited");
    },
  };
  const { sim, runtime } = simulated({ observer });
  const target = runtime.spawn((self) => self.receive({ timeoutMs: 1 }));
  const watcher = runtime.spawn<Down>(async (self) => {
    self.monitor(target.pid);
    strictEqual((await self.receive()).reason, "normal");
  });
  for (const name of ["spawned", "spawned", "exited", "exited"]) {
    await rejects(sim.run(), new RegExp(`crashed: Error: ${name}$`));
  }
  await sim.run();
  strictEqual(await watcher.join(), "normal");
});
