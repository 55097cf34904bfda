import { deepStrictEqual, match, strictEqual } from "node:assert";
import { type Context, type Pid, Runtime } from "@rusm/otp";
import {
  BUILT_IN_PROFILES,
  type Component,
  type GuestMessage,
} from "@rusm/wasm";
import type { Loaded, Role } from "../components.ts";
import { parseManifest } from "../manifest.ts";
import { Residents, type ResidentsNode } from "./residents.ts";

const CAPABILITY = BUILT_IN_PROFILES.get("sandboxed")!;

function loadedOf(name: string, role: Role, isNamed = false): Loaded {
  const script = {
    answers: false,
    functions: ["add"],
    runs: "service",
  } as const;
  const component = {
    ...{ name, capability: CAPABILITY, isHandler: false },
    ...(isNamed ? { script } : {}),
  };
  const { components } = parseManifest(
    `[components."${name}"]`,
    "rusm.toml",
  );
  const made = { entry: components.get(name)!, digest: "", mapId: undefined };
  return { component, made, kind: "script", role, start: { entry: "run" } };
}

/** A node whose guests are native processes that do what they are sent. */
class TestNode implements ResidentsNode {
  readonly runtime: Runtime = new Runtime({
    observer: {
      exited: (_pid, _reason, label) => {
        const isGuest = label !== undefined && label !== "residents";
        if (isGuest) this.events.push(`-${label}`);
      },
    },
  });
  /** Names of the components, in the order in which processes of them began and ended. */
  readonly events: string[] = [];
  readonly pids: Pid<GuestMessage>[] = [];
  /** Throws instead of spawning when set. */
  isFull = false;

  readonly engine: ResidentsNode["engine"] = {
    spawn: ({ name }: Component) => this.#spawn(name),
    spawnLink: (self: Pick<Context<unknown>, "link">, { name }: Component) => {
      const pid = this.#spawn(name);
      self.link(pid);
      return pid;
    },
    giveName: (pid, name) => this.runtime.register(name, pid),
  };

  #spawn(name: string): Pid<GuestMessage> {
    if (this.isFull) throw new RangeError("full");
    this.events.push(`+${name}`);
    const { pid } = this.runtime.spawn<GuestMessage>(async (self) => {
      if (await self.receive() === "crash") throw new Error("boom");
    }, { label: name });
    this.pids.push(pid);
    return pid;
  }

  /** Lets all processes take turns until as many were spawned. */
  async spawned(count: number): Promise<void> {
    while (this.pids.length < count) await this.turn();
  }

  turn(): Promise<void> {
    return new Promise((resolve) => this.runtime.host.macrotask(resolve));
  }
}

Deno.test("Residents.start() starts residents, then commands, and leaves the others", async () => {
  const node = new TestNode();
  const residents = new Residents(node);
  await residents.start([
    loadedOf("job", "command"),
    loadedOf("worker", "onDemand"),
    loadedOf("a", "resident"),
    loadedOf("b", "resident"),
  ]);
  deepStrictEqual(node.events, ["+a", "+b", "+job"]);
  deepStrictEqual(
    ["a", "b", "job", "worker"].map((name) => residents.pidOf(name)),
    [...node.pids, undefined],
  );
  await residents.stop();
});

for (const message of ["crash", "end"]) {
  Deno.test(`Residents starts a resident again when it gets "${message}"`, async () => {
    const node = new TestNode();
    const residents = new Residents(node);
    await residents.start([
      loadedOf("a", "resident"),
      loadedOf("b", "resident"),
    ]);
    const [first] = node.pids;
    node.runtime.send(first!, message);
    await node.spawned(3);
    deepStrictEqual(node.events, ["+a", "+b", "-a", "+a"]);
    deepStrictEqual(residents.pidOf("a"), node.pids[2]);
    deepStrictEqual([residents.exited(first!), residents.exited(first!)], [
      true,
      false,
    ]);
    await residents.stop();
  });
}

Deno.test("Residents starts no command again", async () => {
  const node = new TestNode();
  const residents = new Residents(node);
  await residents.start([loadedOf("job", "command")]);
  node.runtime.send(node.pids[0]!, "end");
  while (node.runtime.isAlive(node.pids[0]!)) await node.turn();
  await node.turn();
  deepStrictEqual(node.events, ["+job", "-job"]);
  await residents.stop();
});

Deno.test("Residents.gaveUp resolves when residents ended more than three times", async () => {
  const node = new TestNode();
  const residents = new Residents(node);
  await residents.start([loadedOf("b", "resident"), loadedOf("a", "resident")]);
  for (let spawned = 2; spawned < 6; spawned++) {
    node.runtime.send(node.pids[spawned - 1]!, "crash");
    if (spawned < 5) await node.spawned(spawned + 1);
  }
  const error = await residents.gaveUp;
  strictEqual(error.code, "gaveUp");
  strictEqual(
    error.message,
    'Gave up on component "a", which ended too often: crashed: Error: boom',
  );
  strictEqual(node.events.at(-1), "-b");
  await residents.stop();
});

Deno.test("Residents.gaveUp resolves when there is no room for a resident", async () => {
  const node = new TestNode();
  node.isFull = true;
  const residents = new Residents(node);
  await residents.start([loadedOf("a", "resident")]);
  const { message } = await residents.gaveUp;
  strictEqual(
    message,
    'Cannot start component "a": crashed: RangeError: full',
  );
});

Deno.test("Residents.stop() ends commands, then residents, the youngest first", async () => {
  const node = new TestNode();
  const residents = new Residents(node);
  await residents.start([
    loadedOf("a", "resident"),
    loadedOf("job", "command"),
    loadedOf("b", "resident"),
  ]);
  await Promise.all([residents.stop(), residents.stop()]);
  deepStrictEqual(node.events.slice(3), ["-job", "-b", "-a"]);
  deepStrictEqual(node.runtime.list(), []);
});

Deno.test("Residents.stop() resolves without any", async () => {
  const residents = new Residents(new TestNode());
  await residents.start([loadedOf("worker", "onDemand")]);
  await residents.stop();
  strictEqual(residents.pidOf("worker"), undefined);
});

Deno.test("Residents gives one in TypeScript its name, and again when it is started again", async () => {
  const node = new TestNode();
  const residents = new Residents(node);
  await residents.start([
    loadedOf("a", "resident", true),
    loadedOf("b", "resident"),
    loadedOf("c", "onDemand", true),
  ]);
  const { runtime, pids: [first] } = node;
  deepStrictEqual(
    ["a", "b", "c"].map((name) => runtime.whereis(name)),
    [first, undefined, undefined],
  );
  runtime.send(first!, "crash");
  await node.spawned(3);
  deepStrictEqual(runtime.whereis("a"), node.pids[2]);
  await residents.stop();
});

Deno.test("Residents gives a hook no name, which another could take", async () => {
  const node = new TestNode();
  const { runtime, pids } = node;
  runtime.register("auth:a", runtime.spawn((self) => self.receive()).pid);
  const residents = new Residents(node);
  await residents.start([loadedOf("auth:a", "resident", true)]);
  strictEqual(residents.pidOf("auth:a"), pids[0]);
  runtime.kill(pids[0]!);
  await node.spawned(2);
  strictEqual(residents.pidOf("auth:a"), pids[1]);
  await residents.stop();
});

Deno.test("Residents starts a hook again however often it ends, and leaves the others", async () => {
  const node = new TestNode();
  const { runtime, pids } = node;
  const residents = new Residents(node);
  const loaded = [
    loadedOf("a", "resident", true),
    loadedOf("auth:a", "resident", true),
  ];
  await residents.start(loaded);
  const a = residents.pidOf("a")!;
  for (let count = 3; count <= 8; count++) {
    runtime.send(pids.at(-1)!, "crash");
    await node.spawned(count);
  }
  strictEqual(runtime.isAlive(a), true);
  const { started } = await residents.change(new Set(["auth:a"]), loaded);
  deepStrictEqual(started, ["auth:a"]);
  await node.spawned(9);
  strictEqual(residents.pidOf("auth:a"), pids[8]);
  await residents.stop();
  strictEqual(runtime.processCount, 0);
});

Deno.test("Residents.gaveUp resolves when another has the name of a resident", async () => {
  const node = new TestNode();
  const other = node.runtime.spawn(() => new Promise(() => {}));
  node.runtime.register("a", other.pid);
  const residents = new Residents(node);
  await residents.start([loadedOf("a", "resident", true)]);
  const { message } = await residents.gaveUp;
  match(
    message,
    /^Cannot start component "a": .*name that another process has: a$/,
  );
  await residents.stop();
  other.kill();
});

/** The roles of components before, the names that change, after, and what happens. */
// deno-fmt-ignore
const CHANGES: readonly (readonly [string, Readonly<Record<string, Role>>, string, Readonly<Record<string, Role>>, string, string])[] = [
  ["a resident has new code", { a: "resident", b: "resident" }, "a", { a: "resident", b: "resident" }, "-a +a", "a"],
  ["several have", { a: "resident", b: "resident" }, "a b", { a: "resident", b: "resident" }, "-b -a +a +b", "a b"],
  ["a resident is added", { a: "resident" }, "b", { a: "resident", b: "resident" }, "+b", "b"],
  ["a resident is removed", { a: "resident", b: "resident" }, "a", { b: "resident" }, "-a", ""],
  ["the first resident is added", {}, "a", { a: "resident" }, "+a", "a"],
  ["one is a resident no more", { a: "resident" }, "a", { a: "onDemand" }, "-a", ""],
  ["one is a resident now", { a: "onDemand" }, "a", { a: "resident" }, "+a", "a"],
  ["a program has new code", { a: "command", b: "resident" }, "a", { a: "command", b: "resident" }, "-a +a", "a"],
  ["nothing has changed", { a: "resident" }, "", { a: "resident" }, "", ""],
];

function allOf(roles: Readonly<Record<string, Role>>): Loaded[] {
  return Object.entries(roles).map(([name, role]) => loadedOf(name, role));
}

for (const [what, before, names, after, events, started] of CHANGES) {
  Deno.test(`Residents.change() leaves the others alone when ${what}`, async () => {
    const node = new TestNode();
    const residents = new Residents(node);
    await residents.start(allOf(before));
    node.events.length = 0;
    const changed = new Set(names.split(" ").filter((name) => name !== ""));
    const ran = await residents.change(changed, allOf(after));
    strictEqual(ran.started.join(" "), started);
    strictEqual(node.events.join(" "), events);
    await residents.stop();
    deepStrictEqual(node.runtime.list(), []);
  });
}

Deno.test("Residents.change() gives a resident in TypeScript its name again", async () => {
  const node = new TestNode();
  const residents = new Residents(node);
  const loaded = [loadedOf("a", "resident", true)];
  await residents.start(loaded);
  await residents.change(new Set(["a"]), loaded);
  deepStrictEqual(node.runtime.whereis("a"), node.pids[1]);
  await residents.stop();
});

Deno.test("Residents.change() starts all again when their supervisor has given up", async () => {
  const node = new TestNode();
  const residents = new Residents(node);
  const loaded = [loadedOf("b", "resident"), loadedOf("a", "resident")];
  await residents.start(loaded);
  const { gaveUp } = residents;
  for (let spawned = 2; spawned < 6; spawned++) {
    node.runtime.send(node.pids[spawned - 1]!, "crash");
    if (spawned < 5) await node.spawned(spawned + 1);
  }
  await gaveUp;
  node.events.length = 0;
  deepStrictEqual(await residents.change(new Set(["a"]), loaded), {
    started: ["b", "a"],
  });
  strictEqual(node.events.join(" "), "+b +a");
  strictEqual(residents.gaveUp === gaveUp, false);
  await residents.stop();
});

Deno.test("Residents.change() tells which cannot be started, and starts the others", async () => {
  const node = new TestNode();
  const other = node.runtime.spawn(() => new Promise(() => {}));
  node.runtime.register("a", other.pid);
  const residents = new Residents(node);
  await residents.start([loadedOf("b", "resident")]);
  const loaded = [
    loadedOf("a", "resident", true),
    loadedOf("c", "resident"),
    loadedOf("job", "command"),
  ];
  const names = new Set(["a", "c", "job"]);
  const { failure } = await residents.change(names, loaded);
  strictEqual(failure?.code, "cannotStart");
  match(
    failure.message,
    /^Cannot start component "a": .*name that another process has: a$/,
  );
  strictEqual(node.events.slice(-2).join(" "), "+c +job");
  await residents.stop();
  other.kill();
});

Deno.test("Residents.change() starts nothing when it stops meanwhile", async () => {
  const node = new TestNode();
  const residents = new Residents(node);
  const loaded = allOf({ a: "resident", job: "command" });
  await residents.start(loaded);
  const changed = residents.change(new Set(["a", "job"]), loaded);
  await residents.stop();
  deepStrictEqual(await changed, { started: [] });
  deepStrictEqual(node.runtime.list(), []);
});
