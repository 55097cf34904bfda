import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { type Entry, Lane } from "./lane.ts";

function lane(pace = { resumesMs: 0 }): Lane {
  return new Lane(0, pace, () => {});
}

/** Runs all that is left. */
function drain(lane: Lane): void {
  while (lane.count > 0) lane.take()();
}

const actions = fc.array(
  fc.oneof(
    fc.record({ add: fc.nat(9) }),
    fc.record({ cancel: fc.nat(99) }),
    fc.constant({ take: true }),
  ),
  { maxLength: 200 },
);

Deno.test("Lane runs what was added and not cancelled, in order", () => {
  fc.assert(fc.property(actions, (run) => {
    const tested = lane();
    const entries: Entry[] = [];
    let waiting: Entry[] = [];
    const ran: Entry[] = [];
    const expected: Entry[] = [];
    for (const action of run) {
      if ("add" in action) {
        const entry = tested.add(action.add, () => ran.push(entry));
        entries.push(entry);
        waiting.push(entry);
        waiting.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
      } else if ("cancel" in action && entries.length > 0) {
        const entry = entries[action.cancel % entries.length]!;
        tested.cancel(entry);
        waiting = waiting.filter((each) => each !== entry);
      } else if (waiting.length > 0) {
        tested.take()();
        expected.push(waiting.shift()!);
      }
      strictEqual(tested.count, waiting.length);
      strictEqual(tested.dueMs, waiting[0]?.dueMs ?? Infinity);
    }
    drain(tested);
    deepStrictEqual(ran, [...expected, ...waiting]);
  }));
});

Deno.test("dueMs is no sooner than the pace allows", () => {
  const pace = { resumesMs: 5 };
  const slow = lane(pace);
  slow.add(3, () => {});
  strictEqual(slow.dueMs, 5);
  pace.resumesMs = 2;
  strictEqual(slow.dueMs, 3);
});

Deno.test("truncate() keeps the first, and says when the last is due", () => {
  const ran: number[] = [];
  const cut = lane();
  const entries = [4, 1, 3, 2].map((dueMs) =>
    cut.add(dueMs, () => ran.push(dueMs))
  );
  cut.cancel(entries[1]!);
  strictEqual(cut.truncate(2), 3);
  cut.cancel(entries[0]!);
  strictEqual(cut.count, 2);
  drain(cut);
  deepStrictEqual(ran, [2, 3]);
  strictEqual(cut.truncate(1), 0);
});

Deno.test("close() drops what waits and what is added later", () => {
  const closed = lane();
  const before = closed.add(1, () => {});
  closed.close();
  const after = closed.add(1, () => {});
  closed.cancel(before);
  closed.cancel(after);
  strictEqual(closed.count, 0);
  strictEqual(closed.dueMs, Infinity);
});
