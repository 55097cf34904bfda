import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { call, type CallMessage } from "./call.ts";
import { type Context, DONE, TIMEOUT } from "./context.ts";
import { crashReporter } from "./crash_reporter.ts";
import { CallTimeout, type ServerDown } from "./errors.ts";
import type { Overflow } from "./overflow.ts";
import type { Pid } from "./pid.ts";
import { type ExitReason, formatReason } from "./reason.ts";
import { type Body, Runtime } from "./runtime.ts";
import { shutdown } from "./shutdown.ts";
import type { Down, ExitMessage } from "./signal.ts";
import { supervisor } from "./supervisor.ts";
import { collectGarbage } from "./testdata/gc.ts";
import { simulated } from "./testdata/simulated.ts";

/** The body of a process that does nothing. */
function forever(): Promise<never> {
  return new Promise(() => {});
}

/** Processes of the tests that need many. */
const MANY = 100_000;

function thrower(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

const UNPRINTABLE = { toString: thrower(1) };

// deno-fmt-ignore
const THROWN: [string, Body<never>, string][] = [
  ["throws at once",           () => { throw new TypeError("no"); },          "crashed: TypeError: no"],
  ["throws null",              thrower(null),                         "crashed: object: null"],
  ["throws undefined",         thrower(undefined),                    "crashed: undefined: undefined"],
  ["rejects with undefined",   () => Promise.reject(),                        "crashed: undefined: undefined"],
  ["throws a promise",         thrower(Promise.resolve(1)),           "crashed: object: [object Promise]"],
  ["throws what cannot be printed", thrower(UNPRINTABLE), "crashed: object: unprintable object"],
  ["returns a thenable that throws", () => ({ then() { throw new Error("then"); } }), "crashed: Error: then"],
];

for (const [what, body, reason] of THROWN) {
  Deno.test(`a body that ${what} is reported to watchers and links`, async () => {
    const { sim, runtime } = simulated();
    const heard: string[] = [];
    runtime.spawn<Down | ExitMessage>(async (self) => {
      self.trapExits(true);
      self.spawnMonitor(body);
      self.spawnLink(body);
      for (let count = 0; count < 2; count++) {
        const { type, reason } = await self.receive();
        heard.push(`${type} ${formatReason(reason)}`);
      }
    });
    await sim.run();
    deepStrictEqual(heard, [`down ${reason}`, `exit ${reason}`]);
  });
}

// deno-fmt-ignore
const RECEIVERS: [string, Body<number>][] = [
  ["receives",               async (self) => { for (;;) await self.receive(); }],
  ["receives each",          (self) => self.receiveEach(() => {})],
  ["receives each later",    (self) => self.receiveEach(async () => {})],
  ["looks for something else", (self) => self.receive({ match: () => false })],
];

for (const [what, body] of RECEIVERS) {
  Deno.test(`a process that ${what} and ends with mail does not spin`, async () => {
    const { sim, runtime } = simulated({ reductionsPerSlice: 10 });
    const { pid } = runtime.spawn<number>(body);
    await sim.advance(0);
    for (let count = 0; count < 1_000; count++) runtime.send(pid, count);
    const before = runtime.load();
    runtime.kill(pid);
    await sim.run();
    const { reductions, slices } = runtime.load();
    // One turn may have been asked for, and finds that there is nothing to do.
    strictEqual(reductions - before.reductions <= 11, true);
    strictEqual(slices - before.slices <= 1, true);
  });
}

Deno.test("a child that always crashes is not restarted in silence", async () => {
  const lines: string[] = [];
  const observer = crashReporter((text) => lines.push(text.split("\n")[0]!));
  const { sim, runtime } = simulated({ observer });
  const start = () => () => {
    throw new TypeError("no");
  };
  const { pid } = runtime.spawn(supervisor({
    children: [{ id: "worker", start }],
    restartsMax: 5,
  }));
  await sim.run();
  strictEqual(runtime.isAlive(pid), false);
  const count = (begin: string) =>
    lines.filter((line) => line.startsWith(begin)).length;
  deepStrictEqual([count("Restarting"), count("Gave up")], [5, 1]);
});

const OVERFLOWS: Overflow[] = [
  "reject",
  "dropNewest",
  "dropOldest",
  "backPressure",
];

for (const overflow of OVERFLOWS) {
  Deno.test(`${overflow} never throws into an innocent sender`, async () => {
    const { sim, runtime } = simulated();
    let alias!: Pid<number>;
    const { pid } = runtime.spawn<number>((self) => {
      alias = self.alias({ priority: true });
      const match = (message: number) => {
        if (message === 3) throw new TypeError("no");
        return false;
      };
      return self.receive({ match });
    }, { mailboxMax: 2, overflow });
    await sim.run();
    const outcomes: unknown[] = [];
    for (const each of [1, 2, 3, 4]) {
      outcomes.push(runtime.send(pid, each), runtime.send(alias, each));
      const options = { priority: true };
      outcomes.push(runtime.send(alias, each, options));
      runtime.sendWhenRoom(pid, each).then((sent) => outcomes.push(sent));
    }
    runtime.kill(pid);
    await sim.run();
    strictEqual(outcomes.length, 16);
    strictEqual(outcomes.every((each) => typeof each === "boolean"), true);
  });
}

Deno.test("a match that throws ends its own process, not the sender", async () => {
  const { sim, runtime } = simulated();
  const receiver = runtime.spawn<number>((self) =>
    self.receive({
      match() {
        throw new TypeError("no");
      },
    })
  );
  await sim.run();
  const sender = runtime.spawn(() => {
    runtime.send(receiver.pid, 1);
  });
  await sim.run();
  strictEqual(await sender.join(), "normal");
  strictEqual(formatReason(await receiver.join()), "crashed: TypeError: no");
});

Deno.test("shutdown() has one deadline however long supervisors would wait", async () => {
  const { sim, runtime } = simulated();
  const stubborn = async (self: Context<ExitMessage>) => {
    self.trapExits(true);
    for (;;) await self.receive();
  };
  const child = { start: () => stubborn, shutdown: "infinity" } as const;
  for (let count = 0; count < 3; count++) {
    runtime.spawn(supervisor({
      children: ["one", "two"].map((id) => ({ id, ...child })),
    }));
  }
  await sim.run();
  const ending = shutdown(runtime, { deadlineMs: 500 });
  await sim.advance(500);
  const { killed, left, tookMs } = await ending;
  deepStrictEqual([killed.length, left.length, tookMs], [9, 0, 500]);
  deepStrictEqual(runtime.list(), []);
});

interface Echo {
  echo(): string;
}

// deno-fmt-ignore
const SERVER_ENDS: [string, (self: Context<CallMessage<Echo>>) => unknown, string][] = [
  ["dies with calls waiting",    async (self) => { await self.receive(); throw new TypeError("no"); }, "crashed: TypeError: no"],
  ["returns with calls waiting", (self) => self.receive(), "normal"],
  ["is dead to begin with",      (self) => self.exit("shutdown"), "noproc"],
];

for (const [what, body, reason] of SERVER_ENDS) {
  Deno.test(`a server that ${what} leaves no call waiting`, async () => {
    const { sim, runtime } = simulated();
    const server = runtime.spawn<CallMessage<Echo>>(body);
    const ends: string[] = [];
    for (let count = 0; count < 10; count++) {
      runtime.spawn((self) =>
        call(self, server.pid, { type: "echo" }, { timeoutMs: Infinity })
          .catch((error: ServerDown) => ends.push(formatReason(error.reason)))
      );
    }
    await sim.run();
    deepStrictEqual(ends, Array(10).fill(reason));
    deepStrictEqual(runtime.list(), []);
    strictEqual(sim.nowMs, 0);
  });
}

Deno.test("a reply that comes too late never lands in the mailbox", async () => {
  const { sim, runtime } = simulated();
  const server = runtime.spawn<CallMessage<Echo>>(async (self) => {
    const { from } = await self.receive();
    await self.receive({ match: () => false, timeoutMs: 50 });
    sent.push(runtime.send(from, "late"));
  });
  const sent: boolean[] = [];
  const caller = runtime.spawn<string>(async (self) => {
    const options = { timeoutMs: 10 };
    const asked = call(self, server.pid, { type: "echo" }, options);
    await rejects(asked, CallTimeout);
    strictEqual(await self.receive({ timeoutMs: 100 }), TIMEOUT);
  });
  await sim.run();
  strictEqual(await caller.join(), "normal");
  deepStrictEqual(sent, [false]);
});

Deno.test("a timer for a process that has ended fires into nothing", async () => {
  const { sim, runtime } = simulated();
  const { pid } = runtime.spawn<number>((self) => self.receive());
  await sim.run();
  const once = runtime.sendAfter(pid, 10, 1);
  const often = runtime.sendEvery(pid, 10, 1);
  runtime.kill(pid);
  await sim.run();
  strictEqual(sim.nowMs, 10);
  deepStrictEqual([once.cancel(), often.cancel()], [false, false]);
});

type Thenable = {
  then(
    resolve: (value: unknown) => void,
    reject: (thrown: unknown) => void,
  ): void;
};

// What a body that awaits its receive sees: the promise machinery of the
// language unwraps it. A handler of receiveEach is handed the thing itself.
// deno-fmt-ignore
const THENABLES: [string, Thenable, seen: unknown[], reason: string][] = [
  ["resolves",      { then: (resolve) => resolve("inside") },                ["inside"], "normal"],
  ["rejects",       { then: (_, reject) => reject(new TypeError("no")) },    [],         "crashed: TypeError: no"],
  ["throws",        { then() { throw new TypeError("no"); } },               [],         "crashed: TypeError: no"],
];

for (const [what, message, expected, reason] of THENABLES) {
  for (const isWaiting of [true, false]) {
    const when = isWaiting ? "a receive waits" : "nobody waits";
    Deno.test(`a message with a then that ${what} is awaited by receive(), when ${when}`, async () => {
      const { sim, runtime } = simulated();
      const seen: unknown[] = [];
      const receiver = runtime.spawn<unknown>(async (self) => {
        seen.push(await self.receive());
      });
      if (isWaiting) await sim.run();
      strictEqual(runtime.send(receiver.pid, message), true);
      await sim.run();
      deepStrictEqual(seen, expected);
      strictEqual(formatReason(await receiver.join()), reason);
    });
  }

  Deno.test(`a message with a then that ${what} reaches receiveEach() as it is`, async () => {
    const { sim, runtime } = simulated();
    const seen: unknown[] = [];
    const receiver = runtime.spawn<unknown>((self) =>
      self.receiveEach((each) => {
        seen.push(each);
        return DONE;
      })
    );
    runtime.send(receiver.pid, message);
    await sim.run();
    strictEqual(seen[0], message);
    strictEqual(await receiver.join(), "normal");
  });
}

Deno.test("a promise that a body lets go of fails the program, and not the process", async () => {
  const runtime = new Runtime();
  const heard: unknown[] = [];
  const gone = Promise.withResolvers<void>();
  function hear(event: PromiseRejectionEvent): void {
    event.preventDefault();
    heard.push(event.reason.message);
    gone.resolve();
  }
  globalThis.addEventListener("unhandledrejection", hear);
  const { pid } = runtime.spawn(() => {
    Promise.reject(new TypeError("let go"));
    return forever();
  });
  await gone.promise;
  globalThis.removeEventListener("unhandledrejection", hear);
  deepStrictEqual(heard, ["let go"]);
  strictEqual(runtime.isAlive(pid), true);
});

/** Has a supervisor stop `count` children: what it takes, and how much mail waits meanwhile. */
async function stopping(
  count: number,
): Promise<{ reductions: number; depthMax: number }> {
  const { sim, runtime } = simulated();
  const children = Array.from({ length: count }, (_, index) => ({
    id: String(index),
    start: () => forever,
  }));
  const { pid } = runtime.spawn(supervisor({ children }));
  await sim.run();
  strictEqual(runtime.list().length, count + 1);
  const { reductions } = runtime.load();
  let depthMax = 0;
  runtime.observe({
    exited() {
      depthMax = Math.max(depthMax, runtime.mailboxDepth(pid) ?? 0);
    },
  });
  runtime.exit(pid, "shutdown");
  await sim.run();
  deepStrictEqual(runtime.list(), []);
  return { reductions: runtime.load().reductions - reductions, depthMax };
}

Deno.test("a supervisor of many children takes as many turns for each as one of few", async () => {
  const few = (await stopping(200)).reductions / 200;
  const many = (await stopping(2_000)).reductions / 2_000;
  strictEqual(many <= few * 1.1, true, `${few} and ${many}`);
});

Deno.test(
  "a supervisor that stops many children does not pile up mail to search",
  async () => {
    const { depthMax } = await stopping(1_000);
    strictEqual(depthMax <= 10, true, `${depthMax}`);
  },
);

/** Spawns `MANY` processes of `body`, which is told its index and the pids before it. */
async function many(
  runtime: Runtime,
  settle: () => Promise<void>,
  body: (
    self: Context<unknown>,
    index: number,
    pids: readonly Pid[],
  ) => unknown,
): Promise<Pid[]> {
  const pids: Pid[] = [];
  for (let index = 0; index < MANY; index++) {
    pids.push(
      runtime.spawn<unknown>((self) => {
        body(self, index, pids);
        return forever();
      }).pid,
    );
  }
  await settle();
  return pids;
}

Deno.test(
  "a chain of links as long as the process table ends without a stack overflow",
  async () => {
    const { sim, runtime } = simulated();
    const settle = () => sim.run();
    const pids = await many(runtime, settle, (self, index, pids) => {
      if (index > 0) self.link(pids[index - 1]!);
    });
    runtime.exit(pids[0]!, "shutdown");
    await sim.run();
    deepStrictEqual(runtime.list(), []);
  },
);

Deno.test("a process that everybody is linked to takes all along", async () => {
  const { sim, runtime } = simulated();
  const hub = runtime.spawn(forever);
  await many(runtime, () => sim.run(), (self) => self.link(hub.pid));
  strictEqual(runtime.info(hub.pid)!.links.length, MANY);
  runtime.exit(hub.pid, "shutdown");
  await sim.run();
  deepStrictEqual(runtime.list(), []);
});

Deno.test("a process that is monitored by everybody tells all", async () => {
  const { sim, runtime } = simulated();
  const target = runtime.spawn(forever);
  let downs = 0;
  for (let count = 0; count < MANY; count++) {
    runtime.spawn<Down>(async (self) => {
      self.monitor(target.pid);
      await self.receive();
      downs++;
    });
  }
  await sim.run();
  runtime.kill(target.pid);
  await sim.run();
  strictEqual(downs, MANY);
});

Deno.test("a process that is monitored 100,000 times tells as often, each monitor once", async () => {
  const { sim, runtime } = simulated();
  const target = runtime.spawn(forever);
  const heard = new Set<number>();
  const refs = new Set<number>();
  runtime.spawn<Down>(async (self) => {
    for (let count = 0; count < MANY; count++) {
      refs.add(self.monitor(target.pid));
    }
    await self.receiveEach(({ ref }) => {
      heard.add(ref);
    });
  });
  await sim.run();
  runtime.kill(target.pid);
  await sim.run();
  strictEqual(heard.size, MANY);
  deepStrictEqual([...heard], [...refs]);
});

Deno.test("100,000 processes that end at once leave nothing", async () => {
  const { sim, runtime } = simulated();
  const pids = await many(runtime, () => sim.run(), () => {});
  for (const pid of pids) runtime.kill(pid);
  await sim.run();
  deepStrictEqual(runtime.list(), []);
  deepStrictEqual(runtime.counters().exited, MANY);
});

Deno.test("a name is free when the Down of its owner is seen", async () => {
  const { sim, runtime } = simulated();
  const owner = runtime.spawn(forever);
  runtime.register("name", owner.pid);
  const seen: unknown[] = [];
  const heir = runtime.spawn<Down>(async (self) => {
    self.monitor(owner.pid);
    await self.receive({
      match() {
        seen.push(runtime.whereis("name"));
        return true;
      },
    });
    seen.push(runtime.register("name", self.pid));
    await forever();
  });
  await sim.run();
  runtime.kill(owner.pid);
  await sim.run();
  deepStrictEqual(seen, [undefined, true]);
  strictEqual(runtime.whereis("name"), heir.pid);
});

// deno-fmt-ignore
const SELF_ENDS: [string, (self: Context<number>) => unknown, ExitReason][] = [
  ["kills itself",             (self) => self.runtime.kill(self.pid),                              "killed"],
  ["asks itself to be normal", (self) => self.runtime.exit(self.pid, "normal", self.pid),          "normal"],
  ["exits",                    (self) => self.exit("kill"),                                        "kill"],
  ["exits and catches that",   (self) => { try { self.exit("shutdown"); } catch { /* As careless code does. */ } }, "shutdown"],
  ["kills itself as it sends", (self) => { self.runtime.send(self.pid, 1); self.runtime.kill(self.pid); }, "killed"],
];

for (const [what, end, reason] of SELF_ENDS) {
  Deno.test(`a process that ${what} has ended once and for all`, async () => {
    const { sim, runtime } = simulated();
    const aliveAfter: boolean[] = [];
    const { pid, join } = spawned(runtime, async (self) => {
      await null;
      end(self);
      aliveAfter.push(runtime.isAlive(self.pid));
      await self.receive();
      aliveAfter.push(true);
    });
    await sim.run();
    strictEqual(await join(), reason);
    strictEqual(runtime.isAlive(pid), false);
    deepStrictEqual(aliveAfter, what === "exits" ? [] : [false]);
  });
}

function spawned(runtime: Runtime, body: Body<number>) {
  const handle = runtime.spawn(body);
  return { pid: handle.pid, join: () => handle.join() };
}

Deno.test(
  "a sender that gave up waiting for room is let go of",
  async () => {
    const { sim, runtime } = simulated();
    const { pid } = runtime.spawn<unknown>(forever, {
      mailboxMax: 1,
      overflow: "backPressure",
    });
    await sim.run();
    runtime.send(pid, 0);
    const message = await abandoned(runtime, pid, () => sim.run());
    await collectGarbage();
    strictEqual(message.deref(), undefined);
  },
);

/** What a sender waited to send when it was killed. */
async function abandoned(
  runtime: Runtime,
  to: Pid<unknown>,
  settle: () => Promise<void>,
): Promise<WeakRef<object>> {
  let weak!: WeakRef<object>;
  const sender = runtime.spawn(async (self) => {
    const message = {};
    weak = new WeakRef(message);
    await self.sendWhenRoom(to, message);
  });
  await settle();
  runtime.kill(sender.pid);
  await settle();
  return weak;
}
