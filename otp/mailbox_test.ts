import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { Envelope, messageIn } from "./envelope.ts";
import { Mailbox } from "./mailbox.ts";
import { collectGarbage, heapBytes } from "./testdata/gc.ts";

type Command =
  | { readonly type: "push"; readonly count: number }
  | { readonly type: "shift"; readonly count: number }
  | { readonly type: "take"; readonly odds: number; readonly from: number }
  | { readonly type: "clear" };

const FEW = fc.nat(4);
// Enough to have the taken ones cut off.
const MANY = fc.integer({ min: 1_000, max: 3_000 });
const COUNT = fc.oneof({ weight: 9, arbitrary: FEW }, MANY);

const COMMANDS: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant("push"), count: COUNT }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant("shift"), count: COUNT }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("take"),
        odds: fc.integer({ min: 1, max: 5 }),
        from: fc.nat(6),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ type: "clear" } as const) },
  ) as fc.Arbitrary<Command>,
  { maxLength: 60 },
);

Deno.test("Mailbox does what an array does", () => {
  fc.assert(fc.property(COMMANDS, (commands) => {
    const mailbox = new Mailbox();
    const model: number[] = [];
    let next = 0;
    for (const command of commands) {
      if (command.type === "push") {
        for (let count = 0; count < command.count; count++) {
          mailbox.push(next);
          model.push(next++);
        }
      } else perform(mailbox, model, command);
      strictEqual(mailbox.count, model.length);
    }
    deepStrictEqual(drained(mailbox), model);
  }));
});

function perform(
  mailbox: Mailbox,
  model: number[],
  command: Exclude<Command, { type: "push" }>,
): void {
  switch (command.type) {
    case "shift":
      for (let count = 0; count < command.count && model.length > 0; count++) {
        strictEqual(mailbox.shift(), model.shift());
      }
      return;
    case "take": {
      const { odds, from } = command;
      const index = mailbox.find(
        (message) => Number(message) % odds === 0,
        from,
      );
      const isMatch = (value: number, at: number) =>
        at >= from && value % odds === 0;
      strictEqual(index, model.findIndex(isMatch));
      if (index < 0) return;
      strictEqual(mailbox.take(index), model.splice(index, 1)[0]);
      return;
    }
    case "clear":
      mailbox.clear();
      model.length = 0;
  }
}

function drained(mailbox: Mailbox): unknown[] {
  return Array.from({ length: mailbox.count }, () => mailbox.shift());
}

Deno.test("take() leaves the others in their order at every index", () => {
  for (let index = 0; index < 9; index++) {
    const mailbox = filled(9);
    strictEqual(mailbox.take(index), index);
    const left = [...Array(9).keys()].filter((message) => message !== index);
    deepStrictEqual(drained(mailbox), left);
  }
});

function filled(count: number): Mailbox {
  const mailbox = new Mailbox();
  for (let message = 0; message < count; message++) mailbox.push(message);
  return mailbox;
}

Deno.test("find() looks at a message that arrives while it looks", () => {
  const mailbox = filled(1);
  const index = mailbox.find((message) => {
    if (message === 0) mailbox.push("late");
    return message === "late";
  }, 0);
  strictEqual(index, 1);
});

Deno.test("take() gives memory back when it never takes the oldest", async () => {
  const mailbox = filled(4);
  const before = await heapBytes();
  for (let count = 0; count < 1_000_000; count++) {
    mailbox.push(count);
    mailbox.take(1);
  }
  const grown = await heapBytes() - before;
  strictEqual(grown < 1_000_000, true, `${grown} bytes`);
  strictEqual(mailbox.count, 4);
});

// deno-fmt-ignore
const RELEASES: [string, (mailbox: Mailbox) => unknown][] = [
  ["shift()",      (mailbox) => mailbox.shift()],
  ["take()",       (mailbox) => mailbox.take(0)],
  ["take() later", (mailbox) => [mailbox.take(1), mailbox.take(0)]],
  ["clear()",      (mailbox) => mailbox.clear()],
];

for (const [name, release] of RELEASES) {
  Deno.test(`${name} lets go of the message`, async () => {
    const mailbox = new Mailbox();
    const message = pushed(mailbox);
    for (const other of [1, 2, 3]) mailbox.push(other);
    release(mailbox);
    await collectGarbage();
    strictEqual(message.deref(), undefined);
  });
}

function pushed(mailbox: Mailbox): WeakRef<object> {
  const message = {};
  mailbox.push(message);
  return new WeakRef(message);
}

/** What is done to a mailbox with priority messages and a stash. */
type Move =
  | { readonly type: "push" | "pushUrgent"; readonly isSystem: boolean }
  | { readonly type: "shift" | "stash" | "unstash" | "clear" }
  | { readonly type: "take"; readonly odds: number };

const MOVES: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constantFrom("push" as const, "pushUrgent" as const),
        isSystem: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constantFrom<"shift" | "stash" | "unstash">(
          "shift",
          "stash",
          "stash",
          "unstash",
        ),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("take" as const),
        odds: fc.integer({ min: 1, max: 4 }),
      }),
    },
    fc.record({ type: fc.constant("clear" as const) }),
  ) as fc.Arbitrary<Move>,
  { maxLength: 80 },
);

/** A mailbox with plain arrays. */
class Model {
  urgent: unknown[] = [];
  ordinary: unknown[] = [];
  stashed: unknown[] = [];

  get items(): unknown[] {
    return [...this.urgent, ...this.ordinary];
  }

  take(index: number): unknown {
    const { urgent, ordinary } = this;
    if (index < urgent.length) return urgent.splice(index, 1)[0];
    return ordinary.splice(index - urgent.length, 1)[0];
  }

  unstash(): number {
    const { length } = this.stashed;
    this.ordinary.unshift(...this.stashed);
    this.stashed = [];
    return length;
  }

  clear(): void {
    this.urgent = [];
    this.ordinary = [];
    this.stashed = [];
  }

  findShedable(): number {
    const index = this.ordinary.findIndex((item) => !isSystem(item));
    return index < 0 ? -1 : this.urgent.length + index;
  }
}

function isSystem(item: unknown): boolean {
  return item instanceof Envelope && item.isSystem;
}

Deno.test("Mailbox with priority messages and a stash does what arrays do", () => {
  fc.assert(
    fc.property(MOVES, (moves) => {
      const mailbox = new Mailbox();
      mailbox.hasEnvelopes = true;
      const model = new Model();
      moves.forEach((each, number) => {
        move(mailbox, model, each, number);
        strictEqual(mailbox.count, model.items.length);
        strictEqual(mailbox.depth, mailbox.count + model.stashed.length);
        strictEqual(mailbox.findShedable(), model.findShedable());
      });
      const seen = model.items.map((_, index) => mailbox.at(index));
      deepStrictEqual(seen, model.items);
      deepStrictEqual(drained(mailbox), model.items);
    }),
    { numRuns: 500 },
  );
});

function move(
  mailbox: Mailbox,
  model: Model,
  each: Move,
  number: number,
): unknown {
  const isEmpty = mailbox.count === 0;
  switch (each.type) {
    case "push":
    case "pushUrgent":
      return add(mailbox, model, each, number);
    case "shift":
      return isEmpty || strictEqual(mailbox.shift(), model.take(0));
    case "stash":
      return isEmpty || setAside(mailbox, model);
    case "unstash":
      return strictEqual(mailbox.unstash(), model.unstash());
    case "take":
      return takeMatch(mailbox, model, each.odds);
    case "clear":
      mailbox.clear();
      return model.clear();
  }
}

function setAside(mailbox: Mailbox, model: Model): void {
  mailbox.stash(mailbox.shift());
  model.stashed.push(model.take(0));
}

function add(
  mailbox: Mailbox,
  model: Model,
  { type, isSystem }: Extract<Move, { isSystem: boolean }>,
  number: number,
): void {
  const item = isSystem ? new Envelope(number, undefined, true) : number;
  if (type === "push") {
    mailbox.push(item);
    model.ordinary.push(item);
  } else {
    strictEqual(mailbox.pushUrgent(item), model.urgent.length);
    model.urgent.push(item);
  }
}

function takeMatch(mailbox: Mailbox, model: Model, odds: number): void {
  const isMatch = (message: unknown) => Number(message) % odds === 0;
  for (const from of [0, 1, 2]) {
    const index = model.items.findIndex((item, at) =>
      at >= from && isMatch(messageIn(item))
    );
    strictEqual(mailbox.find(isMatch, from), index);
    if (index >= 0) strictEqual(mailbox.take(index), model.take(index));
  }
}

const SIGNAL = new Envelope("signal", undefined, true);

// deno-fmt-ignore
const SHEDABLE: [string, (mailbox: Mailbox) => unknown, number][] = [
  ["nothing waits",             () => {},                                              -1],
  ["only signals wait",         (mailbox) => mailbox.push(SIGNAL),                     -1],
  ["only priority messages do", (mailbox) => mailbox.pushUrgent("urgent"),             -1],
  ["all is stashed",            (mailbox) => mailbox.stash("stashed"),                 -1],
  ["a message with metadata does", (mailbox) => mailbox.push(new Envelope("tagged", {})), 0],
  ["a message waits behind them", (mailbox) => {
    mailbox.pushUrgent("urgent");
    mailbox.push(SIGNAL);
    mailbox.push("message");
  }, 2],
];

for (const [what, fill, index] of SHEDABLE) {
  Deno.test(`findShedable() is ${index} when ${what}`, () => {
    const mailbox = new Mailbox();
    fill(mailbox);
    strictEqual(mailbox.findShedable(), index);
  });
}

Deno.test("trim() changes nothing that a receive sees, and empty mailboxes share nothing", () => {
  const [mailbox, other] = [new Mailbox(), new Mailbox()];
  mailbox.push("a");
  mailbox.trim();
  strictEqual(mailbox.shift(), "a");
  mailbox.trim();
  strictEqual(mailbox.depth, 0);
  mailbox.push("b");
  mailbox.stash("c");
  mailbox.clear();
  mailbox.stash("d");
  mailbox.unstash();
  strictEqual(mailbox.shift(), "d");
  strictEqual(mailbox.count, 0);
  strictEqual(other.count, 0);
});

// deno-fmt-ignore
const LATER: [string, (mailbox: Mailbox) => unknown][] = [
  ["clear() of priority messages", (mailbox) => [mailbox.pushUrgent(mailbox.shift()), mailbox.clear()]],
  ["clear() of the stash",         (mailbox) => [mailbox.stash(mailbox.shift()), mailbox.clear()]],
  ["unstash() and shift()",        (mailbox) => [mailbox.stash(mailbox.shift()), mailbox.unstash(), mailbox.shift()]],
  ["shift() of a priority message", (mailbox) => [mailbox.pushUrgent(mailbox.shift()), mailbox.shift()]],
];

for (const [name, release] of LATER) {
  Deno.test(`${name} lets go of the message`, async () => {
    const mailbox = new Mailbox();
    const message = pushed(mailbox);
    for (const other of [1, 2, 3]) mailbox.push(other);
    release(mailbox);
    await collectGarbage();
    strictEqual(message.deref(), undefined);
  });
}
