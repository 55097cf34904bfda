import { deepStrictEqual, strictEqual } from "node:assert";
import type { Pid } from "./pid.ts";
import { type Context, TIMEOUT } from "./context.ts";
import { type ExitReason, formatReason } from "./reason.ts";
import type { Runtime } from "./runtime.ts";
import type { Down, MonitorRef } from "./signal.ts";
import { collectGarbage } from "./testdata/gc.ts";
import { simulated } from "./testdata/simulated.ts";

const CUSTOM: ExitReason = { type: "exit", payload: { code: 1 } };

// deno-fmt-ignore
const ENDS: [string, (self: Context<"go">) => unknown, string][] = [
  ["returns",  () => {},                                   "normal"],
  ["throws",   () => { throw new TypeError("no"); },       "crashed: TypeError: no"],
  ["exits",    (self) => self.exit(CUSTOM),                `exit: {"code":1}`],
  ["is killed", (self) => self.runtime.kill(self.pid),     "killed"],
];

for (const [what, end, reason] of ENDS) {
  Deno.test(`monitor() tells of a process that ${what}`, async () => {
    const { sim, runtime } = simulated();
    const target = runtime.spawn<"go">(async (self) => {
      await self.receive();
      end(self);
    });
    const received: [Down, MonitorRef][] = [];
    runtime.spawn<Down>(async (self) => {
      const ref = self.monitor(target.pid);
      received.push([await self.receive(), ref]);
    });
    await sim.run();
    strictEqual(received.length, 0);
    runtime.send(target.pid, "go");
    await sim.run();
    const [down, ref] = received[0]!;
    strictEqual(down.type, "down");
    strictEqual(down.ref, ref);
    strictEqual(down.pid.equals(target.pid), true);
    strictEqual(formatReason(down.reason), reason);
  });
}

/** Runs `body` in a process that keeps what it receives, and returns that. */
async function keeping<Message>(
  start: (runtime: Runtime) => (self: Context<Message>) => unknown,
): Promise<{ kept: Message[]; runtime: Runtime }> {
  const { sim, runtime } = simulated();
  const kept: Message[] = [];
  const body = start(runtime);
  runtime.spawn<Message>(async (self) => {
    await body(self);
    for (;;) kept.push(await self.receive());
  });
  await sim.run();
  return { kept, runtime };
}

Deno.test("monitor() of a process that has ended answers with noproc", async () => {
  const { kept } = await keeping<Down>((runtime) => {
    const { pid } = runtime.spawn(() => {});
    runtime.kill(pid);
    return (self) => self.monitor(pid);
  });
  deepStrictEqual(kept.map(({ reason }) => reason), ["noproc"]);
});

Deno.test("monitor() twice tells twice, each with its own ref", async () => {
  const refs: MonitorRef[] = [];
  const { kept } = await keeping<Down>((runtime) => async (self) => {
    const target = runtime.spawn((self) => self.receive({ timeoutMs: 1 }));
    refs.push(self.monitor(target.pid), self.monitor(target.pid));
    await target.join();
  });
  deepStrictEqual(kept.map(({ ref }) => ref), refs);
  strictEqual(new Set(refs).size, 2);
});

Deno.test("monitor() of itself never tells", async () => {
  const { sim, runtime } = simulated();
  const handle = runtime.spawn<Down>(async (self) => {
    self.monitor(self.pid);
    strictEqual(await self.receive({ timeoutMs: 1 }), TIMEOUT);
  });
  await sim.run();
  strictEqual(await handle.join(), "normal");
});

Deno.test("monitor() tells after every message that was sent before", async () => {
  const { kept } = await keeping<Down | number>((runtime) => (self) => {
    const target = runtime.spawn((target) => {
      for (const message of [1, 2, 3]) runtime.send(self.pid, message);
      target.exit("shutdown");
    });
    self.monitor(target.pid);
  });
  deepStrictEqual(
    kept.map((each) => typeof each === "number" ? each : "down"),
    [
      1,
      2,
      3,
      "down",
    ],
  );
});

Deno.test("monitor() tells all watchers, also when one has ended", async () => {
  const { sim, runtime } = simulated();
  const target = runtime.spawn((self) => self.receive({ timeoutMs: 9 }));
  const told: number[] = [];
  for (const name of [0, 1, 2]) {
    runtime.spawn<Down>(async (self) => {
      self.monitor(target.pid);
      if (name === 1) return;
      await self.receive();
      told.push(name);
    });
  }
  await sim.run();
  deepStrictEqual(told, [0, 2]);
});

Deno.test("monitor() in a process that has exited watches nothing", async () => {
  const { sim, runtime } = simulated();
  const target = runtime.spawn((self) => self.receive());
  const watchers: WeakRef<Pid<"go" | Down>>[] = [];
  (() => {
    const watcher = runtime.spawn<"go" | Down>(async (self) => {
      await self.receive();
      self.monitor(target.pid);
    });
    watchers.push(new WeakRef(watcher.pid));
    queueMicrotask(() => {
      runtime.send(watcher.pid, "go");
      watcher.kill();
    });
  })();
  await sim.run();
  await collectGarbage();
  strictEqual(watchers[0]!.deref(), undefined);
  strictEqual(runtime.isAlive(target.pid), true);
});

Deno.test("A watcher that ends leaves nothing in the process it watched", async () => {
  const { sim, runtime } = simulated();
  const target = runtime.spawn((self) => self.receive());
  const watchers = shortLived(runtime, target.pid, 10_000);
  await sim.run();
  await collectGarbage();
  strictEqual(runtime.counters().exited, 10_000);
  const left = watchers.filter((pid) => pid.deref() !== undefined).length;
  strictEqual(left, 0);
  target.kill();
});

function shortLived(runtime: Runtime, target: Pid, count: number) {
  return Array.from({ length: count }, () => {
    const watcher = runtime.spawn<Down>((self) => {
      self.monitor(target);
      self.monitor(target);
    });
    return new WeakRef(watcher.pid);
  });
}

Deno.test("demonitor() keeps the Down away, and says so", async () => {
  const { kept } = await keeping<Down>((runtime) => async (self) => {
    const target = runtime.spawn((self) => self.receive({ timeoutMs: 1 }));
    const [gone, stays] = [self.monitor(target.pid), self.monitor(target.pid)];
    strictEqual(self.demonitor(gone), true);
    strictEqual(self.demonitor(gone), false);
    await target.join();
    strictEqual(self.demonitor(stays), false);
  });
  strictEqual(kept.length, 1);
});

Deno.test("demonitor() of what is no monitor of the process is false", async () => {
  const { sim, runtime } = simulated();
  const target = runtime.spawn((self) => self.receive({ timeoutMs: 1 }));
  const refs: MonitorRef[] = [];
  const told: Down[] = [];
  runtime.spawn<Down>(async (self) => {
    refs.push(self.monitor(target.pid));
    told.push(await self.receive());
  });
  const thief = runtime.spawn<Down>((self) => {
    strictEqual(self.demonitor(refs[0]!), false);
    self.monitor(target.pid);
    strictEqual(self.demonitor(refs[0]!), false);
    strictEqual(self.demonitor(-1 as MonitorRef), false);
  });
  await sim.run();
  strictEqual(await thief.join(), "normal");
  deepStrictEqual(told.map(({ ref }) => ref), refs);
});

// The rows are checked by the compiler.
Deno.test("monitor() needs a process that accepts Down", async () => {
  const { sim, runtime } = simulated();
  const target = runtime.spawn(() => {});
  runtime.spawn<string>((self) => {
    // @ts-expect-error It accepts text only.
    self.monitor(target.pid);
  });
  runtime.spawn((self) => {
    // @ts-expect-error It accepts nothing.
    self.monitor(target.pid);
  });
  runtime.spawn<string | Down>((self) => self.monitor(target.pid));
  runtime.spawn<unknown>((self) => self.monitor(target.pid));
  await sim.run();
  strictEqual(runtime.counters().exited, 5);
});
