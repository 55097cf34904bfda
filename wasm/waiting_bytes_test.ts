import { deepStrictEqual, strictEqual, throws } from "node:assert";

import { BUILT_IN_PROFILES } from "./capability.ts";
import {
  MEBIBYTE,
  MESSAGE_OVERHEAD_BYTES,
  SCHEDULER_WAITING_BYTES_MAX,
  WAITING_BYTES_MAX,
} from "./limits.ts";
import type { GuestMessage } from "./message.ts";
import { withEngine } from "./testdata/workers.ts";
import { WaitingBytes, WaitingTotal } from "./waiting_bytes.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const HALF = new Uint8Array(WAITING_BYTES_MAX / 2 - MESSAGE_OVERHEAD_BYTES);

Deno.test("tryAdd() refuses what is too much for a guest, until some is taken", () => {
  const waiting = new WaitingBytes(new WaitingTotal());
  deepStrictEqual([HALF, HALF, "", HALF].map((each) => waiting.tryAdd(each)), [
    ...[true, true, false, false],
  ]);
  waiting.remove(HALF);
  strictEqual(waiting.tryAdd(""), true);
  strictEqual(waiting.tryAdd(HALF), false);
});

Deno.test("tryAdd() lets one message wait that is larger than all that may wait, alone", () => {
  const waiting = new WaitingBytes(new WaitingTotal());
  const large = new Uint8Array(WAITING_BYTES_MAX + 1);
  strictEqual(waiting.tryAdd(large), true);
  strictEqual(waiting.tryAdd(""), false);
  waiting.remove(large);
  strictEqual(waiting.tryAdd(""), true);
  strictEqual(waiting.tryAdd(large), false);
});

Deno.test("add() bears twice what may wait, of one guest and of all, and refuses more", () => {
  const total = new WaitingTotal();
  const count = SCHEDULER_WAITING_BYTES_MAX / (WAITING_BYTES_MAX / 2) / 2;
  const all = Array.from({ length: count }, () => new WaitingBytes(total));
  for (const waiting of all) {
    for (let nth = 0; nth < 4; nth++) waiting.add(HALF);
    throws(() => waiting.add(""), /Cannot stash more than may wait/);
  }
  throws(
    () => new WaitingBytes(total).add(""),
    /Cannot stash more than may wait/,
  );
  all[0]!.clear();
  all[0]!.add(HALF);
});

Deno.test("tryAdd() refuses what is too much for the scheduler, until a guest has ended", () => {
  const total = new WaitingTotal();
  const count = SCHEDULER_WAITING_BYTES_MAX / (WAITING_BYTES_MAX / 2);
  const all = Array.from({ length: count }, () => new WaitingBytes(total));
  strictEqual(all.every((waiting) => waiting.tryAdd(HALF)), true);
  const one = new WaitingBytes(total);
  strictEqual(one.tryAdd(""), false);
  all[0]!.clear();
  deepStrictEqual([one.tryAdd(HALF), one.tryAdd("")], [true, false]);
});

// deno-fmt-ignore
const SIZES: [name: string, message: GuestMessage, bytes: number][] = [
  ["bytes", new Uint8Array(10), 10],
  ["text", "abc", 6],
  ["a request", { type: "request", from: "1", head: "ab", body: new Uint8Array(3) }, 7],
  ["a request without a body", { type: "request", from: "1", head: "ab", body: null }, 4],
  ["what no guest takes", 7 as never, 0],
];

for (const [name, message, bytes] of SIZES) {
  Deno.test(`add() counts ${name}, and remove() takes it back`, () => {
    const total = new WaitingTotal();
    const waiting = new WaitingBytes(total);
    waiting.add(message);
    strictEqual(total.bytes, bytes + MESSAGE_OVERHEAD_BYTES);
    waiting.remove(message);
    strictEqual(total.bytes, 0);
  });
}

Deno.test("A script that sends itself large messages is told when they are refused", async () => {
  const bundle = `exports.default = () => {
    const large = new Uint8Array(20e6);
    let count = 0;
    for (let i = 0; i < 10; i++) count += Number(Process.send(Process.self(), large));
    console.log(count);
    Process.receive();
    console.log(Number(Process.send(Process.self(), large)));
  }`;
  await withEngine({}, async ({ engine, lines, ends }) => {
    const component = await engine.load("c", bundle, SANDBOXED);
    strictEqual(await ends.of(engine.spawn(component, "run")), "normal");
    // 60 MB and no more are below 64 MiB.
    deepStrictEqual(lines, ["3", "1"]);
  });
});

/** A guest that never takes what it is sent. */
const DEAF = "exports.default = () => new Promise((r) => setTimeout(r, 1e6))";

Deno.test("Bytes that wait for a guest are bounded when they come from another thread, and each refusal is told", async () => {
  let refused = 0;
  const observer = { refused: () => void refused++ };
  await withEngine({ observer }, async ({ engine, runtime }) => {
    const component = await engine.load("deaf", DEAF, SANDBOXED);
    const to = engine.spawn(component, "run");
    const message = new Uint8Array(MEBIBYTE);
    const isSent = () => runtime.send(to, message);
    for (let count = 0; count < 100; count++) {
      while (!isSent()) await turn();
    }
    while (refused < 100 - 63) await turn();
    runtime.kill(to);
    strictEqual(refused, 100 - 63);
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
