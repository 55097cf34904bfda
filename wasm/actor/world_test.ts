import { deepStrictEqual, strictEqual } from "node:assert";
import { HOST_INTERFACES } from "../component/hosts.ts";
import type { HostInterface } from "../component/host.ts";
import { checkHostInterfaces, HostRegistry } from "../component/registry.ts";
import { ACTOR } from "./actor.ts";
import { KV } from "./kv.ts";
import { LOG } from "./log.ts";
import { ACTOR_WORLD } from "./mod.ts";
import { PG } from "./pg.ts";
import { SERVE } from "./serve.ts";
import { STREAMS } from "./streams.ts";
import { built, type Layout, SANDBOXED, withProbes } from "./testdata/probe.ts";
import { TYPES } from "./types.ts";

const DIVIDED = { ACTOR, KV, LOG, PG, SERVE, STREAMS, TYPES };

Deno.test("ACTOR_WORLD declares the functions that it gives, and no others", () => {
  checkHostInterfaces(ACTOR_WORLD);
  checkHostInterfaces(HOST_INTERFACES);
});

for (const declared of Object.values(DIVIDED)) {
  Deno.test(`wit declares what the host gives: ${declared.name}`, () => {
    const [, name] = /\/([a-z]+)@0\.1\.0$/.exec(declared.name)!;
    const file = new URL(`../../wit/${name}.wit`, import.meta.url);
    strictEqual(tokens(declared.wit), tokens(inBraces(file)));
  });
}

Deno.test("ALL_IN_ACTOR has the types that the divided interfaces have", () => {
  const registry = new HostRegistry(ACTOR_WORLD);
  const all = registry.typesOf(registry.find("rusm:runtime/actor@0.1.0")!);
  const divided = new HostRegistry([ACTOR, KV, LOG, PG, STREAMS, TYPES]);
  const expected: string[] = [];
  for (const declared of [ACTOR, KV, LOG, PG, STREAMS]) {
    for (const [name, type] of divided.typesOf(declared).functions) {
      const called = declared === KV ? `kv-${name}` : name;
      deepStrictEqual(all.functions.get(called), type, called);
      expected.push(called);
    }
  }
  deepStrictEqual([...all.functions.keys()], expected);
});

Deno.test("ALL_IN_ACTOR has the same functions as the divided interfaces", () => {
  const [, all] = ACTOR_WORLD;
  const given = (declared: HostInterface) => ({
    ...declared.functions,
    ...declared.suspending,
  });
  strictEqual(given(all!)["kv-get"], given(KV)["get"]);
  strictEqual(given(all!)["log"], given(LOG)["log"]);
  strictEqual(given(all!)["stream-open"], given(STREAMS)["stream-open"]);
});

for (const layout of ["probe", "probe_all_in_actor"] as Layout[]) {
  Deno.test(`Engine runs guests of either layout: ${layout}`, () =>
    withProbes(async (teller) => {
      const { engine } = teller;
      const probe = teller.spawn(
        await engine.loadModule(layout, built(layout), SANDBOXED),
      );
      strictEqual(await probe.do("own-pid"), probe.number);
      strictEqual(await probe.do("echo", "x"), "x");
    }));
}

function inBraces(file: URL): string {
  const text = Deno.readTextFileSync(file);
  const [, body] = /\binterface [a-z]+ \{([^]*)\}/.exec(text)!;
  return body!;
}

// Without comments and white space.
function tokens(wit: string): string {
  return wit.replaceAll(/\/\/.*$/gm, "").replaceAll(/\s+/g, "");
}
