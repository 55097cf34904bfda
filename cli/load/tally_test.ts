import { deepStrictEqual, strictEqual } from "node:assert";
import { addTallies, ERRORS_MAX, OTHER_ERRORS, Tally } from "./tally.ts";

Deno.test("fail() keeps so many kinds of errors, and counts the others as one", () => {
  const tally = new Tally();
  for (let kind = 0; kind < ERRORS_MAX + 10; kind++) tally.fail(`kind ${kind}`);
  tally.fail("kind 0");
  const { errors } = tally.state();
  strictEqual(errors.size, ERRORS_MAX + 1);
  strictEqual(errors.get("kind 0"), 2);
  strictEqual(errors.get(OTHER_ERRORS), 10);
});

Deno.test("reset() forgets all but which connections are open", () => {
  const tally = new Tally();
  for (let count = 0; count < 3; count++) tally.opened();
  tally.closed();
  tally.answer(0, 0, 5);
  tally.event(3, 8);
  tally.begun(0, 1);
  tally.status(200);
  tally.fail("x");
  tally.sentBytes =
    tally.receivedBytes =
    tally.unsent =
    tally.reconnects =
      7;
  tally.reset();
  const fresh = new Tally();
  fresh.opened();
  fresh.opened();
  deepStrictEqual(tally.state(), { ...fresh.state(), connected: 0 });
});

Deno.test("addTallies() adds up what threads have counted", () => {
  const [a, b] = [new Tally(), new Tally()];
  a.opened();
  a.answer(0, 2, 10);
  a.status(200);
  a.fail("x");
  b.opened();
  b.opened();
  b.closed();
  b.answer(0, 0, 30);
  b.status(200);
  b.status(404);
  b.fail("x");
  b.fail("y");
  b.sentBytes = 5;
  const sum = addTallies([a.state(), b.state()]);
  strictEqual(sum.good, 2);
  deepStrictEqual([...sum.errors], [["x", 2], ["y", 1]]);
  deepStrictEqual([...sum.statuses], [[200, 2], [404, 1]]);
  deepStrictEqual([sum.connected, sum.open, sum.openMax], [3, 2, 3]);
  strictEqual(sum.sentBytes, 5);
  strictEqual(sum.lastAtMs, performance.timeOrigin + 30);
  deepStrictEqual([sum.latency.count, sum.latency.maxUs], [2, 30_000]);
  deepStrictEqual([sum.service.minUs, sum.service.maxUs], [8_000, 30_000]);
});

Deno.test("addTallies() is all zeros when there are none", () => {
  const { good, latency, lastAtMs } = addTallies([]);
  deepStrictEqual([good, latency.count, lastAtMs], [0, 0, 0]);
});
