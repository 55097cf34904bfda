import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { TestClock } from "../testdata/test_clock.ts";
import { type Deadline, Deadlines } from "./deadlines.ts";

/** Deletes itself when it expires, and remembers when. */
function once(deadlines: Deadlines, atMs: number, seen: number[]): Deadline {
  const deadline = {
    atMs,
    expire() {
      seen.push(deadlines.now());
      deadlines.delete(deadline);
    },
  };
  deadlines.add(deadline);
  return deadline;
}

Deno.test("Deadlines expire each one in time, and no earlier", () => {
  const clock = new TestClock();
  const deadlines = new Deadlines(clock, 80);
  const seen: number[] = [];
  for (let nth = 0; nth < 20; nth++) once(deadlines, 1_000, seen);
  clock.advance(999);
  deepStrictEqual(seen, []);
  clock.advance(81);
  strictEqual(seen.length, 20);
  ok(seen.every((ms) => ms >= 1_000 && ms <= 1_080));
});

Deno.test("Deadlines heed one that is set later and one that is set earlier", () => {
  const clock = new TestClock();
  const deadlines = new Deadlines(clock, 80);
  const seen: number[] = [];
  const deadline = once(deadlines, 100, seen);
  deadline.atMs = Infinity;
  clock.advance(10_000);
  deepStrictEqual(seen, []);
  deadline.atMs = 10_100;
  clock.advance(200);
  strictEqual(seen.length, 1);
});

Deno.test("Deadlines have one timer for all, and none without any", () => {
  const clock = new TestClock();
  const deadlines = new Deadlines(clock, 80);
  const all = Array.from({ length: 100 }, () => once(deadlines, 1e9, []));
  deepStrictEqual([deadlines.count, clock.timerCount], [100, 1]);
  clock.advance(1_000);
  strictEqual(clock.timerCount, 1);
  for (const deadline of all) deadlines.delete(deadline);
  for (const deadline of all) deadlines.delete(deadline);
  deepStrictEqual([deadlines.count, clock.timerCount], [0, 0]);
});

Deno.test("Deadlines.hasten() makes what waits be noticed sooner", () => {
  const clock = new TestClock();
  const deadlines = new Deadlines(clock, 8_000);
  const seen: number[] = [];
  once(deadlines, 10, seen);
  deadlines.hasten(40);
  clock.advance(50);
  strictEqual(seen.length, 1);
});

Deno.test("Deadlines call again for one that stays", () => {
  const clock = new TestClock();
  const deadlines = new Deadlines(clock, 80);
  let count = 0;
  const deadline = { atMs: 0, expire: () => void count++ };
  deadlines.add(deadline);
  deadlines.add(deadline);
  clock.advance(160);
  strictEqual(count, 2);
  deadlines.delete(deadline);
});
