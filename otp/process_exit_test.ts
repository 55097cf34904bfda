import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { type Context, LATER, type ProcessBody } from "./context.ts";
import { crashOf, type ExitReason } from "./reason.ts";
import type { Body, Runtime } from "./runtime.ts";
import { collectGarbage } from "./testdata/gc.ts";
import { simulated } from "./testdata/simulated.ts";

const CUSTOM: ExitReason = { type: "exit", payload: { code: 1 } };
const FROZEN = Object.freeze(new Error("frozen"));
const HOSTILE = Object.defineProperties(new Error("hostile"), {
  name: { get: neverRead },
  message: { get: neverRead },
  stack: { get: neverRead },
});

function neverRead(): never {
  throw new Error("A description must stand this");
}

async function endOf(body: Body<never>): Promise<ExitReason> {
  const { sim, runtime } = simulated();
  const handle = runtime.spawn(body);
  await sim.run();
  strictEqual(runtime.isAlive(handle.pid), false);
  return await handle.join();
}

// deno-fmt-ignore
const ENDS: [string, Body<never>, ExitReason][] = [
  ["returns",                  () => {},                              "normal"],
  ["returns a value",          () => 42,                              "normal"],
  ["returns later",            async () => await undefined,           "normal"],
  ["throws at once",           () => { throw FROZEN; },               crashOf(FROZEN)],
  ["throws later",             async () => { await 0; throw FROZEN; }, crashOf(FROZEN)],
  ["returns a rejection",      () => Promise.reject(FROZEN),          crashOf(FROZEN)],
  ["returns a broken promise", () => ({ then() { throw FROZEN; } }),  crashOf(FROZEN)],
  ["rejects with text",        () => Promise.reject("text"),          crashOf("text")],
  ["rejects with nothing",     () => Promise.reject(),                crashOf(undefined)],
  ["rejects with null",        () => Promise.reject(null),            crashOf(null)],
  ["throws a hostile error",   () => Promise.reject(HOSTILE),         crashOf(HOSTILE)],
  ["throws a symbol",          () => Promise.reject(Symbol("s")),     crashOf(Symbol("s"))],
];

for (const [what, body, reason] of ENDS) {
  Deno.test(`spawn() ends as it should when the body ${what}`, async () => {
    deepStrictEqual(await endOf(body), reason);
  });
}

// Rows "own" of what Erlang/OTP 25 does; `testdata/exits.escript` prints them.
const OWN_EXITS: ExitReason[] = [
  "normal",
  "shutdown",
  "kill",
  "killed",
  "noproc",
  CUSTOM,
];

for (const reason of OWN_EXITS) {
  const name = typeof reason === "string" ? reason : "custom";

  Deno.test(`exit() of the context ends with ${name} as given`, async () => {
    strictEqual(await endOf((self) => self.exit(reason)), reason);
    const later = async (self: Context<never>) => {
      await self.receive({ timeoutMs: 1 });
      self.exit(reason);
    };
    strictEqual(await endOf(later), reason);
  });
}

// Rows "other" of the same script.
// deno-fmt-ignore
const EXITS: [ExitReason, ExitReason | "alive"][] = [
  ["normal",   "alive"],
  ["shutdown", "shutdown"],
  ["kill",     "killed"],
  ["killed",   "killed"],
  ["noproc",   "noproc"],
  [CUSTOM,     CUSTOM],
];

for (const [reason, seen] of EXITS) {
  const name = typeof reason === "string" ? reason : "custom";

  Deno.test(`exit() of the runtime asks for ${name}`, async () => {
    const { sim, runtime } = simulated();
    const handle = runtime.spawn((self) => self.receive());
    await sim.run();
    strictEqual(runtime.exit(handle.pid, reason), true);
    strictEqual(runtime.isAlive(handle.pid), seen === "alive");
    if (seen === "alive") return void handle.kill();
    strictEqual(await handle.join(), seen);
    strictEqual(runtime.exit(handle.pid, reason), false);
  });
}

Deno.test("exit() ends a process that another's exit() is thrown into", async () => {
  const { sim, runtime } = simulated();
  let leaked: Context<never> | undefined;
  const other = runtime.spawn((self) => {
    leaked = self;
    return self.receive();
  });
  const caller = runtime.spawn(() => leaked!.exit("shutdown"));
  await sim.run();
  strictEqual(await other.join(), "shutdown");
  deepStrictEqual(await caller.join(), crashOf(Symbol("exited")));
});

Deno.test("exit() keeps its reason when the body catches what it throws", async () => {
  const reason = await endOf((self) => {
    try {
      self.exit("shutdown");
    } catch {
      throw new Error("It has exited already");
    }
  });
  strictEqual(reason, "shutdown");
});

Deno.test("kill() of itself is the end, whatever the body does then", async () => {
  const told: ExitReason[] = [];
  const { sim, runtime } = simulated({
    observer: { exited: (_, reason) => told.push(reason) },
  });
  const bodies: Body<never>[] = [
    (self) => runtime.kill(self.pid),
    async (self) => {
      runtime.kill(self.pid);
      await undefined;
      throw new Error("It has exited already");
    },
  ];
  const handles = bodies.map((body) => runtime.spawn(body));
  await sim.run();
  for (const handle of handles) strictEqual(await handle.join(), "killed");
  deepStrictEqual(told, ["killed", "killed"]);
  strictEqual(runtime.counters().exited, 2);
});

Deno.test("kill() drops a body that waits: nothing of it runs again", async () => {
  const { sim, runtime } = simulated();
  const steps: string[] = [];
  const handle = runtime.spawn<string>(async (self) => {
    try {
      steps.push("started");
      await self.receive();
      steps.push("received");
    } finally {
      steps.push("finally");
    }
  });
  await sim.run();
  strictEqual(handle.kill(), true);
  strictEqual(runtime.send(handle.pid, "late"), false);
  await sim.run();
  deepStrictEqual(steps, ["started"]);
  strictEqual(await handle.join(), "killed");
  strictEqual(handle.kill(), false);
});

Deno.test("receive() never returns in a process that has exited", async () => {
  const { sim, runtime } = simulated();
  const steps: number[] = [];
  const receives = [
    (self: Context<string>) => self.receive(),
    (self: Context<string>) => self.receive({ timeoutMs: 0 }),
    (self: Context<string>) => self.receive({ timeoutMs: 5 }),
  ];
  for (const receive of receives) {
    const handle = runtime.spawn<string>(async (self) => {
      await self.receive();
      steps.push(1);
      await receive(self);
      steps.push(2);
    });
    await sim.run();
    // It has its message, so it runs on to its next wait.
    runtime.send(handle.pid, "go");
    runtime.send(handle.pid, "more");
    handle.kill();
    await sim.run();
    strictEqual(runtime.mailboxDepth(handle.pid), undefined);
  }
  deepStrictEqual(steps, [1, 1, 1]);
});

/** A body that records what is asked of it. */
function recorded(start: (self: Context<never>) => unknown) {
  const calls: string[] = [];
  const body: ProcessBody<never> = {
    start(self) {
      calls.push("start");
      return start(self);
    },
    stop(reason) {
      calls.push(`stop ${reason}`);
    },
  };
  return { calls, body };
}

// deno-fmt-ignore
const STOPS: [string, (self: Context<never>) => unknown, string[]][] = [
  ["waits",   (self) => self.receive(),          ["start", "stop killed"]],
  ["exited",  (self) => self.exit("shutdown"),   ["start", "stop shutdown"]],
  ["ended",   () => {},                          ["start"]],
  ["crashed", () => Promise.reject(FROZEN),      ["start"]],
  ["ends later", () => LATER,                    ["start", "stop killed"]],
  ["ended itself", endNow,                       ["start"]],
];

function endNow(self: Context<never>): typeof LATER {
  self.end("shutdown");
  return LATER;
}

for (const [what, start, expected] of STOPS) {
  Deno.test(`stop() is called as promised when the body ${what}`, async () => {
    const { sim, runtime } = simulated();
    const { calls, body } = recorded(start);
    const handle = runtime.spawn(body);
    await sim.run();
    handle.kill();
    handle.kill();
    runtime.exit(handle.pid, "shutdown");
    await sim.run();
    deepStrictEqual(calls, expected);
  });
}

Deno.test("stop() is called when start() never was", async () => {
  const { sim, runtime } = simulated();
  const { calls, body } = recorded(() => {});
  runtime.spawn(body).kill();
  await sim.run();
  deepStrictEqual(calls, ["stop killed"]);
});

Deno.test("stop() that throws fails the program, not the end", async () => {
  const { sim, runtime } = simulated();
  const stop = neverRead;
  const handle = runtime.spawn({ start: (self) => self.receive(), stop });
  await sim.run();
  strictEqual(runtime.kill(handle.pid), true);
  strictEqual(await handle.join(), "killed");
  await rejects(sim.run(), /A description must stand this/);
});

Deno.test("signal aborts when the process exits", async () => {
  const { sim, runtime } = simulated();
  const signals: AbortSignal[] = [];
  const body = (self: Context<never>) => {
    signals.push(self.signal, self.signal);
    return self.receive();
  };
  const handle = runtime.spawn(body);
  await sim.run();
  strictEqual(signals[0], signals[1]);
  strictEqual(signals[0]!.aborted, false);
  handle.kill();
  strictEqual(signals[0]!.aborted, true);
});

Deno.test("signal is aborted when it is asked for after the end", async () => {
  const { sim, runtime } = simulated();
  let context: Context<never> | undefined;
  runtime.spawn((self) => {
    context = self;
  });
  await sim.run();
  strictEqual(context!.signal.aborted, true);
});

Deno.test("join() resolves for everyone who asks", async () => {
  const { sim, runtime } = simulated();
  const handle = runtime.spawn((self) => self.receive());
  const joins = Array.from({ length: 100_000 }, () => handle.join());
  await sim.run();
  handle.kill();
  joins.push(handle.join());
  strictEqual(new Set(await Promise.all(joins)).size, 1);
});

Deno.test("kill() lets go of body, messages and waits, also while the handle is held", async () => {
  const { sim, runtime } = simulated();
  const { handle, held } = loaded(runtime);
  await sim.advance(0);
  handle.kill();
  await collectGarbage();
  deepStrictEqual(held.map((ref) => ref.deref()), [
    undefined,
    undefined,
    undefined,
  ]);
  strictEqual(await handle.join(), "killed");
});

function loaded(runtime: Runtime) {
  const [inBody, inFrame, inMailbox] = [{}, {}, {}];
  const handle = runtime.spawn<object>({
    start: waitHolding(inFrame),
    stop: () => void inBody,
  });
  runtime.send(handle.pid, inMailbox);
  const held = [inBody, inFrame, inMailbox].map((each) => new WeakRef(each));
  return { handle, held };
}

function waitHolding(value: object) {
  return async (self: Context<object>) => {
    await self.receive({
      match: (message): message is object => message === value,
      timeoutMs: 1_000_000,
    });
  };
}

Deno.test("end() ends a process whose start() returned LATER, once, and returns", async () => {
  const { sim, runtime } = simulated();
  let context: Context<never> | undefined;
  const handle = runtime.spawn({
    start(self: Context<never>) {
      context = self;
      return LATER;
    },
  });
  await sim.run();
  strictEqual(runtime.isAlive(handle.pid), true);
  strictEqual(runtime.processCount, 1);
  context!.end(CUSTOM);
  context!.end("normal");
  strictEqual(runtime.processCount, 0);
  deepStrictEqual(await handle.join(), CUSTOM);
});
