import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";
import { Groups } from "./group.ts";
import { Pid } from "./pid.ts";
import type { ProcessHandle, Runtime } from "./runtime.ts";
import type { Down } from "./signal.ts";
import { simulated } from "./testdata/simulated.ts";

/** Spawns a process that waits. */
function idle(runtime: Runtime): Pid<string> {
  return runtime.spawn<string>((self) => self.receive()).pid;
}

/** Groups of three processes. */
function groupsOf() {
  const { sim, runtime } = simulated();
  const groups = new Groups<string, string>(runtime);
  const [one, two, three] = [idle(runtime), idle(runtime), idle(runtime)];
  return { sim, runtime, groups, one: one!, two: two!, three: three! };
}

/** Makes a link, as the processes themselves would. */
function link(runtime: Runtime, one: Pid, other: Pid): void {
  runtime.signal({ type: "link", to: one, from: other });
  runtime.signal({ type: "link", to: other, from: one });
}

Deno.test("join() adds a process once, to any number of groups", () => {
  const { groups, one, two } = groupsOf();
  ok(groups.join("a", two));
  ok(groups.join("a", one));
  ok(groups.join("a", two));
  ok(groups.join("b", two));
  deepStrictEqual(groups.members("a"), [two, one]);
  deepStrictEqual(groups.groupsOf(two), ["a", "b"]);
  deepStrictEqual(groups.whichGroups(), ["a", "b"]);
  strictEqual(groups.countOf("a"), 2);
});

Deno.test("Groups tells its watcher who joins and leaves, before anybody hears of an end", () => {
  const { runtime, one } = groupsOf();
  const told: string[] = [];
  const groups = new Groups<string, string>(runtime, {
    joined: (group, pid) => void told.push(`+${group} ${pid}`),
    left: (group, pid) =>
      void told.push(`-${group} ${pid} ${groups.members(group).length}`),
  });
  groups.join("a", one);
  groups.join("a", one);
  groups.join("b", one);
  groups.leave("a", one);
  groups.leave("a", one);
  runtime.kill(one);
  deepStrictEqual(told, [
    `+a ${one}`,
    `+b ${one}`,
    `-a ${one} 0`,
    `-b ${one} 0`,
  ]);
});

Deno.test("join() refuses who is not alive here", () => {
  const { runtime, groups, one } = groupsOf();
  runtime.kill(one);
  ok(!groups.join("a", one));
  ok(!groups.join("a", new Pid(0, 1, 0)));
  deepStrictEqual(groups.whichGroups(), []);
  deepStrictEqual(groups.groupsOf(one), []);
});

Deno.test("leave() undoes a join, and says when there was none", () => {
  const { runtime, groups, one, two } = groupsOf();
  groups.join("a", one);
  ok(!groups.leave("a", two));
  ok(!groups.leave("b", one));
  ok(groups.leave("a", one));
  ok(!groups.leave("a", one));
  deepStrictEqual(groups.whichGroups(), []);
  runtime.kill(one);
  ok(!groups.leave("a", one));
});

Deno.test("members() has forgotten a process when its watcher hears of the end", async () => {
  const { sim, runtime, groups, one, two } = groupsOf();
  groups.join("a", one);
  groups.join("a", two);
  const seen: unknown[] = [];
  runtime.spawn<Down>(async (self) => {
    self.monitor(one);
    await self.receive({ match: () => seen.push(groups.members("a")) > 0 });
  });
  await sim.run();
  runtime.kill(one);
  deepStrictEqual(seen, [[two]]);
});

Deno.test("broadcast() reaches every member, and counts those with room", async () => {
  const { sim, runtime } = simulated();
  const groups = new Groups<string, string>(runtime);
  const got: string[] = [];
  const member = (name: string, mailboxMax: number): void => {
    const { pid } = runtime.spawn<string>(async (self) => {
      for (;;) got.push(`${name}: ${await self.receive()}`);
    }, { mailboxMax });
    groups.join("a", pid);
  };
  member("one", 1);
  member("full", 0);
  member("other", 1);
  strictEqual(groups.broadcast("a", "hello"), 2);
  strictEqual(groups.broadcast("nobody", "hello"), 0);
  strictEqual(runtime.counters().refused, 1);
  await sim.run();
  deepStrictEqual(got, ["one: hello", "other: hello"]);
});

Deno.test("broadcast() goes on when a member dies of the message", async () => {
  const { sim, runtime } = simulated();
  const groups = new Groups<string, string>(runtime);
  const fragile = () =>
    runtime.spawn<string>(async (self) => {
      groups.join("a", self.pid);
      const match = () => {
        throw new RangeError("no");
      };
      await self.receive({ match });
    });
  const members = [fragile(), fragile()];
  await sim.run();
  const late = idle(runtime);
  groups.join("a", late);
  link(runtime, members[0]!.pid, members[1]!.pid);
  strictEqual(groups.broadcast("a", "hello"), 2);
  deepStrictEqual(groups.members("a"), [late]);
});

Deno.test("killTag() ends the members of a group, and nobody else", () => {
  const { runtime, groups, one, two, three } = groupsOf();
  groups.join("a", one);
  groups.join("a", two);
  groups.join("b", two);
  groups.join("b", three);
  strictEqual(groups.killTag("a"), 2);
  strictEqual(groups.killTag("a"), 0);
  deepStrictEqual(runtime.list(), [three]);
  deepStrictEqual(groups.whichGroups(), ["b"]);
  deepStrictEqual(groups.members("b"), [three]);
});

Deno.test("killTag() ends a member that traps exits", async () => {
  const { sim, runtime } = simulated();
  const groups = new Groups(runtime);
  const { pid } = runtime.spawn<unknown>(async (self) => {
    self.trapExits(true);
    for (;;) await self.receive();
  });
  await sim.run();
  groups.join("a", pid);
  strictEqual(groups.killTag("a"), 1);
  ok(!runtime.isAlive(pid));
});

Deno.test("killTag() counts who ended by a link with another member", () => {
  const { runtime, groups, one, two, three } = groupsOf();
  groups.join("a", one);
  groups.join("a", two);
  link(runtime, one, two);
  link(runtime, two, three);
  strictEqual(groups.killTag("a"), 2);
  deepStrictEqual(runtime.list(), []);
});

Deno.test("killTag() can be asked for by a member, which then ends too", async () => {
  const { sim, runtime, groups, one, two } = groupsOf();
  const counts: number[] = [];
  groups.join("a", one);
  const killer = runtime.spawn<string>((self) => {
    groups.join("a", self.pid);
    groups.join("a", two);
    counts.push(groups.killTag("a"));
  });
  await sim.run();
  deepStrictEqual(counts, [3]);
  strictEqual(await killer.join(), "killed");
  ok(!runtime.isAlive(one) && !runtime.isAlive(two));
});

Deno.test("killTag() spares who joins meanwhile, and ends who leaves", () => {
  const { runtime, groups, two } = groupsOf();
  const heirs: ProcessHandle<string>[] = [];
  const { pid } = runtime.spawn<string>({
    start: (self) => self.receive(),
    stop: () => {
      heirs.push(runtime.spawn<string>((self) => self.receive()));
      groups.join("a", heirs[0]!.pid);
      groups.leave("a", two);
    },
  });
  groups.join("a", pid);
  groups.join("a", two);
  strictEqual(groups.killTag("a"), 2);
  ok(!runtime.isAlive(two));
  deepStrictEqual(groups.members("a"), [heirs[0]!.pid]);
});

Deno.test("a group of 100,000 is joined, left and killed", () => {
  // Minutes, if leaving took time for those who stay.
  const { runtime } = simulated();
  const groups = new Groups<string, string>(runtime);
  const pids = Array.from({ length: 100_000 }, () => idle(runtime));
  pids.forEach((pid) => groups.join("a", pid));
  const leavers = pids.filter((_, index) => index % 2 === 1);
  ok(leavers.every((pid) => groups.leave("a", pid)));
  strictEqual(groups.countOf("a"), 50_000);
  strictEqual(groups.killTag("a"), 50_000);
  deepStrictEqual(groups.whichGroups(), []);
  deepStrictEqual(runtime.list().length, 50_000);
});

Deno.test("Groups sends its members only what they accept", () => {
  const { groups, runtime } = groupsOf();
  const counter = runtime.spawn<number>((self) => self.receive());
  // @ts-expect-error It accepts no strings.
  groups.join("a", counter.pid);
  // @ts-expect-error Nobody accepts numbers.
  groups.broadcast("b", 1);
});

const GROUPS = ["a", "b", "c"];
const ACTIONS = ["spawn", "end", "link", "leave", "kill", "join", "join"];

Deno.test("Groups agrees with a list", () => {
  const step = fc.tuple(
    fc.constantFrom(...ACTIONS),
    fc.constantFrom(...GROUPS),
    fc.nat(),
    fc.nat(),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const { runtime, groups, one, two, three } = groupsOf();
    const pids = [one, two, three];
    let model: (readonly [group: string, pid: Pid<string>])[] = [];
    const inModel = (group: string) =>
      model.filter(([each]) => each === group).map(([, pid]) => pid);
    for (const [action, group, index, other] of steps) {
      const pid = pids[index % pids.length]!;
      const isMember = inModel(group).includes(pid);
      if (action === "spawn") pids.push(idle(runtime));
      else if (action === "end") runtime.exit(pid, "shutdown");
      else if (action === "link") {
        link(runtime, pid, pids[other % pids.length]!);
      } else if (action === "leave") {
        strictEqual(groups.leave(group, pid), isMember);
        model = model.filter((row) => row[0] !== group || row[1] !== pid);
      } else if (action === "kill") {
        strictEqual(groups.killTag(group), inModel(group).length);
        ok(inModel(group).every((pid) => !runtime.isAlive(pid)));
      } else {
        strictEqual(groups.join(group, pid), runtime.isAlive(pid));
        if (!isMember) model.push([group, pid]);
      }
      model = model.filter(([, pid]) => runtime.isAlive(pid));
      for (const group of GROUPS) {
        deepStrictEqual(groups.members(group), inModel(group));
        strictEqual(groups.broadcast(group, "hello"), inModel(group).length);
      }
      for (const pid of pids) {
        const rows = model.filter((row) => row[1] === pid);
        deepStrictEqual(groups.groupsOf(pid), rows.map(([group]) => group));
      }
    }
  }));
});
