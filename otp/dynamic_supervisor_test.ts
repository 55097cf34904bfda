import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import { SupervisorDown } from "./errors.ts";
import type { Context } from "./context.ts";
import {
  countDynamicChildren,
  dynamicSupervisor,
  type DynamicSupervisorOptions,
  startDynamicChild,
  terminateDynamicChild,
  whichDynamicChildren,
} from "./dynamic_supervisor.ts";
import type { Pid } from "./pid.ts";
import type { ExitMessage } from "./signal.ts";
import { supervisor } from "./supervisor.ts";
import { type Order, Reporter } from "./testdata/reporter.ts";
import { simulated } from "./testdata/simulated.ts";

type Options = Partial<DynamicSupervisorOptions<string, Order | ExitMessage>>;

/** A dynamic supervisor of reporting children. */
function supervised(options: Options = {}) {
  const { sim, runtime, host } = simulated();
  const reporter = new Reporter();
  const handle = runtime.spawn(dynamicSupervisor<string, Order | ExitMessage>({
    start: (id) => reporter.start(id)(),
    ...options,
  }));
  const { pid } = handle;
  const start = async (id: string): Promise<Pid<Order>> => {
    const started = await startDynamicChild(runtime, pid, id);
    ok(started.type === "started");
    return started.pid;
  };
  return { sim, host, runtime, reporter, handle, pid, start };
}

Deno.test("startDynamicChild() starts children with what they are given", async () => {
  const { sim, runtime, reporter, pid, start } = supervised();
  const pids = [await start("a"), await start("b")];
  await sim.run();
  strictEqual(reporter.take(), "+a,+b");
  deepStrictEqual(await whichDynamicChildren(runtime, pid), pids);
});

Deno.test("startDynamicChild() stops at childrenMax, until a child has ended", async () => {
  const { sim, runtime, pid, start } = supervised({
    childrenMax: 2,
    restart: "temporary",
  });
  const first = await start("a");
  await start("b");
  strictEqual((await startDynamicChild(runtime, pid, "c")).type, "maxChildren");
  runtime.kill(first);
  await sim.run();
  await start("c");
});

Deno.test("startDynamicChild() counts a child that is to be restarted", async () => {
  const { sim, runtime, pid, start } = supervised({
    childrenMax: 1,
    backoff: { initialMs: 100, factor: 1, maxMs: 100, jitter: 0 },
  });
  runtime.kill(await start("a"));
  await sim.advance(0);
  strictEqual((await startDynamicChild(runtime, pid, "b")).type, "maxChildren");
  deepStrictEqual(await countDynamicChildren(runtime, pid), {
    specs: 1,
    active: 0,
  });
  await sim.run();
  deepStrictEqual(await countDynamicChildren(runtime, pid), {
    specs: 1,
    active: 1,
  });
});

Deno.test("startDynamicChild() keeps no child that cannot be started", async () => {
  const { runtime, pid } = supervised({
    start: () => {
      throw new TypeError("no");
    },
  });
  const failed = await startDynamicChild(runtime, pid, "a");
  ok(failed.type === "failed" && typeof failed.reason === "object");
  strictEqual((await countDynamicChildren(runtime, pid)).specs, 0);
});

// deno-fmt-ignore
const RESTARTS = [
  ["permanent", "normal",   "+a"],
  ["transient", "normal",   ""],
  ["transient", "shutdown", ""],
  ["transient", "killed",   "+a"],
  ["temporary", "killed",   ""],
] as const;

for (const [restart, reason, events] of RESTARTS) {
  Deno.test(`dynamicSupervisor() ${restart} child that ended by ${reason}: ${events}`, async () => {
    const { sim, runtime, reporter, pid, start } = supervised({ restart });
    const child = await start("a");
    await start("b");
    await sim.run();
    reporter.take();
    runtime.send(child, { type: "end", reason });
    await sim.run();
    strictEqual(reporter.take(), events);
    const { specs } = await countDynamicChildren(runtime, pid);
    strictEqual(specs, events === "" ? 1 : 2);
  });
}

Deno.test("dynamicSupervisor() gives up after too many restarts, and stops the others", async () => {
  const { sim, runtime, reporter, handle, start } = supervised();
  await start("a");
  await start("b");
  for (let time = 0; time < 4; time++) {
    await sim.run();
    runtime.kill(reporter.pids.get("a")!);
  }
  await sim.run();
  strictEqual(await handle.join(), "shutdown");
  strictEqual(reporter.take(), "+a,+b,+a,+a,+a,-b");
});

Deno.test("dynamicSupervisor() tries a start again, which counts", async () => {
  let starts = 0;
  const { sim, runtime, handle, start } = supervised({
    start: () => {
      if (++starts > 1) throw new Error("never again");
      return (self) => self.receive();
    },
  });
  runtime.kill(await start("a"));
  await sim.run();
  strictEqual(starts, 4);
  strictEqual(await handle.join(), "shutdown");
});

Deno.test("dynamicSupervisor() waits before a restart when it backs off", async () => {
  const { sim, runtime, reporter, start } = supervised({
    backoff: { initialMs: 100, factor: 2, maxMs: 400, jitter: 0 },
  });
  await start("a");
  await sim.run();
  for (const waitMs of [100, 200, 400]) {
    reporter.take();
    runtime.kill(reporter.pids.get("a")!);
    await sim.advance(waitMs - 1);
    strictEqual(reporter.take(), "");
    await sim.advance(1);
    strictEqual(reporter.take(), "+a");
  }
  await sim.advance(5_001);
  runtime.kill(reporter.pids.get("a")!);
  await sim.advance(100);
  strictEqual(reporter.take(), "+a");
});

Deno.test("dynamicSupervisor() stops all children at the same time", async () => {
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const handle = runtime.spawn(dynamicSupervisor<string, Order | ExitMessage>({
    start: (id) => reporter.stubborn(id)(),
    shutdown: { timeoutMs: 100 },
  }));
  const { pid } = handle;
  for (const id of ["a", "b", "c"]) await startDynamicChild(runtime, pid, id);
  await sim.run();
  runtime.exit(pid, "shutdown");
  await sim.run();
  strictEqual(sim.nowMs, 100);
  strictEqual(await handle.join(), "shutdown");
  deepStrictEqual(runtime.list(), []);
  strictEqual(reporter.take(), "+a,+b,+c,!a,!b,!c");
});

Deno.test("dynamicSupervisor() gives all children together the time of one", async () => {
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const handle = runtime.spawn(dynamicSupervisor<string, Order | ExitMessage>({
    start: (id) => reporter.stubborn(id)(),
    shutdown: { timeoutMs: 100 },
  }));
  for (const id of ["a", "b"]) await startDynamicChild(runtime, handle.pid, id);
  await sim.run();
  runtime.exit(handle.pid, "shutdown");
  await sim.advance(60);
  runtime.kill(reporter.pids.get("a")!);
  await sim.run();
  strictEqual(sim.nowMs, 100);
});

Deno.test("dynamicSupervisor() counts the end of a child once", async () => {
  const { sim, runtime, reporter, pid, start } = supervised({
    restartsMax: 1,
    backoff: { initialMs: 100, factor: 1, maxMs: 100, jitter: 0 },
  });
  const child = await start("a");
  await sim.run();
  runtime.kill(child);
  runtime.exit(pid, "killed", child);
  await sim.run();
  strictEqual(reporter.take(), "+a,+a");
});

Deno.test("dynamicSupervisor() stops thousands of children in linear time", async () => {
  const { sim, runtime } = simulated();
  const handle = runtime.spawn(dynamicSupervisor<number>({
    start: () => () => new Promise(() => {}),
  }));
  for (let index = 0; index < 5_000; index++) {
    startDynamicChild(runtime, handle.pid, index);
  }
  await sim.run();
  strictEqual((await countDynamicChildren(runtime, handle.pid)).active, 5_000);
  runtime.exit(handle.pid, "shutdown");
  await sim.run();
  deepStrictEqual(runtime.list(), []);
});

Deno.test("terminateDynamicChild() stops a child and forgets it", async () => {
  const { sim, runtime, reporter, pid, start } = supervised();
  const child = await start("a");
  await sim.run();
  const terminate = () => terminateDynamicChild(runtime, pid, child);
  strictEqual((await terminate()).type, "terminated");
  strictEqual((await terminate()).type, "notFound");
  await sim.run();
  strictEqual(reporter.take(), "+a,-a");
  deepStrictEqual(await whichDynamicChildren(runtime, pid), []);
});

Deno.test("terminateDynamicChild() gives up a restart that was to come", async () => {
  const { sim, runtime, reporter, pid, start } = supervised({
    backoff: { initialMs: 100, factor: 1, maxMs: 100, jitter: 0 },
  });
  const child = await start("a");
  await sim.run();
  runtime.kill(child);
  const { type } = await terminateDynamicChild(runtime, pid, child);
  strictEqual(type, "terminated");
  await sim.run();
  strictEqual(reporter.take(), "+a");
});

Deno.test("dynamicSupervisor() heeds the supervisor that it is a child of", async () => {
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  let pid: Pid | undefined;
  const root = runtime.spawn(supervisor({
    children: [{
      id: "branch",
      start: () => {
        const body = dynamicSupervisor<string, Order | ExitMessage>({
          start: (id) => reporter.start(id)(),
        });
        type Self = Parameters<typeof body.start>[0];
        return {
          ...body,
          start(self: Self) {
            pid = self.pid;
            startDynamicChild(runtime, self.pid, "a");
            return body.start(self);
          },
        };
      },
    }],
  }));
  await sim.run();
  const stranger = runtime.spawn(() => {});
  runtime.exit(pid!, "shutdown", stranger.pid);
  await sim.run();
  strictEqual(reporter.take(), "+a");
  runtime.exit(root.pid, "shutdown");
  await sim.run();
  strictEqual(reporter.take(), "-a");
  strictEqual(sim.nowMs, 0);
  deepStrictEqual(runtime.list(), []);
});

Deno.test("dynamicSupervisor() is sent anything and minds nothing", async () => {
  const { sim, runtime, pid } = supervised();
  for (const message of [undefined, null, 1, {}, { type: "odd" }]) {
    runtime.send(pid as Pid<unknown>, message);
  }
  const retry = { type: "retry", child: pid, isCounted: true };
  runtime.send(pid as Pid<unknown>, retry);
  await sim.run();
  ok(runtime.isAlive(pid));
});

Deno.test("startDynamicChild() rejects when the supervisor is down", async () => {
  const { runtime, pid } = supervised();
  runtime.kill(pid);
  await rejects(startDynamicChild(runtime, pid, "a"), SupervisorDown);
});

const BAD_OPTIONS: Options[] = [
  { childrenMax: -1 },
  { childrenMax: NaN },
  { restartsMax: -1 },
  { periodMs: 0 },
  { shutdown: { timeoutMs: -1 } },
  { spawn: { mailboxMax: -1 } },
  { backoff: { initialMs: 0, factor: 1, maxMs: 1, jitter: 0 } },
];

for (const options of BAD_OPTIONS) {
  Deno.test(`dynamicSupervisor() throws for ${JSON.stringify(options)}`, () => {
    const start = () => (self: Context<Order | ExitMessage>) => self.receive();
    throws(() => dynamicSupervisor({ start, ...options }), RangeError);
  });
}
