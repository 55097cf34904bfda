import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { StoreDatabase } from "./database.ts";
import type { StoreAnswer, StoreRequest } from "./requests.ts";

const BYTES = Uint8Array.of(1, 2, 3);

async function withFile(run: (path: string) => unknown): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await run(`${directory}/store.db`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function withDatabase(
  run: (database: StoreDatabase) => unknown,
): Promise<void> {
  return withFile((path) => {
    const database = new StoreDatabase(path);
    try {
      return run(database);
    } finally {
      database.close();
    }
  });
}

function ask(
  database: StoreDatabase,
  request: StoreRequest,
  now = 0,
): StoreAnswer {
  const outcome = database.run({ requests: [request], now });
  if (outcome.type === "done") return outcome.answers[0];
  throw new Error(outcome.why);
}

/** What a store is to do, without a file. */
class Model {
  readonly #values = new Map<string, Map<string, [Uint8Array, number]>>();

  ask(request: StoreRequest, now: number): StoreAnswer {
    switch (request.op) {
      case "get":
        return this.#live(request.bucket, now).get(request.key);
      case "exists":
        return this.#live(request.bucket, now).has(request.key);
      case "list": {
        const { bucket, prefix = "", after, limit = Infinity } = request;
        return [...this.#live(bucket, now).keys()].sort(byCodePoints)
          .filter((key) => key.startsWith(prefix))
          .filter((key) => after === undefined || byCodePoints(key, after) > 0)
          .slice(0, limit);
      }
      case "buckets":
        return [...this.#values.keys()].sort(byCodePoints)
          .filter((bucket) => this.#live(bucket, now).size > 0);
      case "set": {
        const { bucket, key, value, ttlMs = Infinity } = request;
        if (!this.#values.has(bucket)) this.#values.set(bucket, new Map());
        this.#values.get(bucket)!.set(key, [value, now + ttlMs]);
        return true;
      }
      case "delete": {
        const wasThere = this.#live(request.bucket, now).has(request.key);
        this.#values.get(request.bucket)?.delete(request.key);
        return wasThere;
      }
      case "compareAndSet": {
        const { bucket, key, expected, value } = request;
        const there = this.#live(bucket, now).get(key);
        if (`${there}` !== `${expected}`) return false;
        if (value === undefined) this.ask({ op: "delete", bucket, key }, now);
        else this.ask({ op: "set", bucket, key, value }, now);
        return true;
      }
      case "batch":
        for (const write of request.writes) this.ask(write, now);
        return true;
    }
  }

  #live(bucket: string, now: number): Map<string, Uint8Array> {
    const entries = [...this.#values.get(bucket) ?? []]
      .filter(([, [, until]]) => until > now)
      .map(([key, [value]]) => [key, value] as const);
    return new Map(entries);
  }
}

function byCodePoints(one: string, other: string): number {
  const points = [...one].map((each) => each.codePointAt(0)!);
  const others = [...other].map((each) => each.codePointAt(0)!);
  const at = points.findIndex((each, index) => each !== others[index]);
  if (at === -1) return points.length - others.length;
  return at >= others.length ? 1 : points[at]! - others[at]!;
}

const name = fc.string({ unit: "binary", minLength: 1, maxLength: 3 })
  .filter((each) => each.isWellFormed() && !each.includes("\0"));
const key = fc.oneof(
  fc.constantFrom(
    "a",
    "ab",
    "b",
    "\u{10FFFF}",
    "\u{10FFFF}a",
    "\uD7FF",
    "\uE000",
  ),
  name,
);
const bucket = fc.constantFrom("one", "two");
const value = fc.uint8Array({ maxLength: 2, max: 1 });
const set = fc.record({
  op: fc.constant("set" as const),
  ...{ bucket, key, value },
  ttlMs: fc.integer({ min: 1, max: 5 }),
}, { requiredKeys: ["op", "bucket", "key", "value"] });
const remove = fc.record({ op: fc.constant("delete" as const), bucket, key });
const request: fc.Arbitrary<StoreRequest> = fc.oneof(
  set,
  remove,
  fc.record({ op: fc.constantFrom("get", "exists"), bucket, key }),
  fc.record({
    ...{ op: fc.constant("list" as const), bucket },
    ...{ prefix: fc.oneof(fc.constant(""), key), after: key },
    limit: fc.integer({ min: 0, max: 3 }),
  }, { requiredKeys: ["op", "bucket"] }),
  fc.constant({ op: "buckets" as const }),
  fc.record({
    ...{ op: fc.constant("compareAndSet" as const), bucket, key },
    ...{ expected: orNothing(value), value: orNothing(value) },
  }),
  fc.record({
    op: fc.constant("batch" as const),
    writes: fc.array(fc.oneof(set, remove), { maxLength: 4 }),
  }),
);

function orNothing<Value>(
  each: fc.Arbitrary<Value>,
): fc.Arbitrary<Value | undefined> {
  return fc.option(each, { nil: undefined });
}

Deno.test("run() does what a map would, in groups of any size", async () => {
  await withDatabase((database) => {
    const groups = fc.array(fc.array(request, { maxLength: 6 }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(groups, (groups) => {
        for (const bucket of ["one", "two"]) {
          for (const key of ask(database, { op: "list", bucket }) as string[]) {
            ask(database, { op: "delete", bucket, key });
          }
        }
        const model = new Model();
        for (const [now, requests] of groups.entries()) {
          const expected = requests.map((each) => model.ask(each, now));
          const outcome = database.run({ requests, now });
          deepStrictEqual(outcome, { type: "done", answers: expected });
        }
      }),
      { numRuns: 200 },
    );
  });
});

Deno.test("run() writes nothing of a group that fails", async () => {
  await withDatabase((database) => {
    const place = { bucket: "b", key: "k" };
    const broken = {
      op: "set",
      ...place,
      value: "text" as unknown as Uint8Array,
    };
    const outcome = database.run({
      requests: [{ op: "set", ...place, value: BYTES }, broken as StoreRequest],
      now: 0,
    });
    deepStrictEqual(outcome, {
      type: "failed",
      why: "cannot store TEXT value in BLOB column entries.value",
    });
    strictEqual(ask(database, { op: "get", ...place }), undefined);
    ask(database, { op: "set", ...place, value: BYTES });
    deepStrictEqual(ask(database, { op: "get", ...place }), BYTES);
  });
});

Deno.test("run() removes what is past its time from the file", async () => {
  await withFile((path) => {
    const database = new StoreDatabase(path);
    const write = { op: "set", bucket: "b", value: BYTES } as const;
    ask(database, { ...write, key: "old", ttlMs: 1 });
    ask(database, { ...write, key: "new" }, 1);
    database.close();
    const raw = new DatabaseSync(path);
    const rows = raw.prepare("SELECT key FROM entries").all();
    raw.close();
    deepStrictEqual(rows.map(({ key }) => key), ["new"]);
  });
});

Deno.test("StoreDatabase sees what another connection has written", async () => {
  await withFile((path) => {
    const one = new StoreDatabase(path);
    const other = new StoreDatabase(path);
    const place = { bucket: "b", key: "k" };
    ask(one, { op: "set", ...place, value: BYTES });
    deepStrictEqual(ask(other, { op: "get", ...place }), BYTES);
    ask(other, { op: "delete", ...place });
    strictEqual(ask(one, { op: "exists", ...place }), false);
    one.close();
    other.close();
  });
});

const REFUSED: readonly (readonly [string, (path: string) => void, RegExp])[] =
  [
    [
      "a text",
      (path) => Deno.writeTextFileSync(path, "hello, this is text".repeat(99)),
      /not a database/,
    ],
    [
      "the database of another program",
      (path) => execute(path, "CREATE TABLE theirs (a)"),
      /a database of another program/,
    ],
    [
      "a store of a later version",
      (path) => {
        new StoreDatabase(path).close();
        execute(path, "PRAGMA user_version = 2");
      },
      /made by another version of rusm: 2/,
    ],
  ];

for (const [what, make, message] of REFUSED) {
  Deno.test(`StoreDatabase refuses ${what}, and leaves it as it is`, async () => {
    await withFile(async (path) => {
      make(path);
      const before = await Deno.readFile(path);
      throws(() => new StoreDatabase(path), message);
      deepStrictEqual(await Deno.readFile(path), before);
      await rejects(Deno.stat(`${path}-wal`), Deno.errors.NotFound);
    });
  });
}

function execute(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}
