import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert";
import { Groups } from "./group.ts";
import type { GroupChange } from "./group_monitor.ts";
import type { Pid } from "./pid.ts";
import type { Runtime } from "./runtime.ts";
import type { Down } from "./signal.ts";
import { puppet } from "./testdata/puppet.ts";
import { collectGarbage } from "./testdata/gc.ts";
import { simulated } from "./testdata/simulated.ts";

/** Spawns a process that waits. */
function idle(runtime: Runtime): Pid {
  return runtime.spawn((self) => self.receive()).pid;
}

/** Groups of two processes, and a watcher that notes what it is sent. */
function watchedGroups() {
  const { sim, runtime } = simulated();
  const groups = new Groups<string>(runtime);
  const { pid, seen } = puppet(runtime);
  const watcher: Pid<GroupChange> = pid as Pid<unknown>;
  const [one, two] = [idle(runtime), idle(runtime)];
  return { sim, runtime, groups, watcher, seen, one: one!, two: two! };
}

Deno.test("monitor() tells of joins and leaves from then on", async () => {
  const { sim, runtime, groups, watcher, seen, one, two } = watchedGroups();
  groups.join("a", one);
  const { ref, pids } = groups.monitor("a", watcher)!;
  deepStrictEqual(pids, [one]);
  groups.join("a", two);
  groups.join("a", two);
  groups.join("b", two);
  groups.leave("a", one);
  groups.leave("a", one);
  runtime.kill(two);
  await sim.run();
  deepStrictEqual(seen, [
    { type: "join", ref, group: "a", pids: [two] },
    { type: "leave", ref, group: "a", pids: [one] },
    { type: "leave", ref, group: "a", pids: [two] },
  ]);
});

Deno.test("monitor() waits for a group that is not there yet", async () => {
  const { sim, groups, watcher, seen, one } = watchedGroups();
  const { ref, pids } = groups.monitor("a", watcher)!;
  deepStrictEqual(pids, []);
  groups.join("a", one);
  await sim.run();
  deepStrictEqual(seen, [{ type: "join", ref, group: "a", pids: [one] }]);
});

Deno.test("monitor() tells of a leave before the down", async () => {
  const { sim, runtime, groups, one } = watchedGroups();
  groups.join("a", one);
  const types: string[] = [];
  runtime.spawn<GroupChange | Down>(async (self) => {
    self.monitor(one);
    groups.monitor("a", self.pid);
    for (;;) types.push((await self.receive()).type);
  });
  await sim.run();
  runtime.kill(one);
  await sim.run();
  deepStrictEqual(types, ["leave", "down"]);
});

Deno.test("monitor() of a group is one of its own each time, until demonitor()", async () => {
  const { sim, groups, watcher, seen, one } = watchedGroups();
  const first = groups.monitor("a", watcher)!.ref;
  const second = groups.monitor("a", watcher)!.ref;
  notStrictEqual(first, second);
  groups.join("a", one);
  ok(groups.demonitor(first));
  ok(!groups.demonitor(first));
  groups.leave("a", one);
  ok(groups.demonitor(second));
  groups.join("a", one);
  await sim.run();
  deepStrictEqual(seen, [
    { type: "join", ref: first, group: "a", pids: [one] },
    { type: "join", ref: second, group: "a", pids: [one] },
    { type: "leave", ref: second, group: "a", pids: [one] },
  ]);
});

Deno.test("monitor() ends with its watcher, and refuses a dead one", async () => {
  const { sim, runtime, groups, watcher, seen, one, two } = watchedGroups();
  const heir = puppet(runtime);
  const { ref } = groups.monitor("a", watcher)!;
  const { ref: left } = groups.monitor("a", heir.pid as Pid<unknown>)!;
  runtime.kill(watcher);
  ok(!groups.demonitor(ref));
  strictEqual(groups.monitor("a", watcher), undefined);
  groups.join("a", one);
  groups.join("b", two);
  await sim.run();
  deepStrictEqual(seen, []);
  deepStrictEqual(heir.seen, [
    { type: "join", ref: left, group: "a", pids: [one] },
  ]);
});

Deno.test("monitor() of its own group tells a member that it joined", async () => {
  const { sim, runtime, groups } = watchedGroups();
  const { pid, seen } = puppet(runtime);
  const { ref } = groups.monitor("a", pid as Pid<unknown>)!;
  groups.join("a", pid);
  await sim.run();
  deepStrictEqual(seen, [{ type: "join", ref, group: "a", pids: [pid] }]);
  runtime.kill(pid);
  deepStrictEqual(groups.whichGroups(), []);
});

Deno.test("a group that nobody is in or monitors takes no memory", async () => {
  const { runtime } = simulated();
  const groups = new Groups<object>(runtime);
  const member = idle(runtime);
  const enter = () => {
    const group = {};
    const watcher: Pid<unknown> = puppet(runtime).pid as Pid<unknown>;
    groups.join(group, member);
    groups.demonitor(groups.monitor(group, watcher)!.ref);
    groups.monitor(group, watcher);
    groups.leave(group, member);
    runtime.kill(watcher);
    return new WeakRef(group);
  };
  const group = enter();
  await collectGarbage();
  strictEqual(group.deref(), undefined);
  deepStrictEqual(groups.whichGroups(), []);
});

Deno.test("a watcher whose mailbox is full misses a change, which is counted", () => {
  const { runtime, groups, one } = watchedGroups();
  const full = runtime.spawn<GroupChange>((self) => self.receive(), {
    mailboxMax: 0,
  });
  groups.monitor("a", full.pid);
  ok(groups.join("a", one));
  strictEqual(runtime.counters().refused, 1);
});

Deno.test("a watcher that dies of a change takes neither the join nor others with it", async () => {
  const { sim, runtime, groups, watcher, seen, one } = watchedGroups();
  const fragile = runtime.spawn<GroupChange>(async (self) => {
    groups.monitor("a", self.pid);
    const match = () => {
      throw new RangeError("no");
    };
    await self.receive({ match });
  });
  await sim.run();
  groups.monitor("a", watcher);
  ok(groups.join("a", one));
  ok(!runtime.isAlive(fragile.pid));
  await sim.run();
  strictEqual(seen.length, 1);
});
