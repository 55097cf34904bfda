import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
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
