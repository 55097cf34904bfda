import { deepStrictEqual, strictEqual } from "node:assert";
import { DatabaseSync } from "node:sqlite";
import { StoreDatabase } from "./database.ts";
import {
  DIRECT_READ_MS_MAX,
  DIRECT_REST_MS,
  DIRECT_VALUE_BYTES_MAX,
} from "./limits.ts";
import { SnapshotReader } from "./snapshot_reader.ts";

const PLACE = { bucket: "b", key: "k" };
const NOTHING = { value: undefined };

interface Opened {
  readonly path: string;
  /** Writes as the thread with the file does. */
  set(value: Uint8Array, ttlMs?: number): void;
}

async function withReader(
  run: (reader: SnapshotReader, opened: Opened) => unknown,
  nowMs?: () => number,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/store.db`;
  const database = new StoreDatabase(path);
  const reader = new SnapshotReader(path, nowMs);
  const set = (value: Uint8Array, ttlMs?: number) => {
    const expiry = ttlMs === undefined ? {} : { ttlMs };
    const write = { op: "set", ...PLACE, value, ...expiry } as const;
    database.run({ requests: [write], now: 0 });
  };
  try {
    await run(reader, { path, set });
  } finally {
    reader.close();
    database.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("read() sees what was committed when the turn began, and then what was since", async () => {
  await withReader(async (reader, { set }) => {
    deepStrictEqual(reader.read(PLACE, 0), NOTHING);
    set(Uint8Array.of(1));
    deepStrictEqual(reader.read(PLACE, 0), NOTHING);
    await Promise.resolve();
    deepStrictEqual(reader.read(PLACE, 0), { value: Uint8Array.of(1) });
    set(Uint8Array.of(2));
    reader.end();
    deepStrictEqual(reader.read(PLACE, 0), { value: Uint8Array.of(2) });
  });
});

Deno.test("read() sees no value past its time", async () => {
  await withReader((reader, { set }) => {
    set(Uint8Array.of(1), 10);
    deepStrictEqual(reader.read(PLACE, 9), { value: Uint8Array.of(1) });
    deepStrictEqual(reader.read(PLACE, 10), NOTHING);
  });
});

Deno.test("read() leaves large values to others", async () => {
  await withReader((reader, { set }) => {
    const value = new Uint8Array(DIRECT_VALUE_BYTES_MAX);
    set(value);
    deepStrictEqual(reader.read(PLACE, 0), { value });
    reader.end();
    set(new Uint8Array(DIRECT_VALUE_BYTES_MAX + 1));
    strictEqual(reader.read(PLACE, 0), undefined);
  });
});

Deno.test("read() leaves all to others for a while when the disk is slow", async () => {
  let nowMs = 0;
  let readMs = 0;
  const clock = () => nowMs += readMs;
  await withReader((reader) => {
    const reads = (count: number) =>
      Array.from({ length: count }, () => reader.read(PLACE, 0) !== undefined);
    deepStrictEqual(reads(1_000).includes(false), false);
    readMs = DIRECT_READ_MS_MAX + 1;
    deepStrictEqual(reads(4), [true, true, true, false]);
    readMs = 0;
    deepStrictEqual(reads(2), [false, false]);
    nowMs += DIRECT_REST_MS;
    deepStrictEqual(reads(2), [true, true]);
  }, clock);
});

Deno.test("read() goes on when a read is slow now and then", async () => {
  let nowMs = 0;
  let count = 0;
  const clock = () => nowMs += count++ % 40 === 1 ? 50 : 0;
  await withReader((reader) => {
    for (let left = 1_000; left > 0; left--) {
      deepStrictEqual(reader.read(PLACE, 0), NOTHING);
    }
  }, clock);
});

Deno.test("read() leaves a damaged page to others, and reads again after a while", async () => {
  let nowMs = 0;
  await withReader(async (reader, { path, set }) => {
    const copy = `${path}.copy`;
    set(new Uint8Array(20_000));
    reader.close();
    const whole = new SnapshotReader(path);
    strictEqual(whole.read(PLACE, 0)?.value?.length, 20_000);
    whole.close();
    const from = new DatabaseSync(path);
    from.exec(`VACUUM INTO '${copy}'`);
    from.close();
    const bytes = await Deno.readFile(copy);
    await Deno.writeFile(copy, bytes.slice().fill(0xff, 4_096));
    const damaged = new SnapshotReader(copy, () => nowMs);
    strictEqual(damaged.read(PLACE, 0), undefined);
    await Deno.writeFile(copy, bytes);
    strictEqual(damaged.read(PLACE, 0), undefined);
    nowMs += DIRECT_REST_MS;
    strictEqual(damaged.read(PLACE, 0)?.value?.length, 20_000);
    damaged.close();
  });
});

Deno.test("read() leaves a file that is no database, gone or closed to others", async () => {
  await withReader(async (reader, { path, set }) => {
    set(Uint8Array.of(1));
    const missing = new SnapshotReader(`${path}.none`);
    strictEqual(missing.read(PLACE, 0), undefined);
    missing.close();
    const other = await Deno.makeTempFile();
    await Deno.writeTextFile(other, "no database at all".repeat(99));
    const foreign = new SnapshotReader(other);
    strictEqual(foreign.read(PLACE, 0), undefined);
    foreign.close();
    await Deno.remove(other);
    reader.close();
    strictEqual(reader.read(PLACE, 0), undefined);
  });
});
