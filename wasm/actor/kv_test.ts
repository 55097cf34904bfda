import { strictEqual } from "node:assert";
import { defineProfile } from "../capability.ts";
import { MemoryStore } from "./testdata/memory_store.ts";
import { built, SANDBOXED, withProbes } from "./testdata/probe.ts";

const KEEPER = defineProfile("keeper", { storage: true });

// deno-fmt-ignore
const STEPS: [what: string[], answer: string][] = [
  [["kv-get", "b", "k"], "none"],
  [["kv-exists", "b", "k"], "false"],
  [["kv-delete", "b", "k"], "false"],
  [["kv-list", "b"], ""],
  [["kv-set", "b", "k", "value"], "ok"],
  [["kv-get", "b", "k"], "value"],
  [["kv-get", "c", "k"], "none"],
  [["kv-exists", "b", "k"], "true"],
  [["kv-set", "b", "a", ""], "ok"],
  [["kv-get", "b", "a"], ""],
  [["kv-list", "b"], "a k"],
  [["kv-delete", "b", "k"], "true"],
  [["kv-list", "b"], "a"],
  [["kv-get", "broken", "k"], "error: the disk is full"],
  [["kv-set", "broken", "k", "v"], "error: the disk is full"],
  [["kv-list", "broken"], "error: the disk is full"],
];

for (const layout of ["probe", "probe_all_in_actor"] as const) {
  Deno.test(`kv keeps values, of a guest of layout ${layout}`, () =>
    withProbes(async (teller) => {
      const { engine } = teller;
      const probe = teller.spawn(
        await engine.loadModule("probe", built(layout), KEEPER),
      );
      for (const [what, answer] of STEPS) {
        strictEqual(await probe.do(...what), answer, what.join(" "));
      }
      const large = "x".repeat(5_000_000);
      strictEqual(await probe.do("kv-set", "b", "large", large), "ok");
      strictEqual(await probe.do("kv-get", "b", "large"), large);
    }, { store: new MemoryStore() }));
}

Deno.test("kv says what is missing", () =>
  withProbes(async (teller) => {
    for (
      const [capability, error] of [
        [SANDBOXED, "kv denied: missing the storage capability"],
        [KEEPER, "kv unavailable: no store configured on this node"],
      ] as const
    ) {
      const probe = teller.spawn(
        await teller.engine.loadModule("probe", built("probe"), capability),
      );
      for (const [what] of STEPS) {
        strictEqual(await probe.do(...what), `error: ${error}`);
      }
    }
  }));
