import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { dynamicSupervisor, startDynamicChild } from "./dynamic_supervisor.ts";
import type { Observer, RestartInfo } from "./observer.ts";
import type { Pid } from "./pid.ts";
import { type ExitReason, formatReason } from "./reason.ts";
import type { Runtime } from "./runtime.ts";
import type { ExitMessage } from "./signal.ts";
import { supervisor } from "./supervisor.ts";
import { simulated } from "./testdata/simulated.ts";

/** The body of a process that does nothing. */
function forever(): Promise<never> {
  return new Promise(() => {});
}

/** An observer that notes all it is told. */
function noting(): { observer: Required<Observer>; notes: unknown[][] } {
  const notes: unknown[][] = [];
  const observer: Required<Observer> = {
    spawned: (pid, label) => notes.push(["spawned", pid, label]),
    exited: (pid, reason, label, linkedTo) =>
      notes.push(["exited", pid, reason, label, linkedTo]),
    linked: (from, to) => notes.push(["linked", from, to]),
    sent: (to, message, isSent) => notes.push(["sent", to, message, isSent]),
    restarted: (restart) => notes.push(["restarted", restart]),
  };
  return { observer, notes };
}

Deno.test("Observer is told of spawns, links, messages and ends, in their order", async () => {
  const { observer, notes } = noting();
  const { sim, runtime } = simulated({ observer });
  let child!: Pid;
  const parent = runtime.spawn<string>(async (self) => {
    child = self.spawnLink(forever, { label: "child" }).pid;
    self.exit({ type: "exit", payload: await self.receive() });
  }, { label: "parent" });
  await sim.run();
  runtime.send(parent.pid, "bye");
  await sim.run();
  runtime.send(parent.pid, "late");
  const reason = { type: "exit", payload: "bye" };
  deepStrictEqual(notes, [
    ["spawned", parent.pid, "parent"],
    ["spawned", child, "child"],
    ["linked", parent.pid, child],
    ["sent", parent.pid, "bye", true],
    ["exited", parent.pid, reason, "parent", undefined],
    ["exited", child, reason, "child", parent.pid],
    ["sent", parent.pid, "late", false],
  ]);
});

// deno-fmt-ignore
const ENDS: [string, (runtime: Runtime, pid: Pid<number>) => unknown, string][] = [
  ["normal",              (runtime, pid) => runtime.send(pid, 0), "normal"],
  ["crashed",             (runtime, pid) => runtime.send(pid, 1), "crashed: Error: 1"],
  ["killed",              (runtime, pid) => runtime.kill(pid),    "killed"],
  ["asked to shut down",  (runtime, pid) => runtime.exit(pid, "shutdown"), "shutdown"],
];

for (const [what, end, reason] of ENDS) {
  Deno.test(`exited() tells once of a process that was ${what}`, async () => {
    const reasons: string[] = [];
    const observer: Observer = {
      exited: (_, reason) => reasons.push(formatReason(reason)),
    };
    const { sim, runtime } = simulated({ observer });
    const { pid } = runtime.spawn<number>(async (self) => {
      const message = await self.receive();
      if (message > 0) throw new Error(String(message));
    });
    await sim.run();
    end(runtime, pid);
    await sim.run();
    runtime.kill(pid);
    await sim.run();
    deepStrictEqual(reasons, [reason]);
  });
}

Deno.test("exited() is told before those who are linked, and says what it is called now", async () => {
  const order: unknown[] = [];
  const observer: Observer = {
    exited: (_, reason, label) => order.push([label, reason]),
  };
  const { sim, runtime } = simulated({ observer });
  const target = runtime.spawn(forever, { label: "before" });
  runtime.spawn<ExitMessage>(async (self) => {
    self.trapExits(true);
    self.link(target.pid);
    order.push(((await self.receive()) as ExitMessage).type);
    await forever();
  });
  await sim.run();
  runtime.setLabel(target.pid, "after");
  target.join().then(() => order.push("joined"));
  runtime.kill(target.pid);
  deepStrictEqual(order, [["after", "killed"]]);
  await sim.run();
  deepStrictEqual(order.slice(1).sort(), ["exit", "joined"]);
});

// deno-fmt-ignore
const SENDS: [string, (runtime: Runtime, to: Pid<number>) => unknown, boolean][] = [
  ["send()",                    (runtime, to) => runtime.send(to, 1), true],
  ["send() with metadata",      (runtime, to) => runtime.send(to, 1, { metadata: { a: 1 } }), true],
  ["sendAfter()",               (runtime, to) => runtime.sendAfter(to, 5, 1), true],
  ["sendWhenRoom()",            (runtime, to) => runtime.sendWhenRoom(to, 1), true],
  ["send() to the dead",        (runtime, to) => { runtime.kill(to); runtime.send(to, 1); }, false],
];

for (const [what, send, isSent] of SENDS) {
  Deno.test(`sent() tells of ${what}, and that it was ${isSent ? "" : "not "}sent`, async () => {
    const { observer, notes } = noting();
    const { sim, runtime } = simulated();
    const { pid } = runtime.spawn<number>(forever);
    runtime.observe({ sent: observer.sent });
    send(runtime, pid);
    await sim.run();
    deepStrictEqual(notes, [["sent", pid, 1, isSent]]);
  });
}

const HOOKS = ["spawned", "exited", "linked", "sent"] as const;

for (const hook of HOOKS) {
  Deno.test(`Observer that throws in ${hook}() hurts nobody but the program`, async () => {
    const observer: Observer = {
      [hook]() {
        throw new TypeError("no");
      },
    };
    const { sim, runtime } = simulated({ observer });
    let hears: ExitReason | undefined;
    const { pid } = runtime.spawn<number | ExitMessage>(async (self) => {
      self.trapExits(true);
      const child = self.spawnLink<string>(async (child) => {
        await child.receive();
      });
      strictEqual(runtime.send(child.pid, "go"), true);
      hears = (await self.receive() as ExitMessage).reason;
    });
    const run = () => sim.run();
    await rejects(run, { message: /TypeError: no/ });
    for (let left = true; left;) {
      left = await run().then(() => false, () => true);
    }
    strictEqual(hears, "normal");
    strictEqual(runtime.isAlive(pid), false);
    const { spawned, exited } = runtime.counters();
    deepStrictEqual([spawned, exited], [2, 2]);
  });
}

Deno.test("Observer that throws in restarted() does not keep the child from its restart", async () => {
  const observer: Observer = {
    restarted() {
      throw new TypeError("no");
    },
  };
  const { sim, runtime } = simulated({ observer });
  let starts = 0;
  runtime.spawn(supervisor({
    children: [{
      id: "worker",
      start: () => () => {
        starts++;
        if (starts === 1) throw new Error("first");
        return forever();
      },
    }],
  }));
  await rejects(() => sim.run(), { message: /TypeError: no/ });
  await sim.run();
  strictEqual(starts, 2);
});

Deno.test("observe() swaps the observer and returns the one before", async () => {
  const one = noting();
  const other = noting();
  const { sim, runtime } = simulated({ observer: one.observer });
  const first = runtime.spawn(forever);
  strictEqual(runtime.observe(other.observer), one.observer);
  const second = runtime.spawn(forever);
  strictEqual(runtime.observe(undefined), other.observer);
  runtime.spawn(forever);
  strictEqual(runtime.observe(one.observer), undefined);
  await sim.run();
  deepStrictEqual(one.notes, [["spawned", first.pid, undefined]]);
  deepStrictEqual(other.notes, [["spawned", second.pid, undefined]]);
});

Deno.test("observe() from within a hook takes effect with the next one", () => {
  const labels: unknown[] = [];
  const { runtime } = simulated();
  runtime.observe({
    spawned(_, label) {
      labels.push(label);
      runtime.observe(undefined);
    },
  });
  for (const label of ["one", "two"]) runtime.spawn(forever, { label });
  deepStrictEqual(labels, ["one"]);
});

/** What restarted() is told of a child that always crashes. */
async function restartsOf(
  start: (runtime: Runtime, body: () => never) => Pid,
): Promise<[RestartInfo[], supervisor: Pid]> {
  const restarts: RestartInfo[] = [];
  const observer: Observer = { restarted: (each) => restarts.push(each) };
  const { sim, runtime } = simulated({ observer });
  const pid = start(runtime, () => {
    throw new Error("always");
  });
  await sim.run();
  strictEqual(runtime.isAlive(pid), false);
  return [restarts, pid];
}

const LIMIT = { restartsMax: 2, periodMs: 10_000 };

for (const minMs of [undefined, 40]) {
  const backoff = minMs === undefined
    ? {}
    : { backoff: { initialMs: minMs, factor: 1, maxMs: minMs, jitter: 0 } };
  const how = minMs === undefined ? "without" : "with";
  const waits = minMs === undefined ? [0, 0, 0] : [minMs, minMs, 0];

  Deno.test(`restarted() tells of each restart ${how} a back-off, and of giving up`, async () => {
    const [restarts, pid] = await restartsOf((runtime, body) =>
      runtime.spawn(supervisor({
        ...LIMIT,
        ...backoff,
        children: [{ id: "worker", start: () => body }],
      })).pid
    );
    deepStrictEqual(
      restarts.map(({ child, isGivenUp }) => [child, isGivenUp]),
      [["worker", false], ["worker", false], ["worker", true]],
    );
    deepStrictEqual(restarts.map(({ waitMs }) => waitMs), waits);
    deepStrictEqual(
      restarts.map(({ count, countMax }) => [count, countMax]),
      [[1, 2], [2, 2], [2, 2]],
    );
    for (const { supervisor, reason } of restarts) {
      strictEqual(supervisor.equals(pid), true);
      strictEqual(formatReason(reason), "crashed: Error: always");
    }
  });

  Deno.test(`restarted() of a dynamic supervisor ${how} a back-off names the child by its pid`, async () => {
    const [restarts] = await restartsOf((runtime, body) => {
      const { pid } = runtime.spawn(dynamicSupervisor({
        ...LIMIT,
        ...backoff,
        start: () => body,
      }));
      startDynamicChild(runtime, pid, undefined);
      return pid;
    });
    deepStrictEqual(restarts.map(({ isGivenUp }) => isGivenUp), [
      false,
      false,
      true,
    ]);
    deepStrictEqual(restarts.map(({ waitMs }) => waitMs), waits);
    deepStrictEqual(
      restarts.map(({ count, countMax }) => [count, countMax]),
      [[1, 2], [2, 2], [2, 2]],
    );
    for (const { child } of restarts) {
      strictEqual(/^<[\d.]+>$/.test(child), true);
    }
  });
}

Deno.test("restarted() tells of a start that throws", async () => {
  const restarts: RestartInfo[] = [];
  const observer: Observer = { restarted: (each) => restarts.push(each) };
  const { sim, runtime } = simulated({ observer });
  let starts = 0;
  runtime.spawn(supervisor({
    ...LIMIT,
    children: [{
      id: "worker",
      start: () => {
        starts++;
        if (starts === 2) throw new TypeError("cannot");
        return starts === 1 ? () => {} : forever;
      },
    }],
  }));
  await sim.run();
  deepStrictEqual(
    restarts.map(({ reason, isGivenUp }) => [formatReason(reason), isGivenUp]),
    [["normal", false], ["crashed: TypeError: cannot", false]],
  );
});

for (const restart of ["temporary", "transient"] as const) {
  Deno.test(`restarted() says nothing of a ${restart} child that ends normally`, async () => {
    const { observer, notes } = noting();
    const { sim, runtime } = simulated();
    runtime.observe({ restarted: observer.restarted });
    runtime.spawn(supervisor({
      children: [{ id: "worker", start: () => () => {}, restart }],
    }));
    await sim.run();
    deepStrictEqual(notes, []);
  });
}
