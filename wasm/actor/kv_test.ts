import { strictEqual } from "node:assert";
import { defineProfile } from "../capability.ts";
import type { Store } from "../node/store.ts";
import { built, SANDBOXED, withProbes } from "./testdata/probe.ts";

const KEEPER = defineProfile("keeper", { storage: true });

/** A store that is gone with its node. */
class MemoryStore implements Store {
  readonly #buckets = new Map<string, Map<string, Uint8Array>>();

  #of(bucket: string): Map<string, Uint8Array> {
    if (bucket === "broken") throw new Error("the disk is full");
    const values = this.#buckets.get(bucket) ?? new Map();
    this.#buckets.set(bucket, values);
    return values;
  }

  // deno-lint-ignore require-await -- what it throws is a promise that rejects
  async get(bucket: string, key: string): Promise<Uint8Array | undefined> {
    return this.#of(bucket).get(key);
  }

  // deno-lint-ignore require-await -- as above
  async set(bucket: string, key: string, value: Uint8Array): Promise<void> {
    this.#of(bucket).set(key, value);
  }

  // deno-lint-ignore require-await -- as above
  async delete(bucket: string, key: string): Promise<boolean> {
    return this.#of(bucket).delete(key);
  }

  // deno-lint-ignore require-await -- as above
  async exists(bucket: string, key: string): Promise<boolean> {
    return this.#of(bucket).has(key);
  }

  // deno-lint-ignore require-await -- as above
  async list(bucket: string): Promise<readonly string[]> {
    return [...this.#of(bucket).keys()].sort();
  }
}

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
