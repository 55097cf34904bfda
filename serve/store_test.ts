import {
  deepStrictEqual,
  match,
  ok,
  rejects,
  strictEqual,
  throws,
} from "node:assert";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "./errors.ts";
import { openStore, type Store, type StoreOptions } from "./store.ts";
import {
  BATCH_WRITES_MAX,
  FILE_BYTES_MIN,
  NAME_BYTES_MAX,
  PENDING_BYTES_MAX,
  VALUE_BYTES_MAX,
} from "./store/limits.ts";

const BYTES = Uint8Array.of(1, 2, 3);

async function withStore(
  run: (store: Store, path: string) => Promise<void>,
  options: StoreOptions = {},
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/store.db`;
  const store = await openStore(path, options);
  try {
    await run(store, path);
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a store keeps what was written until it is removed", async () => {
  await withStore(async (store) => {
    strictEqual(await store.get("b", "k"), undefined);
    strictEqual(await store.exists("b", "k"), false);
    await store.set("b", "k", BYTES);
    deepStrictEqual(await store.get("b", "k"), BYTES);
    strictEqual(await store.exists("b", "k"), true);
    strictEqual(await store.delete("b", "k"), true);
    strictEqual(await store.delete("b", "k"), false);
    deepStrictEqual(await store.buckets(), []);
  });
});

Deno.test("a store lists buckets and keys in order", async () => {
  await withStore(async (store) => {
    for (const key of ["b", "a", "ab", "c"]) await store.set("x", key, BYTES);
    await store.set("w", "k", BYTES);
    deepStrictEqual(await store.buckets(), ["w", "x"]);
    deepStrictEqual(await store.list("x"), ["a", "ab", "b", "c"]);
    deepStrictEqual(await store.list("x", { prefix: "a" }), ["a", "ab"]);
    const page = { after: "a", limit: 2 };
    deepStrictEqual(await store.list("x", page), ["ab", "b"]);
  });
});

Deno.test("compareAndSet() changes what it expects, and nothing else", async () => {
  await withStore(async (store) => {
    const change = (expected?: Uint8Array, value?: Uint8Array) =>
      store.compareAndSet("b", "k", expected, value);
    strictEqual(await change(BYTES, BYTES), false);
    strictEqual(await change(undefined, BYTES), true);
    strictEqual(await change(undefined, BYTES), false);
    strictEqual(await change(BYTES, Uint8Array.of()), true);
    strictEqual(await change(Uint8Array.of(), undefined), true);
    strictEqual(await store.exists("b", "k"), false);
  });
});

Deno.test("batch() does all of it, in order", async () => {
  await withStore(async (store) => {
    await store.batch([
      { op: "set", bucket: "b", key: "one", value: BYTES },
      { op: "set", bucket: "b", key: "two", value: BYTES },
      { op: "delete", bucket: "b", key: "one" },
    ]);
    deepStrictEqual(await store.list("b"), ["two"]);
  });
});

Deno.test("set() with a time to live writes what goes by itself", async () => {
  let now = 1_000;
  await withStore(async (store) => {
    await store.set("b", "k", BYTES, { ttlMs: 10 });
    now = 1_009;
    strictEqual(await store.exists("b", "k"), true);
    now = 1_010;
    strictEqual(await store.exists("b", "k"), false);
    deepStrictEqual(await store.buckets(), []);
  }, { now: () => now });
});

Deno.test("set() takes the value as it is when it is called", async () => {
  await withStore(async (store) => {
    const buffer = Uint8Array.of(9, 1, 2, 3, 9);
    const written = store.set("b", "k", buffer.subarray(1, 4));
    buffer.fill(0);
    await written;
    deepStrictEqual(await store.get("b", "k"), BYTES);
  });
});

Deno.test("a store answers in the order of asking", async () => {
  await withStore(async (store) => {
    const asked = Array.from({ length: 3_000 }, async (_, nth) => {
      await store.set("b", "k", Uint8Array.of(nth));
      return await store.get("b", "k");
    });
    strictEqual((await Promise.all(asked)).length, 3_000);
    deepStrictEqual(await store.get("b", "k"), Uint8Array.of(2_999));
  });
});

Deno.test("peek() sees what is written, but not what is about to be", async () => {
  await withStore(async (store, path) => {
    deepStrictEqual(store.peek("b", "k"), { value: undefined });
    const written = store.set("b", "k", BYTES);
    strictEqual(store.peek("b", "k"), undefined);
    const got = store.get("b", "k");
    deepStrictEqual(store.peek("b", "other"), { value: undefined });
    await written;
    deepStrictEqual(store.peek("b", "k"), { value: BYTES });
    deepStrictEqual(await got, BYTES);
    const other = await openStore(path);
    await other.delete("b", "k");
    deepStrictEqual(store.peek("b", "k"), { value: undefined });
    await other.close();
  });
});

Deno.test("peek() throws what get() rejects with", async () => {
  await withStore((store) => {
    throws(() => store.peek("b", ""), { code: "invalid" });
    return Promise.resolve();
  });
});

Deno.test("a store answers with more than fits at once", async () => {
  await withStore(async (store) => {
    const values = ["one", "two", "one", "two", "one", "two", "one"];
    for (const [index, key] of ["one", "two"].entries()) {
      await store.set("b", key, new Uint8Array(VALUE_BYTES_MAX).fill(index));
    }
    const got = await Promise.all(values.map((key) => store.get("b", key)));
    deepStrictEqual(got.map((value) => value![7]), [0, 1, 0, 1, 0, 1, 0]);
  });
});

Deno.test("a store that is full says so, and tells of it once", async () => {
  const failures: StoreError[] = [];
  await withStore(async (store) => {
    const value = new Uint8Array(FILE_BYTES_MIN / 2);
    const asked = ["a", "b", "c"].map((key) => store.set("b", key, value));
    const small = store.set("b", "d", BYTES);
    const outcomes = await Promise.allSettled(asked);
    deepStrictEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "rejected"],
    );
    await rejects(asked[1]!, { name: "StoreError", code: "full" });
    await small;
    await store.delete("b", "a");
    await store.set("b", "b", value);
  }, { bytesMax: FILE_BYTES_MIN, failed: (error) => failures.push(error) });
  deepStrictEqual(failures.map(({ code }) => code), ["full"]);
  match(
    failures[0]!.message,
    /^Cannot use the store .*: database or disk is full$/,
  );
});

Deno.test("a store that another keeps for itself says that it is busy", async () => {
  await withStore(async (store, path) => {
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    await rejects(store.set("b", "k", BYTES), { code: "busy" });
    strictEqual(await store.exists("b", "k"), false);
    other.exec("COMMIT");
    other.close();
    await store.set("b", "k", BYTES);
  });
});

Deno.test("openStore() refuses to bound the file to too little", async () => {
  const bytesMax = FILE_BYTES_MIN - 1;
  await rejects(openStore("/nowhere/store.db", { bytesMax }), {
    name: "RangeError",
    message: /1048576 bytes: 1048575$/,
  });
});

/** What is asked, and the code and message of the error. */
const WRONG: readonly (readonly [
  string,
  (store: Store) => Promise<unknown>,
  string,
  RegExp,
])[] = [
  ["an empty bucket", (it) => it.get("", "k"), "invalid", /as a bucket/],
  ["an empty key", (it) => it.get("b", ""), "invalid", /as a key/],
  [
    "a key that is too long",
    (it) => it.set("b", "é".repeat(NAME_BYTES_MAX / 2 + 1), BYTES),
    "invalid",
    /as a key/,
  ],
  ["half a character", (it) => it.get("b", "\uD800"), "invalid", /as a key/],
  ["a zero character", (it) => it.get("b", "a\0"), "invalid", /as a key/],
  [
    "a time to live of nothing",
    (it) => it.set("b", "k", BYTES, { ttlMs: 0 }),
    "invalid",
    /ttlMs: 0$/,
  ],
  [
    "a time to live without end",
    (it) => it.set("b", "k", BYTES, { ttlMs: Infinity }),
    "invalid",
    /ttlMs: Infinity$/,
  ],
  [
    "half a limit",
    (it) => it.list("b", { limit: 0.5 }),
    "invalid",
    /limit: 0.5$/,
  ],
  [
    "a value that is too large",
    (it) => it.set("b", "k", new Uint8Array(VALUE_BYTES_MAX + 1)),
    "tooLarge",
    /16777217$/,
  ],
  [
    "a batch with an empty key",
    (it) => it.batch([{ op: "delete", bucket: "b", key: "" }]),
    "invalid",
    /as a key/,
  ],
  [
    "a batch that is too large",
    (it) =>
      it.batch(
        Array(BATCH_WRITES_MAX + 1).fill({
          op: "delete",
          bucket: "b",
          key: "k",
        }),
      ),
    "tooLarge",
    /1001$/,
  ],
];

for (const [what, ask, code, message] of WRONG) {
  Deno.test(`a store refuses ${what}, and goes on`, async () => {
    await withStore(async (store) => {
      await rejects(ask(store), { name: "StoreError", code, message });
      await store.set("b", "k", BYTES);
    });
  });
}

Deno.test("a store lets so many bytes wait and no more", async () => {
  await withStore(async (store) => {
    // Names count, too.
    const value = new Uint8Array(VALUE_BYTES_MAX - 2);
    const sets = Array.from(
      { length: PENDING_BYTES_MAX / VALUE_BYTES_MAX + 1 },
      (_, nth) => store.set("b", `${nth}`, value),
    );
    const last = sets.pop()!;
    await rejects(last, { code: "busy" });
    await Promise.all(sets);
    await store.set("b", "later", BYTES);
  });
});

Deno.test("openStore() says which file it cannot open, and why", async () => {
  await rejects(openStore("/nowhere/store.db"), (error) => {
    ok(error instanceof StoreError);
    strictEqual(error.code, "open");
    match(error.message, /^Cannot open the store \/nowhere\/store.db: unable/);
    return true;
  });
});

Deno.test("close() lets what was asked end, and refuses the rest", async () => {
  await withStore(async (store, path) => {
    const written = store.set("b", "k", BYTES);
    const closed = store.close();
    await rejects(store.get("b", "k"), { code: "closed" });
    await written;
    await closed;
    const again = await openStore(path);
    deepStrictEqual(await again.get("b", "k"), BYTES);
    await again.close();
  });
});
