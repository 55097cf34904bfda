import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert";

import { BUILT_IN_PROFILES } from "../capability.ts";
import { ModuleCache } from "../core/module_cache.ts";
import type { HostInterface } from "./host.ts";
import { ComponentLinkage } from "./linkage.ts";
import { toldImports } from "./linked_step.ts";
import { overrunImport } from "./overrun.ts";
import { planComponent } from "./plan_component.ts";
import type { CoreInstantiation } from "./plan.ts";
import { ComponentCache } from "./prepare.ts";
import { HostRegistry } from "./registry.ts";
import { component, raw } from "./testdata/encode.ts";
import { fixture } from "./testdata/fixture.ts";
import { LocalComponent } from "./testdata/run.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;

// deno-fmt-ignore
const TOLD: [what: string, name: Parameters<typeof fixture>[0], told: boolean[][]][] = [
  ["what the host gives is told", "actor", [Array(8).fill(true)]],
  ["what another module gives, once at least, is not", "twice", [[true, true], [false, false]]],
];

for (const [what, name, told] of TOLD) {
  Deno.test(`toldImports() says who is told: ${what}`, () => {
    const { modules, steps } = planComponent(fixture(name));
    deepStrictEqual(modules.map((_, nth) => toldImports(steps, nth)), told);
  });
}

Deno.test("toldImports() is empty of a module without instances", () => {
  deepStrictEqual(toldImports([], 0), []);
});

Deno.test("a module that one component only defines is another where it is instantiated", async () => {
  const modules = new ModuleCache();
  const cache = new ComponentCache(modules, new HostRegistry([host([])]));
  const whole = fixture("twice");
  const defines = component(raw(1, [...planComponent(whole).modules[0]!]));
  const prepare = (bytes: Uint8Array) =>
    cache.prepare("guest", bytes as Uint8Array<ArrayBuffer>, SANDBOXED);
  const defined = await prepare(defines);
  const used = await prepare(whole);
  notStrictEqual(used.modules[0], defined.modules[0]);
});

function host(log: number[]): HostInterface {
  return {
    name: "test:c/host@0.1.0",
    wit: "log: func(n: u32); wait: func(n: u32) -> u32;",
    functions: { log: (_guest, n: number) => void log.push(n) },
    suspending: { wait: (_guest, n: number) => Promise.resolve(n + 100) },
  };
}

Deno.test("a module of a component calls the host in one instance, and another module in the other", async () => {
  const log: number[] = [];
  const component = await LocalComponent.load(fixture("twice"), {
    hosts: [host(log)],
  });
  for (let round = 0; round < 2; round++) {
    strictEqual(await component.run("one"), "normal");
    strictEqual(await component.run("other"), "normal");
  }
  deepStrictEqual(log, [107, 3107, 107, 3107]);
  strictEqual(component.pool.idleCount, 1);
});

Deno.test("a component that imports by the names of objects leaves those of the host as they were", async () => {
  const { keys } = Object;
  const component = await LocalComponent.load(fixture("twice"), {
    hosts: [host([])],
  });
  strictEqual(await component.run("one"), "normal");
  strictEqual(await component.run("other"), "normal");
  strictEqual(Object.keys, keys);
  strictEqual(Object.hasOwn(Object, "wait"), false);
});

Deno.test("processes that wait at once are told apart", async () => {
  const pids: string[] = [];
  const waiting: (() => void)[] = [];
  const { promise: areWaiting, resolve } = Promise.withResolvers<void>();
  const component = await LocalComponent.load(fixture("twice"), {
    hosts: [{
      ...host([]),
      functions: { log: ({ self }) => void pids.push(String(self.pid)) },
      suspending: {
        wait: (_guest, n: number) =>
          new Promise((goOn) => {
            waiting.push(() => goOn(n));
            if (waiting.length === 2) resolve();
          }),
      },
    }],
  });
  const [one, other] = [component.spawn("one"), component.spawn("one")];
  await areWaiting;
  // The last is the first to go on.
  waiting[1]!();
  strictEqual(await other.join(), "normal");
  waiting[0]!();
  strictEqual(await one.join(), "normal");
  deepStrictEqual(pids, [String(other.pid), String(one.pid)]);
});

Deno.test("all instances of a component have the same imports, and all components of a thread the same overrun", async () => {
  const { prepared } = await LocalComponent.load(fixture("twice"), {
    hosts: [host([])],
  });
  const registry = new HostRegistry([host([])]);
  const { functions } = new ComponentLinkage(prepared, registry);
  const [{ imports }] = prepared.plan.steps as [CoreInstantiation];
  for (const { item } of imports) {
    if (item.kind === "export") throw new TypeError("Cannot use this fixture");
    strictEqual(functions.told(item), functions.told(item));
  }
  strictEqual(overrunImport(), overrunImport());
});
