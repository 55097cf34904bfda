import { deepStrictEqual, ok, strictEqual } from "node:assert";
import type { Context } from "../context.ts";
import type { Pid } from "../pid.ts";
import type { ExitReason } from "../reason.ts";
import type { Runtime } from "../runtime.ts";
import type { ExitMessage } from "../signal.ts";
import { startSupervisor, supervisor } from "../supervisor.ts";
import { Reporter } from "../testdata/reporter.ts";
import { simulated } from "../testdata/simulated.ts";

const CRASH: ExitReason = { type: "exit", payload: "crash" };

interface Family {
  readonly runtime: Runtime;
  readonly supervisorPid: Pid;
  readonly tell: (act: (self: Context<Act | ExitMessage>) => void) => void;
  readonly reporter: Reporter;
  readonly run: () => Promise<void>;
}

type Act = (self: Context<Act | ExitMessage>) => void;

async function family(): Promise<Family> {
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  let supervisorPid: Pid | undefined;
  const parent = runtime.spawn<Act | ExitMessage>(async (self) => {
    const children = [{ id: "a", start: reporter.start("a") }];
    supervisorPid = startSupervisor(self, { children });
    for (;;) {
      const message = await self.receive();
      if (typeof message === "function") message(self);
    }
  });
  await sim.run();
  reporter.take();
  return {
    runtime,
    supervisorPid: supervisorPid!,
    tell: (act) => runtime.send(parent.pid, act),
    reporter,
    run: () => sim.run(),
  };
}

Deno.test("startSupervisor() makes the starter the parent, whose end is heeded", async () => {
  const { runtime, supervisorPid, tell, reporter, run } = await family();
  tell((self) => self.exit(CRASH));
  await run();
  ok(!runtime.isAlive(supervisorPid));
  strictEqual(reporter.take(), "-a");
});

Deno.test("startSupervisor() makes the starter the parent, whose request is heeded", async () => {
  const { runtime, supervisorPid, tell, reporter, run } = await family();
  tell((self) => {
    self.trapExits(true);
    runtime.exit(supervisorPid, "shutdown", self.pid);
  });
  await run();
  ok(!runtime.isAlive(supervisorPid));
  strictEqual(reporter.take(), "-a");
});

Deno.test("supervisor() ignores the exit signals of strangers", async () => {
  const { runtime, supervisorPid, reporter, run } = await family();
  runtime.spawn((self) => {
    self.link(supervisorPid);
    runtime.exit(supervisorPid, "shutdown", self.pid);
    throw new Error("a stranger");
  });
  await run();
  ok(runtime.isAlive(supervisorPid));
  strictEqual(reporter.take(), "");
});

Deno.test("supervisor() of supervisors stops the whole tree, and restarts the part that gave up", async () => {
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const branch = (id: string, leaves: string) => ({
    id,
    shutdown: "infinity" as const,
    start: () =>
      supervisor({
        restartsMax: 0,
        children: [...leaves].map((leaf) => ({
          id: leaf,
          start: reporter.start(leaf),
        })),
      }),
  });
  const root = runtime.spawn(supervisor({
    children: [branch("left", "ab"), branch("right", "cd")],
  }));
  await sim.run();
  deepStrictEqual(reporter.take().split(",").sort().join(), "+a,+b,+c,+d");
  runtime.kill(reporter.pids.get("a")!);
  await sim.run();
  strictEqual(reporter.take(), "-b,+a,+b");
  runtime.exit(root.pid, "shutdown");
  await sim.run();
  strictEqual(reporter.take(), "-d,-c,-b,-a");
  deepStrictEqual(runtime.list(), []);
});
