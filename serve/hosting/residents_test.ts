import { deepStrictEqual, match, strictEqual } from "node:assert";
import { type Context, type Pid, Runtime } from "@rusm/otp";
import {
  BUILT_IN_PROFILES,
  type Component,
  type GuestMessage,
} from "@rusm/wasm";
import type { Loaded, Role } from "../components.ts";
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
  return { component, kind: "script", role, start: { entry: "run" } };
}

/** A node whose guests are native processes that do what they are sent. */
class TestNode implements ResidentsNode {
  readonly runtime: Runtime = new Runtime({
    observer: {
      exited: (_pid, _reason, label) => {
        if (label !== "residents") this.events.push(`-${label}`);
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
