import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { StoreDatabase } from "./database.ts";
import {
  ANSWERS_BYTES_MAX,
  EXPIRED_PER_GROUP,
  FILE_BYTES_MIN,
  LISTING_BYTES_MAX,
  VALUE_BYTES_MAX,
} from "./limits.ts";
import type { GroupOutcome, StoreAnswer, StoreRequest } from "./requests.ts";

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
  if (outcome.type === "failed") throw new Error(outcome.why);
  for (const [, { why }] of outcome.failures) throw new Error(why);
  return outcome.answers[0];
}

function done(answers: readonly StoreAnswer[]): GroupOutcome {
  return { type: "done", answers, failures: [] };
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
          deepStrictEqual(outcome, done(expected));
        }
      }),
      { numRuns: 200 },
    );
  });
});

const WRITE = { op: "set", bucket: "b", value: BYTES } as const;
const BROKEN: StoreRequest = {
  ...{ ...WRITE, key: "broken" },
  value: "text" as unknown as Uint8Array,
};

Deno.test("run() does all of a group but what fails, which it does nothing of", async () => {
  const writes = Array.from({ length: 10 }, (_, nth) => ({
    ...WRITE,
    key: `${nth}`,
  }));
  const batch = { op: "batch", writes: [{ ...WRITE, key: "half" }, BROKEN] };
  await withDatabase((database) => {
    const requests = [BROKEN, ...writes, batch as StoreRequest];
    const why = "cannot store TEXT value in BLOB column entries.value";
    const failure = { code: "failed", why };
    deepStrictEqual(database.run({ requests, now: 0 }), {
      type: "done",
      answers: [undefined, ...writes.map(() => true), undefined],
      failures: [[0, failure], [11, failure]],
    });
    const keys = writes.map(({ key }) => key);
    deepStrictEqual(ask(database, { op: "list", bucket: "b" }), keys);
  });
});

Deno.test("run() says that the file is full, and what is removed makes room", async () => {
  await withFile((path) => {
    const database = new StoreDatabase(path, FILE_BYTES_MIN);
    const value = new Uint8Array(FILE_BYTES_MIN / 4);
    const requests = Array.from({ length: 8 }, (_, nth) => ({
      ...{ op: "set" as const, bucket: "b", key: `${nth}`, value },
    }));
    const outcome = database.run({ requests, now: 0 });
    const full = { code: "full", why: "database or disk is full" };
    deepStrictEqual(outcome, {
      type: "done",
      answers: [true, true, true, ...Array(5).fill(undefined)],
      failures: [3, 4, 5, 6, 7].map((index) => [index, full]),
    });
    ask(database, { op: "delete", bucket: "b", key: "0" });
    ask(database, requests[7]!);
    deepStrictEqual(
      ask(database, { op: "list", bucket: "b" }),
      ["1", "2", "7"],
    );
    ok(Deno.statSync(path).size <= FILE_BYTES_MIN);
    database.close();
  });
});

Deno.test("run() answers the first of a group when the answers are large", async () => {
  await withDatabase((database) => {
    const place = { bucket: "b", key: "k" };
    const value = new Uint8Array(VALUE_BYTES_MAX);
    ask(database, { op: "set", ...place, value });
    const requests = Array(20).fill({ op: "get", ...place });
    const outcome = database.run({ requests, now: 0 });
    const count = ANSWERS_BYTES_MAX / VALUE_BYTES_MAX + 1;
    strictEqual(outcome.type === "done" && outcome.answers.length, count);
    const apart = database.run({ requests: [...requests, BROKEN], now: 0 });
    strictEqual(apart.type === "done" && apart.answers.length, count);
    const behind = [...requests.slice(0, count - 1), BROKEN, ...requests];
    const both = database.run({ requests: behind, now: 0 });
    strictEqual(both.type === "done" && both.answers.length, count + 1);
  });
});

Deno.test("run() lists so many bytes of names and no more", async () => {
  await withDatabase((database) => {
    const long = "x".repeat(1_000);
    const count = LISTING_BYTES_MAX / 1_000 + 1;
    const write = { op: "set", value: BYTES } as const;
    for (const name of ["bucket", "key"] as const) {
      const requests = Array.from({ length: count }, (_, nth) => ({
        ...{ ...write, bucket: "b", key: "k" },
        [name]: `${long}${nth}`,
      }));
      database.run({ requests, now: 0 });
    }
    const all = [{ op: "list", bucket: "b" }, { op: "buckets" }] as const;
    const outcome = database.run({ requests: all, now: 0 });
    const codes = outcome.type === "done" &&
      outcome.failures.map(([, { code }]) => code);
    deepStrictEqual(codes, ["tooLarge", "tooLarge"]);
    const page = ask(database, { op: "list", bucket: "b", limit: 2 });
    deepStrictEqual(page, [`${long}0`, `${long}1`]);
  });
});

Deno.test("run() removes what is past its time as fast as it comes", async () => {
  await withFile((path) => {
    const database = new StoreDatabase(path);
    const count = 10 * EXPIRED_PER_GROUP;
    for (let now = 0; now < 6; now++) {
      const requests = Array.from({ length: count }, (_, nth) => ({
        ...{ ...WRITE, key: `${now}/${nth}`, ttlMs: 1 },
      }));
      database.run({ requests, now });
    }
    database.close();
    const raw = new DatabaseSync(path);
    const row = raw.prepare("SELECT count(*) AS count FROM entries").get();
    raw.close();
    strictEqual(row?.count, count);
  });
});

Deno.test("run() says that the file is damaged, and goes on", async () => {
  await withFile(async (path) => {
    const writing = new StoreDatabase(path);
    const requests = Array.from({ length: 1_000 }, (_, nth) => ({
      ...{ ...WRITE, key: `${nth}`, value: new Uint8Array(100) },
    }));
    writing.run({ requests, now: 0 });
    writing.close();
    const bytes = await Deno.readFile(path);
    bytes.fill(0xff, 3 * 4_096);
    await Deno.writeFile(path, bytes);
    const database = new StoreDatabase(path);
    const read = { op: "list", bucket: "b" } as const;
    for (const request of [read, { ...WRITE, key: "new" }]) {
      const outcome = database.run({ requests: [request], now: 0 });
      const { code } = outcome.type === "failed"
        ? outcome
        : outcome.failures[0]![1];
      strictEqual(code, "corrupt");
    }
    database.close();
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
