import { deepStrictEqual, match, strictEqual } from "node:assert";
import { type Down, type Pid, Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES, type Capability } from "../capability.ts";
import { Templates } from "../dynamic/templates.ts";
import { SystemLimit } from "../errors.ts";
import type { Ask, SuperviseAsk } from "./ask.ts";
import { ComponentNames } from "./component_names.ts";
import { CHILDREN_MAX } from "./limits.ts";
import { type NodeParts, NodeService } from "./node_service.ts";
import type { Store } from "./store.ts";
import { TagBoard } from "./tag_board.ts";

const TRUSTED = BUILT_IN_PROFILES.get("trusted")!;
const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;

const SUPERVISE: SuperviseAsk = {
  ...{ type: "supervise", strategy: "oneForOne", children: ["x"] },
  ...{ restartsMax: 3, withinMs: 1 },
};

function setup(parts: Partial<NodeParts<string>> = {}) {
  const runtime = new Runtime();
  const components = new ComponentNames<string>();
  const crier = { tell: () => true, tellAll() {} };
  const failures: string[] = [];
  const service = new NodeService<string>({
    ...{ runtime, components, tags: new TagBoard(runtime, crier) },
    templates: new Templates<string>({
      ...{ host: runtime.host, store: undefined },
      load: () => Promise.reject(new Error("nothing is loaded")),
      unload: () => true,
    }),
    store: undefined,
    spawn: () => runtime.spawn(() => {}).pid,
    guests: () => [],
    sinkOf: () => undefined,
    failed: (name, why) => void failures.push(`${name}: ${why}`),
    ...parts,
  });
  const asker: Pid = runtime.spawn(() => new Promise(() => {})).pid;
  const ask = (ask: Ask, capability: Capability = TRUSTED) =>
    service.answer({ pid: asker, capability }, ask);
  return { runtime, components, ask, failures, asker };
}

// deno-fmt-ignore
const DENIED: [ask: Ask, error: RegExp][] = [
  [{ type: "spawn", component: "x" }, /^spawn denied/],
  [{ type: "spawnFrom", component: "x", source: "" }, /^spawn denied/],
  [{ type: "supervise", strategy: "oneForOne", children: [], restartsMax: 0, withinMs: 0 }, /^supervise denied/],
  [{ type: "kv", op: "list", bucket: "b" }, /^kv denied/],
  [{ type: "list" }, /^list denied/],
  [{ type: "unregister", name: "x" }, /^unregister denied/],
];

for (const [ask, error] of DENIED) {
  Deno.test(`NodeService denies ${ask.type} by itself, whatever the scheduler let through`, async () => {
    const answer = await setup().ask(ask, SANDBOXED);
    match("error" in answer ? answer.error : "", error);
  });
}

Deno.test("NodeService tells of what takes too long, and takes no later answer", async () => {
  const late = Promise.withResolvers<readonly string[]>();
  const store = { list: () => late.promise } as unknown as Store;
  const { ask } = setup({ store, askMsMax: 5 });
  const answer = ask({ type: "kv", op: "list", bucket: "b" });
  deepStrictEqual(await answer, { error: "no answer within 5 ms" });
  late.resolve(["k"]);
  deepStrictEqual(await answer, { error: "no answer within 5 ms" });
});

Deno.test("NodeService tells that there is no room, and of a store that throws", async () => {
  const store = {
    list() {
      throw new Error("closed");
    },
  } as unknown as Store;
  const { ask, components } = setup({
    store,
    spawn() {
      throw new SystemLimit("x");
    },
  });
  components.declare("x", { component: "x", entry: "run" });
  deepStrictEqual(await ask({ type: "spawn", component: "x" }), {
    error: "spawn denied: no room on this node",
  });
  deepStrictEqual(await ask({ type: "kv", op: "list", bucket: "b" }), {
    error: "closed",
  });
});

Deno.test("NodeService refuses supervisors of too many children", async () => {
  const { ask, components } = setup();
  components.declare("x", { component: "x", entry: "run" });
  const children = Array.from({ length: CHILDREN_MAX + 1 }, () => "x");
  deepStrictEqual(await ask({ ...SUPERVISE, children }), {
    error: "supervise denied: more than 1000 children: 1001",
  });
});

Deno.test("NodeService ends a supervisor whose owner has ended before it is linked", async () => {
  const { ask, components, runtime, asker } = setup();
  components.declare("x", { component: "x", entry: "run" });
  runtime.kill(asker);
  await ask(SUPERVISE);
  const [supervisor] = runtime.list();
  const watcher = runtime.spawn<Down>(async (self) => {
    self.monitor(supervisor!);
    strictEqual((await self.receive()).reason, "noproc");
  });
  strictEqual(await watcher.join(), "normal");
});

Deno.test("NodeService starts a child again as what its name stands for then", async () => {
  const started: string[] = [];
  const again = Promise.withResolvers<void>();
  const pids: Pid[] = [];
  const node = setup({
    spawn({ component }, { supervisor }) {
      const { pid } = node.runtime.spawn((self) => self.receive());
      supervisor?.link(pid);
      pids.push(pid);
      if (started.push(component) === 2) again.resolve();
      return pid;
    },
  });
  node.components.declare("x", { component: "old", entry: "run" });
  await node.ask(SUPERVISE);
  await new Promise<void>((resolve) => node.runtime.host.macrotask(resolve));
  node.components.declare("x", { component: "new", entry: "run" });
  node.runtime.kill(pids[0]!);
  await again.promise;
  deepStrictEqual(started, ["old", "new"]);
});

Deno.test("ComponentNames.remove() forgets a name, declared or left", () => {
  const names = new ComponentNames<string>();
  names.declare("a", { component: "a", entry: "run" });
  names.leave("b", "run", () => Promise.resolve("b"));
  for (const name of ["a", "b", "c"]) {
    names.remove(name);
    strictEqual(names.has(name), false);
  }
});

Deno.test("ComponentNames loads once for each capability, and again after a failure", async () => {
  const { ask, components, failures } = setup();
  const loads: string[] = [];
  let fails = true;
  // deno-lint-ignore require-await -- what it throws is a promise that rejects
  components.leave("x", "run", async ({ name }) => {
    loads.push(name);
    if (fails) throw new Error("no such thing");
    return name;
  });
  const spawn = { type: "spawn", component: "x" } as const;
  deepStrictEqual(await ask(spawn), {
    error: "`x` has no prepared component",
  });
  deepStrictEqual(failures, ["x: no such thing"]);
  fails = false;
  const other = { ...TRUSTED, name: "other" };
  await Promise.all([ask(spawn), ask(spawn), ask(spawn, other), ask(spawn)]);
  deepStrictEqual(loads, ["trusted", "trusted", "other"]);
});
