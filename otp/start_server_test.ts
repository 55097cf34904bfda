import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import type { Pid } from "./pid.ts";
import type { ServerSpec } from "./server.ts";
import { startServer, type StartServerOptions } from "./start_server.ts";
import { puppet } from "./testdata/puppet.ts";
import { type Simulated, simulated } from "./testdata/simulated.ts";

// It answers nothing.
type Spec = ServerSpec<Record<never, never>, undefined>;

function spec(init: Spec["init"]): Spec {
  return { init, handleCall: {} };
}

const READY = spec(() => ({ type: "ok", state: undefined }));

/** A server that is ready after `ms`. */
function slow(ms: number): Spec {
  return spec(async (self) => {
    await self.receive({ timeoutMs: ms });
    return { type: "ok", state: undefined };
  });
}

/** What came of a start by a process, and the process. */
interface Started {
  readonly owner: ReturnType<typeof puppet>;
  readonly outcome: { pid?: Pid; error?: Error };
}

/** Has a process that notes exit signals start a server. */
function starting(
  { runtime }: Simulated,
  started: Spec,
  options?: StartServerOptions,
  traps = true,
): Started {
  const outcome: Started["outcome"] = {};
  const owner = puppet(runtime, traps);
  runtime.send(owner.pid, (self) =>
    startServer(self, started, options).then(
      (handle) => outcome.pid = handle.pid,
      (error) => outcome.error = error,
    ));
  return { owner, outcome };
}

Deno.test("startServer() resolves when init is done, not before", async () => {
  const simulation = simulated();
  const { outcome } = starting(simulation, slow(10), { timeoutMs: 11 });
  await simulation.sim.advance(9);
  deepStrictEqual(outcome, {});
  await simulation.sim.run();
  strictEqual(simulation.sim.nowMs, 10);
  ok(simulation.runtime.isAlive(outcome.pid!));
});

Deno.test("startServer() by a process links, and makes it the parent", async () => {
  const simulation = simulated();
  const parents: (Pid | undefined)[] = [];
  const { owner, outcome } = starting(
    simulation,
    spec((self) => {
      parents.push(self.parent);
      return { type: "ok", state: undefined };
    }),
  );
  await simulation.sim.run();
  strictEqual(parents[0], owner.pid);
  simulation.runtime.kill(outcome.pid!);
  await simulation.sim.run();
  const message = { type: "exit", from: outcome.pid, reason: "killed" };
  deepStrictEqual(owner.seen, [message]);
});

Deno.test("startServer() leaves a ready server to outlive a normal end", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const { owner, outcome } = starting(simulation, READY);
  await sim.run();
  runtime.send(owner.pid, (self) => self.exit("normal"));
  await sim.run();
  deepStrictEqual(runtime.list(), [outcome.pid]);
});

Deno.test("startServer() by a runtime links to none, and names it", async () => {
  const { sim, runtime } = simulated();
  const parents: unknown[] = [];
  const start = startServer(
    runtime,
    spec((self) => {
      parents.push(self.parent);
      return { type: "ok", state: undefined };
    }),
    { label: "named" },
  );
  await sim.run();
  const handle = await start;
  ok(runtime.isAlive(handle.pid));
  deepStrictEqual(parents, [undefined]);
});

// deno-fmt-ignore
const FAILURES: [string, Spec["init"], string][] = [
  ["says stop", () => ({ type: "stop", reason: "shutdown" }), "shutdown"],
  ["throws", () => { throw new TypeError("no"); }, "crashed: TypeError: no"],
  ["exits", (self) => self.exit("noproc"), "noproc"],
  ["is killed", killed, "killed"],
];

async function killed(self: Parameters<Spec["init"]>[0]): Promise<never> {
  self.runtime.kill(self.pid);
  await self.receive();
  throw new TypeError("Cannot get here");
}

for (const [what, init, reason] of FAILURES) {
  Deno.test(`startServer() rejects when init ${what}, which is all the starter hears`, async () => {
    const simulation = simulated();
    const { owner, outcome } = starting(simulation, spec(init), {}, false);
    await simulation.sim.run();
    strictEqual(outcome.error?.message, `Cannot start a server: ${reason}`);
    strictEqual("code" in outcome.error && outcome.error.code, "startFailed");
    ok(simulation.runtime.isAlive(owner.pid));
  });
}

Deno.test("startServer() kills and rejects when time is up", async () => {
  const simulation = simulated();
  const { runtime } = simulation;
  const { owner, outcome } = starting(simulation, slow(20), { timeoutMs: 10 });
  await simulation.sim.run();
  strictEqual(simulation.sim.nowMs, 10);
  deepStrictEqual({ ...outcome.error }, {
    code: "startTimeout",
    name: "StartTimeout",
    timeoutMs: 10,
  });
  deepStrictEqual(runtime.list(), [owner.pid]);
  deepStrictEqual(owner.seen, []);
});

Deno.test("startServer() goes with the starter, whatever its reason", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const { owner, outcome } = starting(simulation, slow(20), { timeoutMs: 30 });
  await sim.advance(5);
  runtime.kill(owner.pid);
  deepStrictEqual(runtime.list(), []);
  await sim.run();
  // Neither comes to an end, nor leaves a timer.
  strictEqual(sim.nowMs, 5);
  deepStrictEqual(outcome, {});
});

Deno.test("startServer() of a process that has exited starts nothing", async () => {
  const { sim, runtime } = simulated();
  let isOver = false;
  runtime.spawn<unknown>((self) => {
    runtime.kill(self.pid);
    startServer(self, READY).finally(() => isOver = true);
  });
  await sim.run();
  deepStrictEqual(runtime.list(), []);
  strictEqual(isOver, false);
});

for (const timeoutMs of [-1, NaN, Infinity]) {
  Deno.test(`startServer() throws when timeoutMs is ${timeoutMs}`, () => {
    const { runtime } = simulated();
    throws(() => startServer(runtime, READY, { timeoutMs }), RangeError);
    deepStrictEqual(runtime.list(), []);
  });
}
