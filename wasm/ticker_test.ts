import { ok, strictEqual } from "node:assert";

import { Epoch } from "./epoch.ts";
import { Ticker } from "./ticker.ts";

Deno.test("tick() moves an epoch by one, for all who share its memory, and wraps around", () => {
  const epoch = new Epoch();
  const other = new Epoch(epoch.memory, epoch.periodMs);
  new Int32Array(epoch.memory.buffer)[0] = 2 ** 31 - 1;
  epoch.tick();
  strictEqual(other.now(), -(2 ** 31));
});

Deno.test("Ticker moves its epoch on while this thread is busy, until it is closed", async () => {
  const ticker = new Ticker(1);
  const { epoch } = ticker;
  while (epoch.now() === 0) await new Promise((resolve) => setTimeout(resolve));
  const from = epoch.now();
  const deadlineMs = performance.now() + 5_000;
  while (epoch.now() - from < 5) ok(performance.now() < deadlineMs);
  ticker.close();
  ticker.close();
  const closed = epoch.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  ok(epoch.now() - closed <= 1);
});

Deno.test("halt() is seen by all who share the memory of an epoch, and leaves its time alone", () => {
  const epoch = new Epoch();
  const other = new Epoch(epoch.memory);
  epoch.tick();
  strictEqual(other.isHalted, false);
  epoch.halt();
  strictEqual(other.isHalted, true);
  strictEqual(other.now(), 1);
});
