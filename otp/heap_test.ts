import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { type Deadline, Heap } from "./heap.ts";

const deadlines = fc.array(fc.nat(9)).map((dues) =>
  dues.map((dueMs, order) => ({ dueMs, order }))
);

function sorted(items: readonly Deadline[]): Deadline[] {
  return items.toSorted((one, other) =>
    one.dueMs - other.dueMs || one.order - other.order
  );
}

function drained(heap: Heap<Deadline>): Deadline[] {
  return Array.from({ length: heap.count }, () => {
    const { first } = heap;
    strictEqual(heap.shift(), first);
    return first!;
  });
}

Deno.test("shift() takes the earliest, of those due at once the first", () => {
  fc.assert(fc.property(deadlines, (items) => {
    const heap = new Heap<Deadline>();
    for (const item of items) heap.push(item);
    deepStrictEqual(drained(heap), sorted(items));
    strictEqual(heap.first, undefined);
  }));
});

Deno.test("keep() asks about the earliest first, and leaves a heap", () => {
  fc.assert(
    fc.property(deadlines, fc.nat(9), fc.nat(9), (items, kept, dueMs) => {
      const heap = new Heap<Deadline>();
      for (const item of items) heap.push(item);
      const asked: Deadline[] = [];
      heap.keep((item, index) => {
        strictEqual(index, asked.push(item) - 1);
        return index < kept;
      });
      deepStrictEqual(asked, sorted(items));
      const late = { dueMs, order: items.length };
      heap.push(late);
      deepStrictEqual(drained(heap), sorted([...asked.slice(0, kept), late]));
    }),
  );
});
