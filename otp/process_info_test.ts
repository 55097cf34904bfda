import { deepStrictEqual, strictEqual } from "node:assert";
import { call, type CallMessage } from "./call.ts";
import type { Context } from "./context.ts";
import type { Pid } from "./pid.ts";
import type { ProcessInfo } from "./process_info.ts";
import type { Runtime } from "./runtime.ts";
import type { Down, ExitMessage } from "./signal.ts";
import { task } from "./task.ts";
import { simulated } from "./testdata/simulated.ts";

/** The body of a process that does nothing. */
function forever(): Promise<never> {
  return new Promise(() => {});
}

Deno.test("info() of a process that has done nothing says so", () => {
  const { runtime } = simulated();
  const { pid } = runtime.spawn(forever);
  deepStrictEqual(runtime.info(pid), {
    pid,
    label: undefined,
    parent: undefined,
    names: [],
    links: [],
    monitors: [],
    monitoredBy: [],
    isTrappingExits: false,
    mailboxDepth: 0,
    refused: 0,
    dropped: 0,
    reductions: 0,
    status: "runnable",
  });
});

Deno.test("info() says all there is about a process", async () => {
  const { sim, runtime } = simulated();
  const other = runtime.spawn(forever);
  let child!: Pid;
  const busy = runtime.spawn<number | Down | ExitMessage>(async (self) => {
    child = self.spawnLink(forever).pid;
    self.link(other.pid);
    self.monitor(other.pid);
    self.monitor(other.pid);
    self.trapExits(true);
    self.stash(await self.receive() as number);
    await forever();
  }, { label: "busy", mailboxMax: 2 });
  const watcher = runtime.spawn<Down>(async (self) => {
    self.monitor(busy.pid);
    await self.receive();
  });
  runtime.register("one", busy.pid);
  runtime.register("two", busy.pid);
  runtime.send(busy.pid, 1);
  await sim.run();
  for (const each of [2, 3]) runtime.send(busy.pid, each);
  deepStrictEqual(runtime.info(busy.pid), {
    pid: busy.pid,
    label: "busy",
    parent: undefined,
    names: ["one", "two"],
    links: [child, other.pid],
    monitors: [other.pid, other.pid],
    monitoredBy: [watcher.pid],
    isTrappingExits: true,
    mailboxDepth: 2,
    refused: 1,
    dropped: 0,
    reductions: 2,
    status: "running",
  });
  deepStrictEqual(runtime.info(child)!.parent, busy.pid);
  deepStrictEqual(runtime.info(child)!.links, [busy.pid]);
  deepStrictEqual(runtime.info(other.pid)!.monitoredBy, [busy.pid, busy.pid]);
  deepStrictEqual(runtime.info(watcher.pid)!.monitors, [busy.pid]);
});

// deno-fmt-ignore
const GONE: [string, (self: Context<Down | ExitMessage>, runtime: Runtime, other: Pid) => void, keyof ProcessInfo][] = [
  ["unlink()",     (self, _, other) => { self.link(other); self.unlink(other); },              "links"],
  ["the end of a link", (self, runtime, other) => { self.trapExits(true); self.link(other); runtime.kill(other); }, "links"],
  ["demonitor()",  (self, _, other) => void self.demonitor(self.monitor(other)),               "monitors"],
  ["a Down",       (self, runtime, other) => { self.monitor(other); runtime.kill(other); },    "monitors"],
  ["unregister()", (self, runtime) => { runtime.register("name", self.pid); runtime.unregister("name"); }, "names"],
];

for (const [what, act, key] of GONE) {
  Deno.test(`info() has no ${key} after ${what}`, async () => {
    const { sim, runtime } = simulated();
    const other = runtime.spawn(forever);
    const { pid } = runtime.spawn<Down | ExitMessage>((self) => {
      act(self, runtime, other.pid);
      return forever();
    });
    await sim.run();
    const left = runtime.info(pid)![key] as unknown[];
    deepStrictEqual(left, []);
  });
}

// deno-fmt-ignore
const STATUSES: [string, (self: Context<number>) => unknown, ProcessInfo["status"]][] = [
  ["waits in receive()",           (self) => self.receive(),                              "waiting"],
  ["waits in a selective receive", (self) => self.receive({ match: () => false }),        "waiting"],
  ["waits for some time",          (self) => self.receive({ timeoutMs: 1_000_000 }),      "waiting"],
  ["waits in receiveEach()",       (self) => self.receiveEach(() => {}),                  "waiting"],
  ["waits for something else",     forever,                                               "running"],
  ["waits in the handler of receiveEach()", (self) => { self.runtime.send(self.pid, 1); return self.receiveEach(async () => { await forever(); }); }, "running"],
  ["receives in the handler of receiveEach()", (self) => { self.runtime.send(self.pid, 1); return self.receiveEach(async () => { await self.receive(); }); }, "waiting"],
];

for (const [what, body, status] of STATUSES) {
  Deno.test(`info() says ${status} of a process that ${what}`, async () => {
    const { sim, runtime } = simulated();
    const { pid } = runtime.spawn<number>(body);
    await sim.advance(0);
    strictEqual(runtime.info(pid)!.status, status);
    runtime.kill(pid);
    await sim.run();
  });
}

Deno.test("info() says running of the process that asks", async () => {
  const { sim, runtime } = simulated();
  const seen: unknown[] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    seen.push(runtime.info(self.pid)!.status);
    await self.receive();
    seen.push(runtime.info(self.pid)!.status);
    await self.receiveEach(() => {
      seen.push(runtime.info(self.pid)!.status);
    });
  });
  await sim.run();
  for (const each of [1, 2]) runtime.send(pid, each);
  await sim.run();
  deepStrictEqual(seen, ["running", "running", "running"]);
});

Deno.test("info() says runnable of a process that has mail in receiveEach()", async () => {
  const { sim, runtime } = simulated();
  const { pid } = runtime.spawn<number>((self) => self.receiveEach(() => {}));
  await sim.run();
  runtime.send(pid, 1);
  strictEqual(runtime.info(pid)!.status, "runnable");
  await sim.run();
  strictEqual(runtime.info(pid)!.status, "waiting");
});

Deno.test("info() counts what was received, and the start", async () => {
  const { sim, runtime } = simulated();
  const { pid } = runtime.spawn<number>(async (self) => {
    await self.receive();
    await self.receive({ match: (each) => each === 3 });
    await self.receive({ timeoutMs: 5 });
    await self.receiveEach(() => {});
  });
  const counts: number[] = [];
  for (let each = 0; each < 8; each++) {
    await sim.run();
    counts.push(runtime.info(pid)!.reductions);
    runtime.send(pid, each % 4);
  }
  await sim.run();
  const { reductions, mailboxDepth } = runtime.info(pid)!;
  deepStrictEqual(counts, [1, 2, 2, 2, 5, 6, 7, 8]);
  deepStrictEqual([reductions, mailboxDepth], [9, 0]);
});

Deno.test("info() counts looks into an empty mailbox", async () => {
  const { sim, runtime } = simulated();
  const { pid } = runtime.spawn(async (self) => {
    for (let count = 0; count < 5; count++) {
      await self.receive({ timeoutMs: 0 });
    }
    await forever();
  });
  await sim.run();
  strictEqual(runtime.info(pid)!.reductions, 6);
});

interface Silent {
  ask(): void;
}

Deno.test("info() has the parent of a task", async () => {
  const { sim, runtime } = simulated();
  const parents: unknown[] = [];
  const owner = runtime.spawn(async (self) => {
    const { pid } = task(self, forever);
    parents.push(runtime.info(pid)!.parent);
    await forever();
  });
  await sim.run();
  deepStrictEqual(parents, [owner.pid]);
});

Deno.test("info() shows whom a call waits for, once", async () => {
  const { sim, runtime } = simulated();
  const server = runtime.spawn<CallMessage<Silent>>(forever);
  const caller = runtime.spawn((self) =>
    call(self, server.pid, { type: "ask" }, { timeoutMs: Infinity })
  );
  await sim.run();
  deepStrictEqual(runtime.info(caller.pid)!.monitors, [server.pid]);
  deepStrictEqual(runtime.info(server.pid)!.monitoredBy, [caller.pid]);
  strictEqual(runtime.info(server.pid)!.mailboxDepth, 1);
});

Deno.test("info() of a process that has ended, or is of another, is undefined", () => {
  const { runtime } = simulated();
  const other = simulated({ scheduler: 1 });
  const { pid } = runtime.spawn(forever);
  strictEqual(other.runtime.info(pid), undefined);
  runtime.kill(pid);
  strictEqual(runtime.info(pid), undefined);
});

Deno.test("info() by an alias is of its process", async () => {
  const { sim, runtime } = simulated();
  let alias!: Pid;
  const { pid } = runtime.spawn((self) => {
    alias = self.alias();
    return forever();
  });
  await sim.run();
  strictEqual(runtime.info(alias)!.pid, pid);
});

Deno.test("setLabel() changes what info() says, also to nothing", () => {
  const { runtime } = simulated();
  const { pid } = runtime.spawn(forever, { label: "one" });
  const labels: unknown[] = [runtime.info(pid)!.label];
  for (const label of ["two", undefined]) {
    strictEqual(runtime.setLabel(pid, label), true);
    labels.push(runtime.info(pid)!.label);
  }
  deepStrictEqual(labels, ["one", "two", undefined]);
  runtime.kill(pid);
  strictEqual(runtime.setLabel(pid, "late"), false);
});
