import { deepStrictEqual, ok, strictEqual } from "node:assert";

import { formatReason } from "@rusm/otp";
import { Ceilings } from "./ceilings.ts";
import { Epoch } from "./epoch.ts";
import { LocalScheduler, settle } from "./testdata/core/local_module.ts";

const UNIT = 65_536;

function ceilingsOf(
  maps: number,
  options: { bytes?: number; waitingMax?: number; waitMsMax?: number } = {},
): Ceilings {
  const { bytes = 100 * UNIT, waitingMax = 2, waitMsMax = 200 } = options;
  return new Ceilings({
    ...Ceilings.seed(),
    max: { maps, bytes },
    waitingMax,
    waitMsMax,
  });
}

Deno.test("tryReserve() takes all or nothing", () => {
  const ceilings = ceilingsOf(5, { bytes: 2 * UNIT });
  strictEqual(ceilings.tryReserve({ maps: 4, bytes: UNIT }), true);
  strictEqual(ceilings.tryReserve({ maps: 2, bytes: 0 }), false);
  strictEqual(ceilings.tryReserve({ maps: 1, bytes: 2 * UNIT }), false);
  deepStrictEqual(ceilings.taken, { maps: 4, bytes: UNIT });
  strictEqual(ceilings.tryReserve({ maps: 1, bytes: 1 }), true);
  ceilings.release({ maps: 1, bytes: 1 });
  deepStrictEqual(ceilings.taken, { maps: 4, bytes: UNIT });
});

Deno.test("Ceilings of one seed count together", () => {
  const one = ceilingsOf(5);
  const other = new Ceilings(one.seed);
  one.tryReserve({ maps: 4, bytes: 0 });
  strictEqual(other.tryReserve({ maps: 4, bytes: 0 }), false);
  strictEqual(other.isNear, true);
  one.release({ maps: 4, bytes: 0 });
  strictEqual(other.isNear, false);
});

Deno.test("reserve() waits in order, for a bounded time, with a bounded number", async () => {
  const ceilings = ceilingsOf(4);
  const cost = { maps: 4, bytes: 0 };
  ok(ceilings.tryReserve(cost));
  const seen: string[] = [];
  const note = (name: string) => (reserved: unknown) =>
    seen.push(`${name} ${reserved !== undefined}`);
  const first = ceilings.reserve(() => cost).then(note("first"));
  const second = ceilings.reserve(() => cost).then(note("second"));
  await ceilings.reserve(() => cost).then(note("third"));
  strictEqual(ceilings.waitingCount, 2);
  ceilings.release(cost);
  // Nobody passes who waits.
  strictEqual(ceilings.tryReserve({ maps: 1, bytes: 0 }), false);
  await first;
  await second;
  deepStrictEqual(seen, ["third false", "first true", "second false"]);
});

Deno.test("reserve() makes room by those who sit", async () => {
  const ceilings = ceilingsOf(4);
  const cost = { maps: 4, bytes: 0 };
  ok(ceilings.tryReserve(cost));
  ceilings.sit({ giveBack: () => ceilings.release(cost) });
  strictEqual(await ceilings.reserve(() => cost), cost);
});

Deno.test("a stack that no fiber uses counts until it is used or collected", async () => {
  const ceilings = ceilingsOf(4, { waitMsMax: 600 });
  const fiber = { maps: 2, bytes: 0 };
  ok(ceilings.tryReserve(fiber));
  ceilings.releaseFiber();
  strictEqual(ceilings.taken.maps, 2);
  ok(ceilings.tryReserve(fiber));
  strictEqual(ceilings.taken.maps, 2);
  ceilings.releaseFiber();
  // The second collection finds what the first one left.
  const impossible = () => ({ maps: 6, bytes: 0 });
  strictEqual(await ceilings.reserve(impossible), undefined);
  strictEqual(await ceilings.reserve(impossible), undefined);
  strictEqual(ceilings.taken.maps, 0);
});

Deno.test("a spawn past the ceiling ends by a limit, and one that waited gets in", async () => {
  const scheduler = new LocalScheduler(
    new Epoch(),
    ceilingsOf(8, { waitMsMax: 300 }),
  );
  const module = await scheduler.module(
    `(memory 1) (func (export "run") (drop (call $receive (i32.const 0) (i32.const 1))))`,
  );
  const handles = Array.from({ length: 5 }, () => module.spawn());
  // Two are in, two wait, one is refused.
  const refused =
    "limit system: Used more of the machine than all guests together may";
  strictEqual(formatReason(await handles[4]!.join()), refused);
  scheduler.runtime.send(handles[0]!.pid, "x");
  strictEqual(await handles[0]!.join(), "normal");
  // One of those who waited has its place, and the other has waited too long.
  strictEqual(formatReason(await handles[3]!.join()), refused);
  for (const index of [1, 2]) {
    scheduler.runtime.send(handles[index]!.pid, "x");
    strictEqual(await handles[index]!.join(), "normal");
  }
});

Deno.test("services give their instances back to those who spawn", async () => {
  const scheduler = new LocalScheduler(new Epoch(), ceilingsOf(12));
  const module = await scheduler.module(
    `(memory 1) (func (export "rusm_message") (result i32) (drop (call $receive (i32.const 0) (i32.const 1))) (i32.load8_u (i32.const 0)))`,
  );
  const handles = Array.from({ length: 50 }, () => module.spawn("service"));
  await settle();
  ok(module.pool.outCount <= 6, `${module.pool.outCount}`);
  for (const byte of [0, 1]) {
    for (const { pid } of handles) {
      scheduler.runtime.send(pid, Uint8Array.of(byte));
    }
    await settle();
  }
  for (const handle of handles) strictEqual(await handle.join(), "normal");
});

Deno.test("a guest that grows past the ceiling ends by a limit", async () => {
  const scheduler = new LocalScheduler(
    new Epoch(),
    ceilingsOf(100, { bytes: 4 * UNIT }),
  );
  const module = await scheduler.module(
    `(memory 1 100) (func (export "run") (drop (memory.grow (i32.const 4))) (drop (call $receive (i32.const 0) (i32.const 1))))`,
  );
  strictEqual(
    formatReason(await module.run()),
    "limit system: Used more of the machine than all guests together may",
  );
  strictEqual(module.pool.outCount, 0);
});

/** How a crowd of guests ended, in an OS process of its own. */
async function crowd(
  name: string,
  count: number,
): Promise<{ ends: Record<string, number>; after: string }> {
  const script = new URL("./testdata/core/crowd.ts", import.meta.url).href;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, name, `${count}`],
    signal: AbortSignal.timeout(60_000),
  });
  const { success, stdout, stderr } = await command.output();
  ok(success, new TextDecoder().decode(stderr).slice(0, 2_000));
  return JSON.parse(new TextDecoder().decode(stdout));
}

// deno-fmt-ignore
const CROWDS: [name: string, count: number][] = [
  ["parked", 40_000],
  ["fixed", 40_000],
  ["quick", 100_000],
  ["growing", 1_000],
  ["touching", 40],
  ["growingAndParked", 1_000],
];

for (const [name, count] of CROWDS) {
  Deno.test(`${count} guests (${name}) do not abort the OS process`, async () => {
    const { ends, after } = await crowd(name, count);
    const { parked, ...reasons } = ends;
    ok(parked! >= 0);
    strictEqual(
      Object.values(reasons).reduce((sum, each) => sum + each, 0),
      count,
    );
    const known = Object.keys(reasons).every((reason) =>
      reason === "normal" || reason.startsWith("limit system: ")
    );
    ok(known, JSON.stringify(ends));
    strictEqual(after, "normal");
  });
}
