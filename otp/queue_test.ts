import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { Queue } from "./queue.ts";
import { collectGarbage, heapBytes } from "./testdata/gc.ts";

type Command =
  | { readonly type: "push" | "unshift" | "shift"; readonly count: number }
  | { readonly type: "take"; readonly at: number }
  | { readonly type: "find"; readonly at: number; readonly of: number }
  | { readonly type: "clear" };

// Enough to grow, and to have the slots of a flood given up.
const COUNT = fc.oneof(
  { weight: 9, arbitrary: fc.nat(6) },
  fc.integer({ min: 600, max: 5_000 }),
);

const COMMANDS: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constantFrom("push" as const, "unshift" as const),
        count: COUNT,
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant("shift" as const),
        count: COUNT,
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant("take" as const),
        at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("find" as const),
        at: fc.double({ min: 0, max: 1.1, noNaN: true }),
        of: fc.constantFrom(2, 13, 997),
      }),
    },
    fc.record({ type: fc.constant("clear" as const) }),
  ) as fc.Arbitrary<Command>,
  { maxLength: 60 },
);

Deno.test("Queue does what an array does", () => {
  fc.assert(
    fc.property(COMMANDS, (commands) => {
      const queue = new Queue<number | undefined>();
      const model: (number | undefined)[] = [];
      let next = 0;
      for (const command of commands) {
        if (command.type === "push" || command.type === "unshift") {
          for (let count = 0; count < command.count; count++, next++) {
            const item = next % 7 === 0 ? undefined : next;
            queue[command.type](item);
            model[command.type](item);
          }
        } else perform(queue, model, command);
        strictEqual(queue.count, model.length);
      }
      const seen = model.map((_, index) => queue.at(index));
      deepStrictEqual(seen, model);
      deepStrictEqual(drained(queue), model);
    }),
    { numRuns: 500 },
  );
});

function perform(
  queue: Queue<number | undefined>,
  model: (number | undefined)[],
  command: Command,
): void {
  switch (command.type) {
    case "shift":
      for (let count = 0; count < command.count && model.length > 0; count++) {
        strictEqual(queue.shift(), model.shift());
      }
      return;
    case "take": {
      if (model.length === 0) return;
      const index = Math.floor(command.at * model.length);
      strictEqual(queue.take(index), model.splice(index, 1)[0]);
      return;
    }
    case "find": {
      const from = Math.floor(command.at * model.length);
      const isWanted = (item: number | undefined) =>
        Number(item) % command.of === 0;
      const index = model.findIndex((item, at) => at >= from && isWanted(item));
      return strictEqual(queue.findIndex(isWanted, from), index);
    }
    case "clear":
      queue.clear();
      model.length = 0;
  }
}

function drained<Item>(queue: Queue<Item>): Item[] {
  return Array.from({ length: queue.count }, () => queue.shift());
}

Deno.test("findIndex() looks at what is added while it looks", () => {
  for (let count = 1; count <= 16; count++) {
    for (let shifts = 0; shifts <= count; shifts++) {
      addWhileLooking(count, shifts);
    }
  }
});

function addWhileLooking(count: number, shifts: number): void {
  const queue = new Queue<number>();
  for (let item = 0; item <= count; item++) queue.push(item);
  for (let item = 0; item < shifts; item++) queue.shift();
  const seen: number[] = [];
  queue.findIndex((item) => {
    // What looks without end must fail.
    if (seen.push(item) > 2 * count + 2) throw new RangeError("endless");
    if (item === count) queue.push(count + 1);
    return item === count + 1;
  }, 0);
  const length = count + 2 - shifts;
  deepStrictEqual(seen, Array.from({ length }, (_, at) => shifts + at));
}

// Each number of items in 8 slots, from each of the slots on.
for (let count = 1; count <= 8; count++) {
  Deno.test(`take() of ${count} leaves the others in their order, wherever they begin`, () => {
    for (let begin = -8; begin < 8; begin++) {
      for (let index = 0; index < count; index++) {
        const queue = rotated(begin);
        const model = [...Array(count).keys()];
        for (const item of model) queue.push(item);
        strictEqual(queue.take(index), model.splice(index, 1)[0]);
        queue.unshift(-1);
        queue.push(count);
        deepStrictEqual(drained(queue), [-1, ...model, count]);
      }
    }
  });
}

/** An empty queue of 8 slots that were used before. */
function rotated(begin: number): Queue<number> {
  const queue = new Queue<number>();
  for (let item = 0; item < 8; item++) queue.push(item);
  for (let item = 0; item < 8; item++) queue.shift();
  for (let at = 0; at < begin; at++) {
    queue.push(at);
    queue.shift();
  }
  if (begin >= 0) return queue;
  queue.push(0);
  for (let at = begin; at <= 0; at++) {
    queue.unshift(at);
    queue.take(1);
  }
  queue.shift();
  return queue;
}

// deno-fmt-ignore
const RELEASES: [string, (queue: Queue<object>) => unknown][] = [
  ["shift()",                  (queue) => queue.shift()],
  ["take() from the front",    (queue) => queue.take(0)],
  ["take() once it is last",   (queue) => { queue.unshift(queue.take(2)); queue.take(1); }],
  ["clear()",                  (queue) => queue.clear()],
  ["growing and shift()",      (queue) => { for (let i = 0; i < 9; i++) queue.push({}); queue.shift(); }],
];

for (const [what, release] of RELEASES) {
  Deno.test(`Queue lets go of an item at ${what}`, async () => {
    const queue = new Queue<object>();
    const item = pushed(queue);
    queue.push({});
    queue.push({});
    release(queue);
    await collectGarbage();
    strictEqual(item.deref(), undefined);
    strictEqual(queue.count >= 0, true);
  });
}

function pushed(queue: Queue<object>): WeakRef<object> {
  const item = {};
  queue.push(item);
  return new WeakRef(item);
}

// deno-fmt-ignore
const DRAINS: [string, (queue: Queue<number>) => unknown][] = [
  ["shift()",                 (queue) => queue.shift()],
  ["take() of the newest",    (queue) => queue.take(queue.count - 1)],
];

for (const [what, drain] of DRAINS) {
  Deno.test(`Queue gives the slots of a flood back when ${what} empties it`, async () => {
    const before = await heapBytes();
    const queue = new Queue<number>();
    for (let item = 0; item < 1_000_000; item++) queue.push(item);
    while (queue.count > 0) drain(queue);
    const held = await heapBytes() - before;
    strictEqual(held < 1_000_000, true, `${held} bytes`);
    queue.push(7);
    deepStrictEqual(drained(queue), [7]);
  });
}

Deno.test("Queue with a few items runs on for ever in the slots it has", async () => {
  const queue = new Queue<number>();
  for (let item = 0; item < 3; item++) queue.push(item);
  const before = await heapBytes();
  for (let item = 3; item < 1_000_000; item++) {
    queue.push(item);
    if (queue.shift() !== item - 3) throw new Error(`lost ${item - 3}`);
  }
  const grown = await heapBytes() - before;
  strictEqual(grown < 100_000, true, `${grown} bytes`);
});
