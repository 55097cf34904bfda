import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import type { ChildSpec, Shutdown } from "./supervisor/child.ts";
import type { Context } from "./context.ts";
import type { Pid } from "./pid.ts";
import type { ExitReason } from "./reason.ts";
import {
  restartChild,
  startSupervisor,
  supervisor,
  type SupervisorOptions,
  terminateChild,
} from "./supervisor.ts";
import { Reporter } from "./testdata/reporter.ts";
import { simulated } from "./testdata/simulated.ts";

const CRASH: ExitReason = { type: "exit", payload: "crash" };

/** A supervisor of reporting children that was started. */
async function supervised(
  ids: string,
  options: SupervisorOptions = {},
  spec: Partial<ChildSpec> = {},
) {
  const { sim, runtime, host } = simulated();
  const reporter = new Reporter();
  const children = [...ids].map((id) => ({
    id,
    start: reporter.start(id),
    ...spec,
  }));
  const handle = runtime.spawn(supervisor({ children, ...options }));
  await sim.run();
  reporter.take();
  const end = async (id: string, reason: ExitReason = CRASH) => {
    runtime.send(reporter.pids.get(id)!, { type: "end", reason });
    await sim.advance(0);
  };
  return { sim, host, runtime, reporter, pid: handle.pid, handle, end };
}

function never(): Promise<never> {
  return new Promise(() => {});
}

Deno.test("supervisor() stops the youngest child first when nobody in particular asks it to exit", async () => {
  const { runtime, reporter, pid, handle } = await supervised("abc");
  runtime.exit(pid, CRASH);
  deepStrictEqual(await handle.join(), CRASH);
  strictEqual(reporter.take(), "-c,-b,-a");
});

Deno.test("supervisor() exits as givesUpWith says when it gives up", async () => {
  const { handle, end } = await supervised("ab", {
    restartsMax: 0,
    givesUpWith: (child, reason) => ({
      type: "exit",
      payload: { child, reason },
    }),
  });
  await end("b");
  const payload = { child: "b", reason: CRASH };
  deepStrictEqual(await handle.join(), { type: "exit", payload });
});

Deno.test("supervisor() restarts a child that its start has spawned", async () => {
  const { sim, runtime } = simulated();
  const pids: Pid[] = [];
  const { pid } = runtime.spawn(supervisor({
    children: [{
      id: "a",
      start(supervisor) {
        const child = runtime.spawn(never);
        supervisor.link(child.pid);
        pids.push(child.pid);
        return child.pid;
      },
    }],
  }));
  await sim.run();
  runtime.kill(pids[0]!);
  await sim.run();
  strictEqual(pids.length, 2);
  runtime.exit(pid, "shutdown");
  await sim.run();
  strictEqual(runtime.isAlive(pids[1]!), false);
});

Deno.test("supervisor() leaves no child behind that its start has spawned when it was killed", async () => {
  const { sim, runtime } = simulated();
  let child: Pid | undefined;
  const { pid } = runtime.spawn(supervisor({
    children: [{
      id: "a",
      start(supervisor) {
        runtime.kill(pid);
        child = runtime.spawn(never).pid;
        supervisor.link(child);
        return child;
      },
    }],
  }));
  await sim.run();
  strictEqual(runtime.isAlive(pid), false);
  strictEqual(runtime.isAlive(child!), false);
});

Deno.test("supervisor() takes its children along when it is killed", async () => {
  const { sim, runtime } = simulated();
  const handle = runtime.spawn(supervisor({
    children: [{ id: "a", start: () => never }, {
      id: "b",
      start: () => never,
    }],
  }));
  await sim.run();
  strictEqual(runtime.list().length, 3);
  handle.kill();
  strictEqual(runtime.list().length, 0);
});

Deno.test("supervisor() that is killed while it has a child to restart starts none", async () => {
  for (const killsFirst of [false, true]) {
    const { sim, runtime } = simulated();
    let starts = 0;
    let child: Pid | undefined;
    const handle = runtime.spawn(supervisor({
      children: [{
        id: "a",
        start: () => {
          starts++;
          if (killsFirst && starts === 2) handle.kill();
          return (self: Context<never>) => {
            child = self.pid;
            return never();
          };
        },
      }],
    }));
    await sim.run();
    runtime.kill(child!);
    // Its receive has returned, but what follows has not run.
    if (!killsFirst) handle.kill();
    await sim.run();
    deepStrictEqual(runtime.list(), []);
  }
});

// The last entry of a shutdown row is the milliseconds that the stop takes.
// deno-fmt-ignore
const SHUTDOWNS: [string, Shutdown | undefined, number][] = [
  ["brutalKill",        "brutalKill",        0],
  ["50 ms",             { timeoutMs: 50 },   50],
  ["at once",           { timeoutMs: 0 },    0],
  ["the default",       undefined,           5_000],
];

for (const [name, shutdown, tookMs] of SHUTDOWNS) {
  Deno.test(`supervisor() kills a child that does not end in time: ${name}`, async () => {
    const { sim, runtime } = simulated();
    const reporter = new Reporter();
    const child = { id: "a", start: reporter.stubborn("a") };
    const handle = runtime.spawn(supervisor({
      children: [shutdown === undefined ? child : { ...child, shutdown }],
    }));
    await sim.run();
    runtime.exit(handle.pid, "shutdown");
    await sim.run();
    strictEqual(sim.nowMs, tookMs);
    strictEqual(await handle.join(), "shutdown");
    strictEqual(runtime.list().length, 0);
    strictEqual(reporter.take(), name === "brutalKill" ? "+a" : "+a,!a");
  });
}

Deno.test("supervisor() waits for a child without end when its shutdown is infinity", async () => {
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const start = reporter.stubborn("a");
  const handle = runtime.spawn(supervisor({
    children: [{ id: "a", start, shutdown: "infinity" }],
  }));
  await sim.run();
  runtime.exit(handle.pid, "shutdown");
  await sim.advance(1_000_000);
  ok(runtime.isAlive(handle.pid));
  runtime.kill(reporter.pids.get("a")!);
  strictEqual(await handle.join(), "shutdown");
});

Deno.test("supervisor() stops one child after the other", async () => {
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const shutdown = { timeoutMs: 100 };
  const children = ["a", "b", "c"].map((id) => ({
    id,
    start: reporter.stubborn(id),
    shutdown,
  }));
  const handle = runtime.spawn(supervisor({ children }));
  await sim.run();
  runtime.exit(handle.pid, "shutdown");
  await sim.run();
  strictEqual(sim.nowMs, 300);
  strictEqual(reporter.take(), "+a,+b,+c,!c,!b,!a");
});

Deno.test("supervisor() does not start before all that it stops have ended", async () => {
  for (const strategy of ["oneForAll", "restForOne"] as const) {
    const { sim, runtime } = simulated();
    const reporter = new Reporter();
    startSupervisor(runtime, {
      strategy,
      children: [
        { id: "a", start: reporter.start("a") },
        {
          id: "b",
          start: reporter.stubborn("b"),
          shutdown: { timeoutMs: 100 },
        },
      ],
    });
    await sim.run();
    runtime.kill(reporter.pids.get("a")!);
    await sim.advance(99);
    strictEqual(reporter.take(), "+a,+b,!b");
    await sim.advance(1);
    strictEqual(reporter.take(), "+a,+b");
  }
});

Deno.test("supervisor() gives up at one restart more than it bears within a period", async () => {
  const { sim, reporter, handle, end } = await supervised("abc", {
    restartsMax: 2,
    periodMs: 100,
  });
  await end("a");
  await end("b");
  await sim.advance(100);
  strictEqual(reporter.take(), "+a,+b");
  await end("a");
  strictEqual(reporter.take(), "-c,-b");
  strictEqual(await handle.join(), "shutdown");
});

Deno.test("supervisor() forgets restarts that are older than a period", async () => {
  const { sim, runtime, pid, end } = await supervised("a", {
    restartsMax: 1,
    periodMs: 100,
  });
  for (let time = 0; time < 10; time++) {
    await end("a");
    await sim.advance(101);
  }
  ok(runtime.isAlive(pid));
});

Deno.test("supervisor() bears 3 restarts in 5,000 ms when nothing is said", async () => {
  const { runtime, pid, end, handle } = await supervised("a");
  for (let time = 0; time < 3; time++) await end("a");
  ok(runtime.isAlive(pid));
  await end("a");
  strictEqual(await handle.join(), "shutdown");
});

Deno.test("supervisor() counts a child that crashes at once, and one that cannot be started", async () => {
  for (const throws of ["start", "body"]) {
    const { sim, runtime } = simulated();
    let starts = 0;
    const handle = runtime.spawn(supervisor({
      restartsMax: 5,
      children: [{
        id: "a",
        start: () => {
          starts++;
          if (throws === "start" && starts > 1) throw new Error("never again");
          return () => {
            throw new Error("at once");
          };
        },
      }],
    }));
    await sim.run();
    strictEqual(await handle.join(), "shutdown");
    strictEqual(starts, 6);
  }
});

Deno.test("supervisor() exits when a child cannot be started to begin with", async () => {
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const handle = runtime.spawn(supervisor({
    children: [
      { id: "a", start: reporter.start("a") },
      {
        id: "b",
        start: () => {
          throw new TypeError("no");
        },
      },
      { id: "c", start: reporter.start("c") },
    ],
  }));
  await sim.run();
  const reason = await handle.join();
  ok(typeof reason === "object" && reason.type === "exit");
  const { type, id } = reason.payload as { type: string; id: string };
  deepStrictEqual([type, id], ["failedToStart", "b"]);
  deepStrictEqual(runtime.list(), []);
  ok(!reporter.take().includes("c"));
});

Deno.test("supervisor() leaves the thread to others while children crash without end", async () => {
  const { sim, host, runtime } = simulated({ reductionsPerSlice: 20 });
  let starts = 0;
  const children = Array.from({ length: 50 }, (_, index) => ({
    id: String(index),
    start: () => {
      if (index % 2 === 0 && ++starts > 25) throw new Error("cannot start");
      return () => {
        throw new Error("at once");
      };
    },
  }));
  const handle = runtime.spawn(supervisor({ children, restartsMax: 2_000 }));
  let turns = 0;
  const tick = () => {
    turns++;
    if (runtime.isAlive(handle.pid)) host.macrotask(tick);
  };
  host.macrotask(tick);
  await sim.run();
  strictEqual(await handle.join(), "shutdown");
  ok(turns > 100, `${turns} turns`);
});

Deno.test("supervisor() waits longer before each restart when it backs off", async () => {
  const { sim, reporter, end } = await supervised("ab", {
    strategy: "oneForAll",
    restartsMax: 100,
    backoff: { initialMs: 100, factor: 2, maxMs: 1_000, jitter: 0 },
  });
  for (const waitMs of [100, 200, 400, 800, 1_000, 1_000]) {
    await end("a");
    await sim.advance(waitMs - 1);
    strictEqual(reporter.take(), "-b");
    await sim.advance(1);
    strictEqual(reporter.take(), "+a,+b");
  }
  await sim.advance(5_001);
  await end("a");
  await sim.advance(100);
  strictEqual(reporter.take(), "-b,+a,+b");
});

Deno.test("supervisor() forgets a restart that another one overtook", async () => {
  const { sim, reporter, end } = await supervised("abc", {
    strategy: "restForOne",
    backoff: { initialMs: 100, factor: 10, maxMs: 1_000, jitter: 0 },
  });
  await end("b");
  await sim.advance(50);
  await end("a");
  await sim.advance(99);
  strictEqual(reporter.take(), "-c");
  await sim.advance(1);
  strictEqual(reporter.take(), "+a,+b,+c");
  await sim.advance(5_000);
  strictEqual(reporter.take(), "");
});

Deno.test("supervisor() keeps to the wait of the last restart, not of one before", async () => {
  const { sim, runtime, reporter, pid, end } = await supervised("a", {
    backoff: { initialMs: 100, factor: 10, maxMs: 1_000, jitter: 0 },
  });
  await end("a");
  await sim.advance(50);
  await terminateChild(runtime, pid, "a");
  await restartChild(runtime, pid, "a");
  await sim.advance(0);
  await end("a");
  await sim.advance(999);
  strictEqual(reporter.take(), "+a");
  await sim.advance(1);
  strictEqual(reporter.take(), "+a");
});

Deno.test("supervisor() stops again what was started while it waited", async () => {
  const { sim, runtime, reporter, pid, end } = await supervised("ab", {
    strategy: "oneForAll",
    backoff: { initialMs: 100, factor: 1, maxMs: 100, jitter: 0 },
  });
  await end("a");
  await restartChild(runtime, pid, "b");
  await sim.advance(99);
  strictEqual(reporter.take(), "-b,+b");
  await sim.advance(1);
  strictEqual(reporter.take(), "-b,+a,+b");
});

Deno.test("supervisor() does not end while a significant child is to be restarted", async () => {
  const { sim, runtime, reporter, pid, end } = await supervised("ab", {
    autoShutdown: "allSignificant",
    backoff: { initialMs: 100, factor: 1, maxMs: 100, jitter: 0 },
  }, { restart: "transient", significant: true });
  await end("a");
  await end("b", "normal");
  ok(runtime.isAlive(pid));
  await sim.run();
  strictEqual(reporter.take(), "+a");
});

Deno.test("supervisor() labels a child with its id, or as it is told", async () => {
  const labels: (string | undefined)[] = [];
  const observer = {
    spawned: (_pid: Pid, label?: string) => labels.push(label),
  };
  const { sim, runtime } = simulated({ observer });
  startSupervisor(runtime, {
    children: [
      { id: "a", start: () => never },
      { id: "b", start: () => never, spawn: { label: "other" } },
    ],
  });
  await sim.run();
  deepStrictEqual(labels, [undefined, "a", "other"]);
});

Deno.test("supervisor() is sent anything and minds nothing", async () => {
  const { sim, runtime, reporter, pid } = await supervised("a");
  const odd = pid as Pid<unknown>;
  for (const message of [undefined, null, 1, "text", {}, { type: "odd" }]) {
    runtime.send(odd, message);
  }
  runtime.send(odd, { type: "retry", id: "a", attempt: 1, isCounted: true });
  runtime.send(odd, { type: "retry", id: "b", attempt: 1, isCounted: false });
  await sim.run();
  ok(runtime.isAlive(pid));
  strictEqual(reporter.take(), "");
});

const child = { id: "a", start: () => never };

// deno-fmt-ignore
const BAD_OPTIONS: [string, SupervisorOptions, typeof RangeError | typeof TypeError][] = [
  ["two children with one id",    { children: [child, child] }, TypeError],
  ["a negative restartsMax",      { restartsMax: -1 }, RangeError],
  ["a negative periodMs",         { periodMs: -1 }, RangeError],
  ["a bad backoff",               { backoff: { initialMs: -1, factor: 1, maxMs: 1, jitter: 0 } }, RangeError],
  ["a negative timeoutMs",        { children: [{ ...child, shutdown: { timeoutMs: -1 } }] }, RangeError],
  ["a negative mailboxMax",       { children: [{ ...child, spawn: { mailboxMax: -1 } }] }, RangeError],
  ["a significant, permanent child", { autoShutdown: "anySignificant", children: [{ ...child, significant: true }] }, TypeError],
  ["a significant child that ends nothing", { children: [{ ...child, significant: true, restart: "transient" }] }, TypeError],
];

for (const [what, options, error] of BAD_OPTIONS) {
  Deno.test(`supervisor() throws for ${what}`, () => {
    throws(() => supervisor(options), error);
    const { runtime } = simulated();
    throws(() => startSupervisor(runtime, options), error);
    deepStrictEqual(runtime.list(), []);
  });
}
