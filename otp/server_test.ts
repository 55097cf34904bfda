import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { call } from "./call.ts";
import type { Context } from "./context.ts";
import type { Pid } from "./pid.ts";
import type { ExitReason } from "./reason.ts";
import type { Runtime } from "./runtime.ts";
import {
  cast,
  reply,
  server,
  type ServerMessage,
  type ServerSpec,
} from "./server.ts";
import type { ExitMessage } from "./signal.ts";
import { puppet } from "./testdata/puppet.ts";
import { type Simulated, simulated } from "./testdata/simulated.ts";

const CRASH: ExitReason = { type: "exit", payload: "crash" };

interface Probe {
  ping(): string;
  stopAndReply(): string;
  stop(): string;
  throw(): string;
  defer(): string;
  continue(): string;
}

type Info = ExitMessage | Later | "hello";
type ProbeMessage = ServerMessage<Probe, "stop" | "throw" | "note", Info>;

interface Later {
  readonly type: "later";
  readonly from: Pid<string>;
}

function fail(): never {
  throw new TypeError("crash");
}

/** A server that notes in `log` what is called besides its calls and casts. */
function probe(
  log: string[],
  traps: boolean,
): ServerSpec<Probe, string, "stop" | "throw" | "note", Info> {
  return {
    init(self) {
      self.trapExits(traps);
      return { type: "ok", state: "s" };
    },
    handleCall: {
      ping: () => ({ type: "reply", reply: "pong" }),
      stopAndReply: () => ({ type: "stop", reason: "normal", reply: "bye" }),
      stop: () => ({ type: "stop", reason: CRASH }),
      throw: fail,
      defer(_request, _state, { self, from }) {
        self.runtime.send(self.pid, { type: "later", from });
        return { type: "noReply" };
      },
      continue: () => ({
        type: "reply",
        reply: "ok",
        continue(state) {
          log.push(`continue ${state}`);
          return { type: "noReply" };
        },
      }),
    },
    handleCast(message) {
      if (message === "throw") fail();
      if (message === "note") return { type: "noReply" };
      return { type: "stop", reason: "shutdown" };
    },
    handleInfo(info, _state, self) {
      if (info === "hello") log.push("info hello");
      else if (info.type === "exit") log.push(`info exit ${info.reason}`);
      else reply(self.runtime, info.from, "later");
      return { type: "noReply" };
    },
    terminate(reason) {
      log.push(`terminate ${nameOf(reason)}`);
    },
  };
}

function nameOf(reason: ExitReason): string {
  return typeof reason === "string" ? reason : "crash";
}

/** What is done to a server, by a process that is not its parent. */
type Act = (
  self: Context<unknown>,
  to: Pid<ProbeMessage>,
  parent: Pid,
) => unknown;

function ask(type: keyof Probe): Act {
  return (self, to) => call(self, to, { type });
}

function tell(message: "stop" | "throw"): Act {
  return ({ runtime }, to) => cast(runtime, to, message);
}

// What gen_server of OTP 25 does; the reason of a caller is its server's.
// deno-fmt-ignore
const ROWS: [string, boolean, Act, unknown, string[], string][] = [
  // what                trapping act                            result   log                     end
  ["call",               false, ask("ping"),                     "pong",  [],                     "alive"],
  ["stop and reply",     false, ask("stopAndReply"),             "bye",   ["terminate normal"],   "normal"],
  ["stop",               false, ask("stop"),                     "crash", ["terminate crash"],    "crash"],
  ["throwing call",      false, ask("throw"),                    "crash", ["terminate crash"],    "crash"],
  ["deferred reply",     false, ask("defer"),                    "later", [],                     "alive"],
  ["continue",           false, ask("continue"),                 "ok",    ["continue s"],         "alive"],
  ["stopping cast",      false, tell("stop"),                    true,    ["terminate shutdown"], "shutdown"],
  ["throwing cast",      false, tell("throw"),                   true,    ["terminate crash"],    "crash"],
  ["info",               false, ({ runtime }, to) => runtime.send(to, "hello"), true, ["info hello"], "alive"],
  ["shutdown by others", false, exit("shutdown"),                true,    [],                     "shutdown"],
  ["shutdown by others", true,  exit("shutdown"),                true,    ["info exit shutdown"], "alive"],
  ["normal by others",   false, exit("normal"),                  true,    [],                     "alive"],
  ["normal by others",   true,  exit("normal"),                  true,    ["info exit normal"],   "alive"],
  ["kill",               false, exit("kill"),                    true,    [],                     "killed"],
  ["kill",               true,  exit("kill"),                    true,    [],                     "killed"],
  ["end of the parent",  false, endParent,                       true,    [],                     "shutdown"],
  ["end of the parent",  true,  endParent,                       true,    ["terminate shutdown"], "shutdown"],
  ["normal parent",      false, normalParent,                    true,    [],                     "alive"],
  ["normal parent",      true,  normalParent,                    true,    ["terminate normal"],   "normal"],
  ["exit by the parent", true,  exitByParent,                    true,    ["terminate shutdown"], "shutdown"],
];

function exit(reason: ExitReason): Act {
  return (self, to) => self.runtime.exit(to, reason, self.pid);
}

function endParent({ runtime }: Context<unknown>, _to: Pid, parent: Pid) {
  return runtime.exit(parent, "shutdown");
}

function normalParent({ runtime }: Context<unknown>, _to: Pid, parent: Pid) {
  return runtime.exit(parent, "normal", parent);
}

function exitByParent({ runtime }: Context<unknown>, to: Pid, parent: Pid) {
  return runtime.exit(to, "shutdown", parent);
}

for (const [what, traps, act, result, log, end] of ROWS) {
  Deno.test(`server() after ${what}, trapping: ${traps}`, async () => {
    const { sim, runtime } = simulated();
    const seen: string[] = [];
    const parent = puppet(runtime);
    let pid: Pid<ProbeMessage>;
    runtime.send(parent.pid, (self) => {
      pid = self.spawnLink(server(probe(seen, traps))).pid;
    });
    await sim.run();
    const ended = endOf(runtime, pid!);
    let got: unknown;
    runtime.send(puppet(runtime).pid, async (self) => {
      const outcome = Promise.resolve(act(self, pid, parent.pid));
      got = await outcome.catch((error) => nameOf(error.reason));
    });
    await sim.run();
    strictEqual(got, result);
    deepStrictEqual(seen, log);
    strictEqual(ended(), end);
  });
}

/** Watches `pid`; returns what its end was so far. */
function endOf(runtime: Runtime, pid: Pid): () => string {
  const watcher = puppet(runtime);
  runtime.send(watcher.pid, (self) => self.monitor(pid));
  return () => {
    const [down] = watcher.seen as { readonly reason: ExitReason }[];
    return down === undefined ? "alive" : nameOf(down.reason);
  };
}

interface Stack {
  push(request: { readonly item: string }): number;
  pop(): string | undefined;
  boom(): never;
}

/** A server that keeps a list, with what a test changes of it. */
function stack(
  { runtime }: Simulated,
  changes: Partial<ServerSpec<Stack, string[], string, string>> = {},
): Pid<ServerMessage<Stack, string, string>> {
  return runtime.spawn(server<Stack, string[], string, string>({
    init: () => ({ type: "ok", state: [] }),
    handleCall: {
      push({ item }, items) {
        const state = [...items, item];
        return { type: "reply", reply: state.length, state };
      },
      pop: (_request, items) => ({
        type: "reply",
        reply: items.at(-1),
        state: items.slice(0, -1),
      }),
      boom: () => ({ type: "noReply" }),
    },
    ...changes,
  })).pid;
}

/** Has a process run `body`, and returns why it ended. */
async function runIn(
  { sim, runtime }: Simulated,
  body: (self: Context<unknown>) => unknown,
): Promise<ExitReason> {
  const handle = runtime.spawn(body);
  await sim.run();
  return handle.join();
}

Deno.test("server() keeps its state from call to call", async () => {
  const simulation = simulated();
  const pid = stack(simulation);
  const got: unknown[] = [];
  await runIn(simulation, async (self) => {
    got.push(await call(self, pid, { type: "push", item: "a" }));
    got.push(await call(self, pid, { type: "push", item: "b" }));
    got.push(await call(self, pid, { type: "pop" }));
    got.push(await call(self, pid, { type: "pop" }));
    got.push(await call(self, pid, { type: "pop" }));
  });
  deepStrictEqual(got, [1, 2, "b", "a", undefined]);
});

Deno.test("server() handles one message at a time, in order", async () => {
  const simulation = simulated();
  const log: string[] = [];
  const pid = stack(simulation, {
    async handleCast(message, _state, self) {
      log.push(`begin ${message}`);
      await self.receive({ match: (info) => info === "go", timeoutMs: 10 });
      log.push(`end ${message}`);
      return { type: "noReply" };
    },
  });
  cast(simulation.runtime, pid, "a");
  cast(simulation.runtime, pid, "b");
  await simulation.sim.run();
  deepStrictEqual(log, ["begin a", "end a", "begin b", "end b"]);
});

Deno.test("server() gives info the state, and drops it without a handler", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const seen: unknown[] = [];
  const pid = stack(simulation, {
    handleInfo(info, state) {
      seen.push([info, state]);
      return { type: "noReply", state: [...state, info] };
    },
  });
  const deaf = stack(simulation);
  for (const to of [pid, pid, deaf]) runtime.send(to, "x");
  await sim.run();
  deepStrictEqual(seen, [["x", []], ["x", ["x"]]]);
  ok(runtime.isAlive(deaf));
});

Deno.test("server() calls handleTimeout when no message comes in time", async () => {
  const simulation = simulated();
  const { sim } = simulation;
  const seen: unknown[] = [];
  const pid = stack(simulation, {
    init: () => ({ type: "ok", state: ["idle"], timeoutMs: 10 }),
    handleCast: () => ({ type: "noReply", timeoutMs: 10 }),
    handleTimeout(state) {
      seen.push([sim.nowMs, state]);
      return { type: "noReply" };
    },
  });
  await sim.advance(9);
  cast(simulation.runtime, pid, "again");
  await sim.run();
  deepStrictEqual(seen, [[19, ["idle"]]]);
});

Deno.test("server() continues before the next message, again and again", async () => {
  const simulation = simulated();
  const log: string[] = [];
  const pid = stack(simulation, {
    init: () => ({
      type: "ok",
      state: [],
      continue: () => ({
        type: "noReply",
        state: ["first"],
        continue(state) {
          log.push(...state, "second");
          return { type: "noReply" };
        },
      }),
    }),
    handleCast(message) {
      log.push(message);
      return { type: "noReply" };
    },
  });
  cast(simulation.runtime, pid, "cast");
  await simulation.sim.run();
  deepStrictEqual(log, ["first", "second", "cast"]);
});

// deno-fmt-ignore
const CRASHES: [string, Partial<ServerSpec<Stack, string[], string, string>>, unknown, string][] = [
  ["a cast without handleCast", {}, { type: "cast", message: "" },
    "Cannot handle a cast without handleCast"],
  ["a request that it does not know", {}, { type: "call", request: { type: "toString" } },
    "Cannot handle a request of type: toString"],
  ["a timeout without handleTimeout", { init: () => ({ type: "ok", state: [], timeoutMs: 0 }) }, undefined,
    "Cannot time out without handleTimeout"],
];

for (const [what, changes, message, expected] of CRASHES) {
  Deno.test(`server() crashes at ${what}`, async () => {
    const simulation = simulated();
    const pid = stack(simulation, changes);
    const watcher = puppet(simulation.runtime);
    simulation.runtime.send(watcher.pid, (self) => self.monitor(pid));
    const others: Pid<unknown> = pid as Pid<never> as Pid<unknown>;
    if (message !== undefined) simulation.runtime.send(others, message);
    await simulation.sim.run();
    const [down] = watcher.seen as { reason: { message: string } }[];
    strictEqual(down?.reason.message, expected);
  });
}

Deno.test("server() that stops answers after terminate, though that throws", async () => {
  const simulation = simulated();
  const log: unknown[] = [];
  const pid = stack(simulation, {
    handleCall: {
      push: () => ({ type: "stop", reason: "normal", reply: 9, state: ["z"] }),
      pop: fail,
      boom: fail,
    },
    terminate(_reason, state) {
      log.push(state);
      fail();
    },
  });
  const watcher = puppet(simulation.runtime);
  simulation.runtime.send(watcher.pid, (self) => self.monitor(pid));
  await runIn(simulation, async (self) => {
    log.push(await call(self, pid, { type: "push", item: "a" }));
  });
  deepStrictEqual(log, [["z"], 9]);
  const [down] = watcher.seen as { reason: { name: string } }[];
  strictEqual(down?.reason.name, "TypeError");
});

Deno.test("server() that exits in a handler does not call terminate", async () => {
  const simulation = simulated();
  const log: unknown[] = [];
  const pid = stack(simulation, {
    handleCast: (_message, _state, self) => self.exit("shutdown"),
    terminate: () => log.push("terminate"),
  });
  cast(simulation.runtime, pid, "");
  await simulation.sim.run();
  strictEqual(simulation.runtime.isAlive(pid), false);
  deepStrictEqual(log, []);
});

Deno.test("reply() from another process answers, once", async () => {
  const simulation = simulated();
  const { runtime } = simulation;
  const froms: Pid<string>[] = [];
  const { pid } = runtime.spawn(server<{ ask(): string }, undefined>({
    init: () => ({ type: "ok", state: undefined }),
    handleCall: {
      ask(_request, _state, { from }) {
        froms.push(from);
        runtime.spawn(() => void reply(runtime, from, "by another"));
        return { type: "noReply" };
      },
    },
  }));
  let got: string | undefined;
  await runIn(simulation, async (self) => {
    got = await call(self, pid, { type: "ask" });
  });
  strictEqual(got, "by another");
  strictEqual(reply(runtime, froms[0]!, "again"), false);
});

// The rows are checked by the compiler.
Deno.test("server() and cast() hold the handlers and the senders to the types", () => {
  const simulation = simulated();
  const pid = stack(simulation);
  ok(cast(simulation.runtime, pid, "text"));
  // @ts-expect-error Casts are text.
  cast(simulation.runtime, pid, 1);
  // @ts-expect-error There is no handler for get.
  stack(simulation, { handleCall: {} });
  stack(simulation, {
    handleCall: {
      // @ts-expect-error The reply is a number.
      push: () => ({ type: "reply", reply: "text" }),
      pop: () => ({ type: "reply", reply: "text" }),
      boom: fail,
    },
  });
  // @ts-expect-error There is no such result.
  stack(simulation, { handleCast: () => ({ type: "again" }) });
});
