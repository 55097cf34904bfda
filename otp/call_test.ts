import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import {
  call,
  type Caller,
  type CallMessage,
  type CallOptions,
} from "./call.ts";
import type { Pid } from "./pid.ts";
import type { ProcessHandle, Runtime } from "./runtime.ts";
import type { Signal } from "./signal.ts";
import { Sim } from "./sim.ts";
import { type Puppet, puppet, type PuppetContext } from "./testdata/puppet.ts";
import { simulated } from "./testdata/simulated.ts";
import { cluster } from "./testdata/wire.ts";

interface Echo {
  echo(request: { readonly value: number }): number;
  name(): string;
}

type EchoPid = Pid<CallMessage<Echo>>;

/** Answers every call after `delayMs`. */
function echo(
  runtime: Runtime,
  delayMs?: number,
): ProcessHandle<CallMessage<Echo>> {
  return runtime.spawn<CallMessage<Echo>>(async (self) => {
    for (;;) {
      const { from, request } = await self.receive();
      const reply = request.type === "echo" ? request.value : "echo";
      if (delayMs === undefined) runtime.send(from, reply);
      else runtime.sendAfter(from, delayMs, reply);
    }
  });
}

function echoCall(
  self: Caller,
  server: EchoPid,
  options?: CallOptions,
): Promise<number> {
  return call(self, server, { type: "echo", value: 1 }, options);
}

/** Has `caller` call, and returns what comes of it. */
function outcomeOf(
  runtime: Runtime,
  caller: Puppet,
  server: EchoPid,
  options?: CallOptions,
): { value?: unknown } {
  const outcome: { value?: unknown } = {};
  runtime.send(caller.pid, async (self) => {
    outcome.value = await echoCall(self, server, options).catch((error) =>
      error
    );
  });
  return outcome;
}

Deno.test("call() resolves to the reply, and leaves the mailbox alone", async () => {
  const { sim, runtime } = simulated();
  const server = echo(runtime, 10);
  const caller = puppet(runtime);
  const outcome = outcomeOf(runtime, caller, server.pid);
  const mail = caller.pid as Pid<unknown>;
  [1, 2, 3].forEach((message) => runtime.sendAfter(mail, message * 4, message));
  await sim.run();
  strictEqual(outcome.value, 1);
  deepStrictEqual(caller.seen, [1, 2, 3]);
  // No timer, monitor or alias is left.
  strictEqual(sim.nowMs, 12);
  runtime.kill(server.pid);
  await sim.run();
  deepStrictEqual(caller.seen, [1, 2, 3]);
});

Deno.test("call() rejects when time is up, and the late reply is dropped", async () => {
  const { sim, runtime } = simulated();
  const server = echo(runtime, 20);
  const caller = puppet(runtime);
  const outcome = outcomeOf(runtime, caller, server.pid, { timeoutMs: 19 });
  await sim.advance(18);
  ok(!("value" in outcome));
  await sim.run();
  const error = outcome.value as Error;
  deepStrictEqual({ ...error }, {
    code: "callTimeout",
    name: "CallTimeout",
    server: server.pid,
    timeoutMs: 19,
  });
  strictEqual(error.message, "Cannot wait for <0.0.0> longer than 19 ms");
  deepStrictEqual(caller.seen, []);
});

Deno.test("call() waits 5 seconds unless told, and for ever when told", async () => {
  const { sim, runtime } = simulated();
  const silent = runtime.spawn<CallMessage<Echo>>((self) =>
    self.receive({ match: () => false })
  );
  const patient = outcomeOf(runtime, puppet(runtime), silent.pid, {
    timeoutMs: Infinity,
  });
  const usual = outcomeOf(runtime, puppet(runtime), silent.pid);
  await sim.run();
  strictEqual(sim.nowMs, 5_000);
  ok(usual.value instanceof Error);
  strictEqual(patient.value, undefined);
});

for (const [when, delayMs] of [["before", -1], ["during", 10]] as const) {
  Deno.test(`call() to a server that ends ${when} it rejects at once`, async () => {
    const { sim, runtime } = simulated();
    const server = echo(runtime, 20);
    if (delayMs < 0) runtime.kill(server.pid);
    const outcome = outcomeOf(runtime, puppet(runtime), server.pid);
    await sim.advance(Math.max(0, delayMs));
    runtime.kill(server.pid);
    await sim.advance(0);
    const reason = delayMs < 0 ? "noproc" : "killed";
    const error = outcome.value as Error;
    strictEqual(
      error.message,
      `Cannot call <0.0.0>, which is down: ${reason}`,
    );
    deepStrictEqual({ ...error }, {
      code: "serverDown",
      name: "ServerDown",
      server: server.pid,
      reason,
    });
    await sim.run();
    // The timer of the call is gone; the reply of the server was due at 20.
    strictEqual(sim.nowMs, delayMs < 0 ? 0 : 20);
  });
}

Deno.test("call() that is over leaves no monitor, alias or wait", async () => {
  const { sim, runtime } = simulated();
  const sent: Signal[] = [];
  runtime.connect(1, {
    send: (signal) => sent.push(signal) > 0,
  });
  const caller = puppet(runtime);
  const away: EchoPid = runtime.allot(1);
  outcomeOf(runtime, caller, away, { timeoutMs: 1 });
  await sim.run();
  deepStrictEqual(sent.map(({ type }) => type), [
    "monitor",
    "message",
    "demonitor",
  ]);
  const [, request] = sent as [unknown, { message: CallMessage<Echo> }];
  strictEqual(runtime.send(request.message.from, 1), false);
});

Deno.test("call() that is over closes no cycle", async () => {
  const { sim, runtime } = simulated();
  const one = puppet(runtime);
  const other = puppet(runtime);
  const unknown = other.pid as Pid<unknown>;
  // It stays busy after its call, and waits in no receive.
  runtime.send(one.pid, async (self) => {
    await echoCall(self, unknown, { timeoutMs: 1 }).catch(() => {});
    await new Promise(() => {});
  });
  await sim.run();
  const outcome = outcomeOf(runtime, other, one.pid as Pid<unknown>);
  await sim.run();
  strictEqual((outcome.value as Error).name, "CallTimeout");
});

Deno.test("call() to a server with a full mailbox rejects at once", async () => {
  const { sim, runtime } = simulated();
  const full = runtime.spawn<CallMessage<Echo>>(
    (self) => self.receive({ match: () => false }),
    { mailboxMax: 0 },
  );
  const outcome = outcomeOf(runtime, puppet(runtime), full.pid);
  await sim.advance(0);
  const error = outcome.value as Error;
  strictEqual(error.message, "Cannot get a call through to <0.0.0>");
  strictEqual("code" in error && error.code, "callRefused");
});

Deno.test("call() of a process that is killed leaves no monitor, timer or alias", async () => {
  const { sim, runtime } = simulated();
  const calls: CallMessage<Echo>[] = [];
  const server = runtime.spawn<CallMessage<Echo>>(async (self) => {
    for (;;) calls.push(await self.receive());
  });
  const caller = puppet(runtime);
  const outcome = outcomeOf(runtime, caller, server.pid);
  await sim.advance(0);
  runtime.kill(caller.pid);
  strictEqual(runtime.send(calls[0]!.from, 1), false);
  runtime.kill(server.pid);
  await sim.run();
  strictEqual(sim.nowMs, 0);
  strictEqual(outcome.value, undefined);
});

Deno.test("call() of a process that has exited never comes to an end", async () => {
  const { sim, runtime } = simulated();
  const server = echo(runtime);
  let isOver = false;
  runtime.spawn<unknown>(async (self) => {
    runtime.kill(self.pid);
    await echoCall(self, server.pid).finally(() => isOver = true);
  });
  await sim.run();
  strictEqual(isOver, false);
});

Deno.test("call() crosses schedulers, and a lost one ends it", async () => {
  const sim = new Sim({ seed: 1 });
  const [here, there] = cluster(sim, 2).map((end) => end.runtime) as [
    Runtime,
    Runtime,
  ];
  const server = echo(there);
  const answered = outcomeOf(here, puppet(here), server.pid);
  await sim.run();
  strictEqual(answered.value, 1);
  const slow = echo(there, 1_000);
  const lost = outcomeOf(here, puppet(here), slow.pid);
  await sim.advance(0);
  here.disconnect(1);
  await sim.advance(0);
  const error = lost.value as Error;
  strictEqual("reason" in error && error.reason, "noconnection");
});

for (const timeoutMs of [-1, NaN, 2 ** 31, -Infinity]) {
  Deno.test(`call() throws when timeoutMs is ${timeoutMs}`, async () => {
    const { sim, runtime } = simulated();
    const { pid } = echo(runtime);
    const caller = runtime.spawn<unknown>((self) => {
      throws(() => echoCall(self, pid, { timeoutMs }), RangeError);
    });
    await sim.run();
    strictEqual(await caller.join(), "normal");
  });
}

/** Processes of which each, when asked, calls the next and then answers. */
function ring(runtime: Runtime, count: number): EchoPid[] {
  const pids: EchoPid[] = [];
  for (let index = 0; index < count; index++) {
    const { pid } = runtime.spawn<CallMessage<Echo>>(async (self) => {
      const { from } = await self.receive();
      const next = pids[(index + 1) % count]!;
      const reply = call(self, next, { type: "echo", value: 1 });
      runtime.send(from, await reply.catch((error) => error.message));
    });
    pids.push(pid);
  }
  return pids;
}

for (const count of [1, 2, 3, 5]) {
  Deno.test(`call() that closes a cycle of ${count} is refused with its path`, async () => {
    const { sim, runtime } = simulated();
    const pids = ring(runtime, count);
    const outcome = outcomeOf(runtime, puppet(runtime), pids[0]!);
    await sim.advance(0);
    const path = [...pids.slice(-1), ...pids].join(" -> ");
    strictEqual(outcome.value, `Cannot call in a cycle: ${path}`);
  });
}

Deno.test("call() to one that waits for the caller, but can receive, goes through", async () => {
  const { sim, runtime } = simulated();
  const slow = puppet(runtime);
  let first: Promise<number> | undefined;
  const server = runtime.spawn<CallMessage<Echo>>(async (self) => {
    first = echoCall(self, slow.pid as Pid<unknown>);
    for (;;) runtime.send((await self.receive()).from, 7);
  });
  await sim.advance(0);
  const outcome = outcomeOf(runtime, slow, server.pid);
  await sim.advance(1);
  strictEqual(outcome.value, 7);
  runtime.kill(slow.pid);
  await rejects(first!, { code: "serverDown" });
});

// A graph of who waits for whom, grown by one call at a time: a call is refused
// exactly when the graph with it has a cycle.
Deno.test("call() refuses exactly the calls that close a cycle", async () => {
  const calls = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 12 });
  await fc.assert(fc.asyncProperty(calls, async (edges) => {
    const { sim, runtime } = simulated();
    const contexts: PuppetContext[] = [];
    for (let index = 0; index < 5; index++) {
      runtime.spawn<unknown>((self) => {
        contexts.push(self);
        return new Promise(() => {});
      });
    }
    await sim.advance(0);
    const waits: [number, number][] = [];
    for (const [from, to] of edges) {
      let code: unknown;
      const pid = contexts[to]!.pid;
      echoCall(contexts[from]!, pid).catch((error) => code = error.code);
      await sim.advance(0);
      const isCycle = isReachable(waits, to, from);
      strictEqual(code, isCycle ? "callCycle" : undefined);
      if (!isCycle) waits.push([from, to]);
    }
    contexts.forEach(({ pid }) => runtime.kill(pid));
  }));
});

function isReachable(
  edges: readonly [number, number][],
  from: number,
  to: number,
): boolean {
  if (from === to) return true;
  return edges.some(([one, other]) =>
    one === from && isReachable(edges, other, to)
  );
}

// The rows are checked by the compiler.
Deno.test("call() infers the reply from the request", async () => {
  const { sim, runtime } = simulated();
  const { pid } = echo(runtime);
  const caller = runtime.spawn(async (self) => {
    const value: number = await call(self, pid, { type: "echo", value: 2 });
    const name: string = await call(self, pid, { type: "name" });
    deepStrictEqual([value, name], [2, "echo"]);
    // @ts-expect-error The reply is a number.
    const text: string = await call(self, pid, { type: "echo", value: 3 });
    strictEqual(text, 3);
    // @ts-expect-error There is no such request.
    await call(self, pid, { type: "other" });
    // @ts-expect-error It asks for a value.
    await call(self, pid, { type: "echo" });
    // @ts-expect-error The value is a number.
    await call(self, pid, { type: "echo", value: "2" });
    // @ts-expect-error It takes no calls.
    await rejects(call(self, self.pid as Pid<string>, { type: "name" }));
  });
  await sim.run();
  strictEqual(await caller.join(), "normal");
});
