import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { SupervisorDown } from "../errors.ts";
import type { ChildSpec } from "./child.ts";
import {
  countChildren,
  deleteChild,
  restartChild,
  startChild,
  startSupervisor,
  type SupervisorOptions,
  terminateChild,
  whichChildren,
} from "../supervisor.ts";
import { Reporter } from "../testdata/reporter.ts";
import { simulated } from "../testdata/simulated.ts";

/** A supervisor of reporting children. */
function supervised(ids: string, options: Partial<SupervisorOptions> = {}) {
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const spec = (id: string, more: Partial<ChildSpec> = {}): ChildSpec => ({
    id,
    start: reporter.start(id),
    ...more,
  });
  const children = [...ids].map((id) => spec(id));
  const pid = startSupervisor(runtime, { children, ...options });
  return { sim, runtime, reporter, spec, pid };
}

Deno.test("whichChildren() lists children in start order, with what they do", async () => {
  const { sim, runtime, reporter, spec, pid } = supervised("", {
    backoff: { initialMs: 100, factor: 1, maxMs: 100, jitter: 0 },
  });
  for (const id of ["a", "b", "c"]) await startChild(runtime, pid, spec(id));
  await terminateChild(runtime, pid, "a");
  runtime.kill(reporter.pids.get("b")!);
  deepStrictEqual(await whichChildren(runtime, pid), [
    { id: "a", pid: undefined },
    { id: "b", pid: "restarting" },
    { id: "c", pid: reporter.pids.get("c") },
  ]);
  deepStrictEqual(await countChildren(runtime, pid), { specs: 3, active: 1 });
  runtime.kill(pid);
  await sim.run();
});

Deno.test("startChild() adds a child behind the others, once", async () => {
  const { runtime, reporter, spec, pid } = supervised("a");
  const started = await startChild(runtime, pid, spec("b"));
  ok(started.type === "started");
  strictEqual(started.pid, reporter.pids.get("b"));
  deepStrictEqual(await startChild(runtime, pid, spec("b")), {
    type: "alreadyStarted",
    pid: started.pid,
  });
  await terminateChild(runtime, pid, "b");
  const again = await startChild(runtime, pid, spec("b"));
  strictEqual(again.type, "alreadyPresent");
  strictEqual(reporter.take(), "+a,+b,-b");
});

Deno.test("startChild() keeps no child that cannot be started", async () => {
  const { runtime, pid } = supervised("");
  const failed = await startChild(runtime, pid, {
    id: "a",
    start: () => {
      throw new TypeError("no");
    },
  });
  ok(failed.type === "failed" && typeof failed.reason === "object");
  ok(failed.reason.type === "crashed" && failed.reason.message === "no");
  deepStrictEqual(await whichChildren(runtime, pid), []);
});

Deno.test("startChild() refuses a bad specification", async () => {
  const { runtime, spec, pid } = supervised("");
  await rejects(
    startChild(runtime, pid, spec("a", { shutdown: { timeoutMs: -1 } })),
    RangeError,
  );
  const significant = { significant: true };
  await rejects(startChild(runtime, pid, spec("a", significant)), TypeError);
  const result = await startChild(
    runtime,
    pid,
    spec("a", { ...significant, restart: "transient" }),
  );
  strictEqual(result.type, "cannotBeSignificant");
  deepStrictEqual(await whichChildren(runtime, pid), []);
});

Deno.test("terminateChild() stops a child, which is not restarted", async () => {
  const { sim, runtime, reporter, pid } = supervised("abc", {
    strategy: "oneForAll",
  });
  strictEqual((await terminateChild(runtime, pid, "b")).type, "terminated");
  await sim.run();
  strictEqual(reporter.take(), "+a,+b,+c,-b");
  strictEqual((await terminateChild(runtime, pid, "b")).type, "terminated");
  strictEqual((await terminateChild(runtime, pid, "x")).type, "notFound");
});

Deno.test("terminateChild() forgets a temporary child", async () => {
  const { runtime, spec, pid } = supervised("");
  await startChild(runtime, pid, spec("a", { restart: "temporary" }));
  await terminateChild(runtime, pid, "a");
  deepStrictEqual(await whichChildren(runtime, pid), []);
});

Deno.test("terminateChild() gives up a restart that was to come", async () => {
  const { sim, runtime, reporter, pid } = supervised("a", {
    backoff: { initialMs: 100, factor: 1, maxMs: 100, jitter: 0 },
  });
  await sim.run();
  runtime.kill(reporter.pids.get("a")!);
  await terminateChild(runtime, pid, "a");
  await sim.run();
  strictEqual(reporter.take(), "+a");
});

Deno.test("restartChild() starts a child that is stopped", async () => {
  const { sim, runtime, reporter, pid } = supervised("a");
  strictEqual((await restartChild(runtime, pid, "a")).type, "running");
  strictEqual((await restartChild(runtime, pid, "x")).type, "notFound");
  await terminateChild(runtime, pid, "a");
  const started = await restartChild(runtime, pid, "a");
  await sim.run();
  ok(started.type === "started");
  strictEqual(started.pid, reporter.pids.get("a"));
  strictEqual(reporter.take(), "+a,-a,+a");
});

Deno.test("deleteChild() forgets a child that is stopped", async () => {
  const { runtime, pid } = supervised("a");
  strictEqual((await deleteChild(runtime, pid, "a")).type, "running");
  strictEqual((await deleteChild(runtime, pid, "x")).type, "notFound");
  await terminateChild(runtime, pid, "a");
  strictEqual((await deleteChild(runtime, pid, "a")).type, "deleted");
  deepStrictEqual(await whichChildren(runtime, pid), []);
});

Deno.test("restartChild() and deleteChild() leave a child alone that is restarted", async () => {
  const { sim, runtime, reporter, pid } = supervised("a", {
    backoff: { initialMs: 100, factor: 1, maxMs: 100, jitter: 0 },
  });
  await sim.run();
  runtime.kill(reporter.pids.get("a")!);
  strictEqual((await restartChild(runtime, pid, "a")).type, "restarting");
  strictEqual((await deleteChild(runtime, pid, "a")).type, "restarting");
  await sim.run();
  strictEqual(reporter.take(), "+a,+a");
});

Deno.test("whichChildren() rejects when the supervisor is down, or goes down", async () => {
  const { sim, runtime, pid } = supervised("a");
  await sim.run();
  const asked = whichChildren(runtime, pid);
  runtime.kill(pid);
  const isDown = (reason: string) => (error: unknown) =>
    error instanceof SupervisorDown && error.reason === reason &&
    error.name === "SupervisorDown" && error.message.endsWith(reason);
  await rejects(asked, isDown("noproc"));
  await rejects(countChildren(runtime, pid), isDown("noproc"));
});

Deno.test("terminateChild() rejects when the supervisor is killed before it answers", async () => {
  const { sim, runtime, reporter, pid } = supervised("");
  const start = reporter.stubborn("a");
  await startChild(runtime, pid, { id: "a", start, shutdown: "infinity" });
  await sim.run();
  const asked = terminateChild(runtime, pid, "a");
  await sim.run();
  runtime.kill(pid);
  await rejects(asked, SupervisorDown);
});
