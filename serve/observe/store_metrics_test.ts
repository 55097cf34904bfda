import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { openStore, type Store } from "../store.ts";
import { PROMETHEUS } from "./exposition.ts";
import { MeasuredStore } from "./store_metrics.ts";
import { type Parsed, parseExposition } from "./testdata/parse_exposition.ts";

const VALUE = new TextEncoder().encode("v");

async function withStore(
  test: (store: MeasuredStore, read: () => Parsed) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const store = new MeasuredStore(await openStore(`${directory}/kv`));
  try {
    await test(
      store,
      () => parseExposition(PROMETHEUS.format(store.families()), false),
    );
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

// deno-fmt-ignore
const OPERATIONS: readonly (readonly [
  string, (store: Store) => Promise<unknown>, unknown,
])[] = [
  ["get", (store) => store.get("b", "none"), undefined],
  ["set", (store) => store.set("b", "k", VALUE, { ttlMs: 60_000 }), undefined],
  ["delete", (store) => store.delete("b", "none"), false],
  ["exists", (store) => store.exists("b", "none"), false],
  ["list", (store) => store.list("none", { limit: 1 }), []],
  ["buckets", (store) => store.buckets(), []],
  ["compare_and_set", (store) => store.compareAndSet("b", "k", VALUE, VALUE), false],
  ["batch", (store) => store.batch([]), undefined],
];

for (const [operation, ask, answer] of OPERATIONS) {
  Deno.test(`MeasuredStore counts ${operation}, and answers as the store does`, () =>
    withStore(async (store, read) => {
      deepStrictEqual(await ask(store), answer);
      const name = "rusm_store_operation_duration_seconds_count";
      strictEqual(read().get(name, { operation }), 1);
      strictEqual(read().get("rusm_store_waiting"), 0);
    }));
}

Deno.test("MeasuredStore counts what is read at once", () =>
  withStore(async (store, read) => {
    await store.set("b", "k", VALUE);
    strictEqual(store.peek("b", "k")?.value?.length, 1);
    strictEqual(read().get("rusm_store_reads_at_once_total"), 1);
  }));

Deno.test("MeasuredStore counts what waits", () =>
  withStore(async (store, read) => {
    const asked = store.set("b", "k", VALUE);
    strictEqual(read().get("rusm_store_waiting"), 1);
    await asked;
    strictEqual(read().get("rusm_store_waiting"), 0);
  }));

Deno.test("MeasuredStore counts failures by their code, and passes them on", async () => {
  await withStore(async (store, read) => {
    await store.close();
    await rejects(store.get("b", "k"), { code: "closed" });
    const code = "closed";
    strictEqual(read().get("rusm_store_failures_total", { code }), 1);
  });
});

Deno.test("MeasuredStore throws what the store throws at once", () =>
  withStore(async (store, read) => {
    await rejects(async () => await store.get("", "k"));
    strictEqual(read().get("rusm_store_waiting"), 0);
  }));
