import { deepStrictEqual, ok, rejects } from "node:assert";
import { componentEntries } from "@rusm/wasm";
import { LocalScheduler } from "../wasm/local.ts";
import { assemble, SMALL } from "../wasm/modules.ts";
import { spawnRunExit } from "../wasm/spawns.ts";
import { measureGrowth } from "../wasm/waiting.ts";
import { bareCalls, withGuestCalls } from "./calls.ts";
import { guest, guestCore, unlike, waiter, wrapped } from "./components.ts";
import { hostOf } from "./host.ts";
import { measureLoads } from "./loading.ts";
import { loadComponent } from "./local.ts";
import { componentPingPong } from "./messages.ts";
import { withRequests } from "./requests.ts";

Deno.test("guest() is the component of guestCore()", async () => {
  const core = await assemble(guestCore());
  const own = WebAssembly.Module.exports(new WebAssembly.Module(core));
  const entries = own.map(({ name }) => name)
    .filter((name) => name !== "memory" && name !== "cabi_realloc");
  deepStrictEqual(componentEntries(guest()), entries);
});

for (const entry of ["numbers", "lists"]) {
  Deno.test(`bareCalls() and withGuestCalls() run ${entry}`, async () => {
    ok(await (await bareCalls(entry, 10))() > 0);
    ok(await withGuestCalls(entry, 10, (run) => run()) > 0);
  });
}

Deno.test("withGuestCalls() rejects when there is no such export", async () => {
  const running = withGuestCalls("walk", 10, (run) => run());
  await rejects(running, /Cannot time what fails: .*: walk/);
});

Deno.test("componentPingPong() ends, and can be played again", async () => {
  using scheduler = new LocalScheduler();
  const play = await componentPingPong(scheduler, 10);
  ok(await play() > 0);
  ok(await play() > 0);
});

Deno.test("wrapped() makes a component whose processes spawnRunExit() ends", async () => {
  using scheduler = new LocalScheduler();
  const bytes = wrapped(await assemble(SMALL), "run");
  const spawner = await loadComponent(scheduler, bytes);
  const counts = { total: 20, batch: 10 };
  ok(await spawnRunExit(scheduler, spawner, counts) > 0);
});

Deno.test("unlike() changes the bytes of a module, which stays valid", async () => {
  const core = await assemble(SMALL);
  const other = unlike(core, 1);
  ok(WebAssembly.validate(other));
  ok(other.length > core.length);
});

Deno.test("measureGrowth() measures components that wait", async () => {
  using scheduler = new LocalScheduler();
  const module = await loadComponent(scheduler, waiter(), [hostOf(1)]);
  const plan = { module, entry: "wait" };
  const { parkedBytes } = await measureGrowth(scheduler, plan, 100);
  ok(Number.isFinite(parkedBytes));
});

Deno.test("withRequests() gets an answer to each request", async () => {
  const counts = { total: 10, window: 3 };
  ok(await withRequests(counts, (ask) => ask()) > 0);
});

Deno.test("measureLoads() finds what was loaded sooner than it loads it", async () => {
  const counts = { cold: 3, warming: 2, warm: 5, cached: 5 };
  const { loadUs, compileUs, cachedUs, ...cold } = await measureLoads(counts);
  ok(compileUs! > 0);
  ok(cachedUs! < loadUs!);
  ok(cold.coldLoadUs! > 0 && cold.coldCompileUs! > 0);
  ok(cold.firstLoadUs! > 0);
});
