import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import { Pid } from "./pid.ts";
import { Registry, type RegistryEntry } from "./registry.ts";
import type { Runtime } from "./runtime.ts";
import type { Down, ExitMessage } from "./signal.ts";
import { simulated } from "./testdata/simulated.ts";

/** Spawns a process that waits. */
function idle(runtime: Runtime): Pid {
  return runtime.spawn((self) => self.receive()).pid;
}

/** A registry of numbers, and two processes. */
function registryOf(keys: "unique" | "duplicate") {
  const { sim, runtime } = simulated();
  const registry = new Registry<string, number>(runtime, { keys });
  return { sim, runtime, registry, one: idle(runtime), other: idle(runtime) };
}

Deno.test("register() gives a unique key to one process, and lookup() says to whom", () => {
  const { registry, one, other } = registryOf("unique");
  ok(registry.register("a", one, 1));
  ok(!registry.register("a", other, 2));
  ok(!registry.register("a", one, 3));
  ok(registry.register("b", one, 4));
  deepStrictEqual(registry.lookup("a"), [{ pid: one, value: 1 }]);
  deepStrictEqual(registry.keys(one), ["a", "b"]);
  deepStrictEqual(registry.keys(other), []);
});

Deno.test("register() gives a duplicate key to each process once, in order", () => {
  const { registry, one, other } = registryOf("duplicate");
  ok(registry.register("a", other, 1));
  ok(registry.register("a", one, 2));
  ok(!registry.register("a", other, 3));
  deepStrictEqual(registry.lookup("a"), [
    { pid: other, value: 1 },
    { pid: one, value: 2 },
  ]);
  strictEqual(registry.count(), 2);
  strictEqual(registry.countOf("a"), 2);
  strictEqual(registry.countOf("b"), 0);
});

for (const keys of ["unique", "duplicate"] as const) {
  Deno.test(`a dead process is refused with ${keys} keys`, () => {
    const { runtime, registry, one } = registryOf(keys);
    registry.register("a", one, 1);
    runtime.kill(one);
    const answers = [
      registry.register("a", one, 1),
      registry.unregister("a", one),
      registry.update("a", one, () => 2),
      registry.find("a", one),
      registry.keys(one),
      registry.lookup("a"),
      registry.count(),
    ];
    deepStrictEqual(answers, [false, false, false, undefined, [], [], 0]);
  });
}

Deno.test("a process can be named by an alias, or by a pid that is another object", () => {
  const { runtime, registry, one } = registryOf("unique");
  ok(registry.register("a", new Pid(0, 0, one.serial, 9), 1));
  strictEqual(registry.lookup("a")[0]?.pid, one);
  ok(registry.unregister("a", Pid.fromBigInt(one.toBigInt())));
  runtime.kill(one);
  ok(!registry.register("a", Pid.fromBigInt(one.toBigInt()), 1));
});

Deno.test("unregister() frees a key, and says when there is no entry", () => {
  const { registry, one, other } = registryOf("unique");
  ok(!registry.unregister("a", one));
  registry.register("a", one, 1);
  ok(!registry.unregister("a", other));
  ok(registry.unregister("a", one));
  deepStrictEqual(registry.allKeys(), []);
  ok(registry.register("a", other, 2));
});

Deno.test("update() keeps the place of an entry, and what was looked up before", () => {
  const { registry, one, other } = registryOf("duplicate");
  registry.register("a", one, 1);
  registry.register("a", other, 2);
  const before = registry.lookup("a");
  ok(registry.update("a", one, (value) => value + 10));
  ok(!registry.update("b", one, () => 0));
  deepStrictEqual(registry.lookup("a").map(({ value }) => value), [11, 2]);
  deepStrictEqual(before.map(({ value }) => value), [1, 2]);
});

Deno.test("update() leaves the value when the change throws", () => {
  const { registry, one } = registryOf("unique");
  registry.register("a", one, 1);
  const change = () => {
    throw new RangeError("no");
  };
  throws(() => registry.update("a", one, change), RangeError);
  strictEqual(registry.find("a", one)?.value, 1);
});

Deno.test("update() does not bring back an entry that the change took away", () => {
  const { runtime, registry, one, other } = registryOf("duplicate");
  registry.register("a", one, 1);
  registry.register("a", other, 2);
  const kill = (value: number) => {
    runtime.kill(one);
    return value;
  };
  ok(!registry.update("a", one, kill));
  deepStrictEqual(registry.lookup("a"), [{ pid: other, value: 2 }]);
  ok(!registry.update("a", other, () => Number(runtime.kill(other))));
  strictEqual(registry.count(), 0);
});

Deno.test("lookup() has forgotten a process when its watcher and its link hear of the end", async () => {
  const { sim, runtime, registry, one } = registryOf("unique");
  registry.register("a", one, 1);
  const seen: unknown[] = [];
  // Both look while they are told, before the process that ends is done with it.
  const look = () => {
    seen.push(registry.lookup("a").length, registry.keys(one).length);
    return true;
  };
  runtime.spawn<Down>(async (self) => {
    self.monitor(one);
    await self.receive({ match: look });
    seen.push(registry.register("a", self.pid, 2));
  });
  runtime.spawn<ExitMessage>(async (self) => {
    self.trapExits(true);
    self.link(one);
    await self.receive({ match: look });
  });
  await sim.run();
  runtime.kill(one);
  deepStrictEqual(seen, [0, 0, 0, 0]);
  await sim.run();
  deepStrictEqual(seen, [0, 0, 0, 0, true]);
});

Deno.test("a process can be in several registries", () => {
  const { runtime, registry, one } = registryOf("unique");
  const other = new Registry<string, number>(runtime, { keys: "unique" });
  registry.register("a", one, 1);
  other.register("a", one, 2);
  strictEqual(other.find("a", one)?.value, 2);
  runtime.kill(one);
  deepStrictEqual([registry.count(), other.count()], [0, 0]);
});

Deno.test("keys are compared as those of a map", () => {
  const { runtime, one, other } = registryOf("unique");
  const registry = new Registry<unknown, null>(runtime, { keys: "unique" });
  const key = {};
  ok(registry.register(key, one, null));
  ok(registry.register({}, one, null));
  ok(registry.register(NaN, one, null));
  ok(!registry.register(NaN, other, null));
  ok(registry.register(undefined, one, null));
  strictEqual(registry.find(key, one)?.pid, one);
  strictEqual(registry.count(), 4);
});

Deno.test("an entry sends what its process accepts", () => {
  const { runtime } = simulated();
  const registry = new Registry<string, null, string>(runtime, {
    keys: "unique",
  });
  const { pid } = runtime.spawn<string>((self) => self.receive());
  registry.register("a", pid, null);
  const entry: RegistryEntry<null, string> = registry.lookup("a")[0]!;
  ok(runtime.send(entry.pid, "text"));
  const count = runtime.spawn<number>((self) => self.receive());
  // @ts-expect-error It accepts no strings.
  registry.register("b", count.pid, null);
});

const KEYS = ["a", "b", "c"];

/** An entry of the model, which is a list in the order of registration. */
interface Row {
  readonly key: string;
  readonly pid: Pid;
  value: number;
}

type Step = readonly [
  action: "spawn" | "kill" | "link" | "register" | "unregister" | "update",
  key: string,
  index: number,
];

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom(
      ...["spawn", "kill", "link", "unregister", "update"] as const,
      ...["register", "register", "register"] as const,
    ),
    fc.constantFrom(...KEYS),
    fc.nat(),
  ),
  { maxLength: 60 },
);

/** Does one step with both, and compares what they answer. */
function follow(
  { runtime, registry, isUnique }: {
    readonly runtime: Runtime;
    readonly registry: Registry<string, number>;
    readonly isUnique: boolean;
  },
  { rows, pids }: { rows: Row[]; readonly pids: Pid[] },
  [action, key, index]: Step,
): void {
  const pid = pids[index % pids.length]!;
  const row = rows.find((row) => row.key === key && row.pid === pid);
  const taken = rows.some((each) => each.key === key);
  switch (action) {
    case "spawn":
      pids.push(idle(runtime));
      break;
    case "kill":
      runtime.kill(pid);
      break;
    case "link":
      runtime.signal({ type: "link", to: pid, from: pids[0]! });
      runtime.signal({ type: "link", to: pids[0]!, from: pid });
      break;
    case "register": {
      const isRefused = row !== undefined || isUnique && taken ||
        !runtime.isAlive(pid);
      strictEqual(registry.register(key, pid, index), !isRefused);
      if (!isRefused) rows.push({ key, pid, value: index });
      break;
    }
    case "unregister":
      strictEqual(registry.unregister(key, pid), row !== undefined);
      if (row !== undefined) rows.splice(rows.indexOf(row), 1);
      break;
    case "update": {
      const isUpdated = registry.update(key, pid, (value) => value + 1);
      strictEqual(isUpdated, row !== undefined);
      if (row !== undefined) row.value++;
    }
  }
}

for (const keys of ["unique", "duplicate"] as const) {
  Deno.test(`a registry of ${keys} keys agrees with a list`, () => {
    fc.assert(fc.property(steps, (steps) => {
      const { runtime, registry, one, other } = registryOf(keys);
      const model = { rows: [] as Row[], pids: [one, other] };
      const isUnique = keys === "unique";
      for (const step of steps) {
        follow({ runtime, registry, isUnique }, model, step);
        model.rows = model.rows.filter(({ pid }) => runtime.isAlive(pid));
        for (const key of KEYS) {
          const rows = model.rows.filter((row) => row.key === key);
          const entries = rows.map(({ pid, value }) => ({ pid, value }));
          deepStrictEqual(registry.lookup(key), entries);
          strictEqual(registry.countOf(key), rows.length);
        }
        for (const pid of model.pids) {
          const rows = model.rows.filter((row) => row.pid === pid);
          deepStrictEqual(registry.keys(pid), rows.map(({ key }) => key));
        }
        strictEqual(registry.count(), model.rows.length);
        const listed = new Set(model.rows.map(({ key }) => key));
        deepStrictEqual(new Set(registry.allKeys()), listed);
      }
    }));
  });
}
