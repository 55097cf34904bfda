import { deepStrictEqual, strictEqual } from "node:assert";
import type { Context } from "./context.ts";
import type { Overflow } from "./overflow.ts";
import type { Pid } from "./pid.ts";
import type { Runtime } from "./runtime.ts";
import type { Down, ExitMessage, MonitorRef } from "./signal.ts";
import { type Simulated, simulated } from "./testdata/simulated.ts";

/** What a keeper accepts; `"go"` is told by an order of its own. */
type Message = number | Down | ExitMessage;

/** A process that looks at nothing until it is let go. */
interface Keeper {
  readonly pid: Pid<Message>;
  readonly alias: Pid<Message>;
  readonly urgent: Pid<Message>;
  readonly seen: unknown[];
  /** Lets it receive all that waits, and goes on until it does. */
  readonly go: () => Promise<void>;
}

const TARGETS = 3;

/** Spawns a keeper that traps exits and monitors `targets`. */
async function keeper(
  { sim, runtime }: Pick<Simulated, "sim" | "runtime">,
  overflow: Overflow,
  mailboxMax = 2,
  targets: readonly Pid[] = [],
): Promise<Keeper> {
  const seen: unknown[] = [];
  const gate = Promise.withResolvers<void>();
  const pids: { alias?: Pid<Message>; urgent?: Pid<Message> } = {};
  const { pid } = runtime.spawn<Message>(async (self) => {
    self.trapExits(true);
    for (const target of targets) self.monitor(target);
    pids.alias = self.alias();
    pids.urgent = self.alias({ priority: true });
    await gate.promise;
    for (;;) seen.push(shortOf(await self.receive()));
  }, { mailboxMax, overflow });
  await sim.run();
  const go = () => {
    gate.resolve();
    return sim.run();
  };
  const { alias, urgent } = pids;
  return { pid, alias: alias!, urgent: urgent!, seen, go };
}

function shortOf(message: Message): unknown {
  return typeof message === "number" ? message : message.type;
}

function countsOf(runtime: Runtime, pid: Pid): number[] {
  const { mailboxDepth, refused, dropped } = runtime.info(pid)!;
  return [mailboxDepth, refused, dropped];
}

// What four sends return to a process with room for two, what is counted then,
// and what is received.
// deno-fmt-ignore
const POLICIES: [Overflow, boolean[], [depth: number, refused: number, dropped: number], number[]][] = [
  ["reject",       [true, true, false, false], [2, 2, 0], [1, 2]],
  ["dropNewest",   [true, true, true, true],   [2, 0, 2], [1, 2]],
  ["dropOldest",   [true, true, true, true],   [2, 0, 2], [3, 4]],
  ["backPressure", [true, true, false, false], [2, 2, 0], [1, 2]],
];

for (const [overflow, returned, counts, received] of POLICIES) {
  for (const by of ["pid", "alias"] as const) {
    Deno.test(`${overflow} by ${by} does what it says when the mailbox is full`, async () => {
      const simulation = simulated();
      const { runtime } = simulation;
      const full = await keeper(simulation, overflow);
      const sent = [1, 2, 3, 4].map((each) => runtime.send(full[by], each));
      deepStrictEqual(sent, returned);
      deepStrictEqual(countsOf(runtime, full.pid), counts);
      await full.go();
      deepStrictEqual(full.seen, received);
    });
  }

  Deno.test(`${overflow} is counted by the runtime, also when the process has ended`, async () => {
    const simulation = simulated();
    const { runtime } = simulation;
    const [one, other] = [
      await keeper(simulation, overflow),
      await keeper(simulation, overflow),
    ];
    for (const { pid } of [one, other]) {
      for (const each of [1, 2, 3, 4]) runtime.send(pid, each);
    }
    runtime.kill(other.pid);
    const { refused, dropped } = runtime.counters();
    deepStrictEqual([refused, dropped], [counts[1] * 2, counts[2] * 2]);
  });

  Deno.test(`${overflow} bears a mailbox that has room for none`, async () => {
    const simulation = simulated();
    const { runtime } = simulation;
    const { pid } = await keeper(simulation, overflow, 0);
    const isSent = runtime.send(pid, 1);
    strictEqual(isSent, returned[3]);
    const isDropped = Number(isSent);
    deepStrictEqual(countsOf(runtime, pid), [0, 1 - isDropped, isDropped]);
  });

  Deno.test(`${overflow} lets signals of the system in, and leaves them there`, async () => {
    const simulation = simulated();
    const { runtime } = simulation;
    const forever = () => new Promise(() => {});
    const targets = Array.from(
      { length: TARGETS },
      () => runtime.spawn(forever).pid,
    );
    const full = await keeper(simulation, overflow, 2, targets);
    for (const target of targets) runtime.kill(target);
    runtime.exit(full.pid, "shutdown");
    const sent = [1, 2].map((each) => runtime.send(full.pid, each));
    const isTold = overflow === "reject" || overflow === "backPressure";
    deepStrictEqual(sent, [!isTold, !isTold]);
    deepStrictEqual(
      countsOf(runtime, full.pid),
      isTold ? [4, 2, 0] : [4, 0, 2],
    );
    await full.go();
    deepStrictEqual(full.seen, ["down", "down", "down", "exit"]);
  });

  Deno.test(`${overflow} counts priority messages against the bound`, async () => {
    const simulation = simulated();
    const { runtime } = simulation;
    const full = await keeper(simulation, overflow);
    const options = { priority: true };
    const sent = [1, 2].map((each) => runtime.send(full.urgent, each, options));
    deepStrictEqual(sent, [true, true]);
    strictEqual(runtime.send(full.pid, 3), returned[3]);
    await full.go();
    deepStrictEqual(full.seen, [1, 2]);
  });

  Deno.test(`${overflow} refuses a priority message`, async () => {
    const simulation = simulated();
    const { runtime } = simulation;
    const full = await keeper(simulation, overflow);
    for (const each of [1, 2]) runtime.send(full.pid, each);
    const before = countsOf(runtime, full.pid);
    strictEqual(runtime.send(full.urgent, 3, { priority: true }), false);
    deepStrictEqual(countsOf(runtime, full.pid), [
      before[0],
      before[1]! + 1,
      before[2],
    ]);
    await full.go();
    deepStrictEqual(full.seen, [1, 2]);
  });
}

Deno.test("dropOldest drops the oldest message among signals and priority messages", async () => {
  const simulation = simulated();
  const { runtime } = simulation;
  const full = await keeper(simulation, "dropOldest", 4);
  runtime.exit(full.pid, "shutdown");
  runtime.send(full.pid, 1);
  runtime.send(full.urgent, 2, { priority: true });
  for (const each of [3, 4, 5]) runtime.send(full.pid, each);
  await full.go();
  deepStrictEqual(full.seen, [2, "exit", 4, 5]);
});

Deno.test("dropOldest never drops a Down that was stashed", async () => {
  const { sim, runtime } = simulated();
  const seen: unknown[] = [];
  const target = runtime.spawn(() => new Promise(() => {}));
  const { pid } = runtime.spawn<Message>(async (self) => {
    self.monitor(target.pid);
    self.stash(await self.receive());
    self.unstash();
    for (const each of [1, 2, 3]) runtime.send(self.pid, each);
    for (let count = 0; count < 2; count++) {
      seen.push(shortOf(await self.receive()));
    }
  }, { mailboxMax: 2, overflow: "dropOldest" });
  await sim.run();
  runtime.kill(target.pid);
  await sim.run();
  deepStrictEqual(seen, ["down", 3]);
  strictEqual(runtime.isAlive(pid), false);
});

Deno.test("mailboxMax counts what is stashed", async () => {
  const { sim, runtime } = simulated();
  const sent: boolean[] = [];
  runtime.spawn<number>(async (self) => {
    sent.push(runtime.send(self.pid, 1));
    self.stash(await self.receive());
    sent.push(runtime.send(self.pid, 2));
    self.unstash();
    await self.receive();
    sent.push(runtime.send(self.pid, 3));
  }, { mailboxMax: 1 });
  await sim.run();
  deepStrictEqual(sent, [true, false, true]);
});

Deno.test("sendWhenRoom() resolves in the order in which the senders came", async () => {
  const simulation = simulated();
  const { runtime } = simulation;
  const full = await keeper(simulation, "backPressure");
  const arrived: [number, boolean][] = [];
  for (const each of [1, 2, 3, 4, 5]) {
    runtime.sendWhenRoom(full.pid, each)
      .then((hasArrived) => arrived.push([each, hasArrived]));
  }
  await simulation.sim.run();
  deepStrictEqual(arrived, [[1, true], [2, true]]);
  strictEqual(runtime.send(full.pid, 6), false);
  await full.go();
  deepStrictEqual(full.seen, [1, 2, 3, 4, 5]);
  deepStrictEqual(arrived.map(([each]) => each), [1, 2, 3, 4, 5]);
  deepStrictEqual(countsOf(runtime, full.pid), [0, 1, 0]);
});

Deno.test(
  "sendWhenRoom() does not overtake what a receive waits for its turn with",
  async () => {
    const { sim, runtime } = simulated({ reductionsPerSlice: 2 });
    const seen: number[] = [];
    const { pid } = runtime.spawn<number>(async (self) => {
      seen.push(await self.receive());
      seen.push(await self.receive({ match: () => true }));
      seen.push(await self.receive());
    }, { mailboxMax: 1, overflow: "backPressure" });
    for (const each of [1, 2, 3]) runtime.sendWhenRoom(pid, each);
    await sim.run();
    deepStrictEqual(seen, [1, 2, 3]);
  },
);

Deno.test("sendWhenRoom() waits for one place at a time", async () => {
  const { sim, runtime } = simulated();
  const arrived: number[] = [];
  const steps: number[][] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    for (let count = 0; count < 3; count++) {
      await self.receive({ timeoutMs: 0 });
      await Promise.resolve();
      steps.push([...arrived]);
      await self.receive({ match: () => false, timeoutMs: 1 });
    }
  }, { mailboxMax: 1, overflow: "backPressure" });
  for (const each of [1, 2, 3]) {
    runtime.sendWhenRoom(pid, each).then((isSent) =>
      isSent && arrived.push(each)
    );
  }
  await sim.run();
  deepStrictEqual(steps, [[1, 2], [1, 2, 3], [1, 2, 3]]);
});

Deno.test("sendWhenRoom() gets in when a Down is flushed", async () => {
  const { sim, runtime } = simulated();
  const seen: unknown[] = [];
  const target = runtime.spawn(() => new Promise(() => {}));
  const orders = Promise.withResolvers<void>();
  const { pid } = runtime.spawn<Message>(async (self) => {
    const ref: MonitorRef = self.monitor(target.pid);
    await orders.promise;
    self.demonitor(ref, { flush: true });
    seen.push(await self.receive());
  }, { mailboxMax: 1, overflow: "backPressure" });
  await sim.run();
  runtime.kill(target.pid);
  const sent = runtime.sendWhenRoom(pid, 1);
  orders.resolve();
  await sim.run();
  strictEqual(await sent, true);
  deepStrictEqual(seen, [1]);
});

Deno.test("sendWhenRoom() of a process that ends meanwhile sends nothing", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const full = await keeper(simulation, "backPressure", 1);
  runtime.send(full.pid, 1);
  const outcomes: unknown[] = [];
  const sender = (message: number) =>
    runtime.spawn(async (self) => {
      outcomes.push([message, await self.sendWhenRoom(full.pid, message)]);
    });
  const [first] = [sender(2), sender(3)];
  await sim.run();
  runtime.kill(first!.pid);
  await full.go();
  deepStrictEqual(full.seen, [1, 3]);
  deepStrictEqual(outcomes, [[3, true]]);
});

Deno.test("sendWhenRoom() resolves to false when the receiver ends", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const full = await keeper(simulation, "backPressure", 1);
  const outcomes: unknown[] = [];
  const sender = runtime.spawn(async (self) => {
    outcomes.push(await self.sendWhenRoom(full.pid, 1));
    outcomes.push(await self.sendWhenRoom(full.pid, 2));
    outcomes.push(await self.sendWhenRoom(full.pid, 3));
  });
  await sim.run();
  const ofNobody = [4, 5].map((each) => runtime.sendWhenRoom(full.pid, each));
  runtime.kill(full.pid);
  await sim.run();
  deepStrictEqual(outcomes, [true, false, false]);
  deepStrictEqual(await Promise.all(ofNobody), [false, false]);
  strictEqual(await sender.join(), "normal");
});

// deno-fmt-ignore
const AT_ONCE: [string, { mailboxMax?: number; overflow?: Overflow }, boolean[]][] = [
  ["has no bound",        {},                                                  [true, true]],
  ["rejects",             { mailboxMax: 1 },                                   [true, false]],
  ["drops the newest",    { mailboxMax: 1, overflow: "dropNewest" },           [true, true]],
  ["drops the oldest",    { mailboxMax: 1, overflow: "dropOldest" },           [true, true]],
  ["has room",            { mailboxMax: 2, overflow: "backPressure" },         [true, true]],
  ["has no bound to press back by", { overflow: "backPressure" },              [true, true]],
];

for (const [what, options, arrived] of AT_ONCE) {
  Deno.test(`sendWhenRoom() resolves at once to a process that ${what}`, async () => {
    const { runtime } = simulated();
    const forever = () => new Promise(() => {});
    const { pid } = runtime.spawn<number>(forever, options);
    const sent = [1, 2].map((each) => runtime.sendWhenRoom(pid, each));
    deepStrictEqual(await Promise.all(sent), arrived);
  });
}

Deno.test("sendWhenRoom() resolves to false for a process that has ended", async () => {
  const simulation = simulated();
  const { runtime } = simulation;
  const full = await keeper(simulation, "backPressure");
  runtime.kill(full.pid);
  strictEqual(await runtime.sendWhenRoom(full.pid, 1), false);
  strictEqual(await runtime.sendWhenRoom(full.alias, 1), false);
});

Deno.test("sendWhenRoom() by an alias is a send", async () => {
  const simulation = simulated();
  const { runtime } = simulation;
  const full = await keeper(simulation, "backPressure", 1);
  strictEqual(await runtime.sendWhenRoom(full.alias, 1), true);
  strictEqual(await runtime.sendWhenRoom(full.alias, 2), false);
});

Deno.test("sendWhenRoom() tells the observer of the message", async () => {
  const sent: unknown[] = [];
  const { runtime } = simulated({
    observer: { sent: (_, message, isSent) => sent.push([message, isSent]) },
  });
  const { pid } = runtime.spawn<number>(() => {}, { mailboxMax: 1 });
  await runtime.sendWhenRoom(pid, 1);
  await runtime.sendWhenRoom(pid, 2);
  deepStrictEqual(sent, [[1, true], [2, false]]);
});

Deno.test("dropOldest while a receive waits for something else gives it what comes", async () => {
  const { sim, runtime } = simulated();
  const isEven = (message: number) => message % 2 === 0;
  const got: number[] = [];
  const { pid } = runtime.spawn<number>(async (self: Context<number>) => {
    got.push(await self.receive({ match: isEven }));
    got.push(await self.receive(), await self.receive());
  }, { mailboxMax: 2, overflow: "dropOldest" });
  await sim.run();
  for (const each of [1, 3, 5, 7, 8]) runtime.send(pid, each);
  await sim.run();
  runtime.send(pid, 9);
  await sim.run();
  deepStrictEqual(got, [8, 7, 9]);
});
