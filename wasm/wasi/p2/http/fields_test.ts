import { deepStrictEqual, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import {
  CanonicalTrap,
  ComponentError,
} from "../../../component/canonical/mod.ts";
import { value } from "../testdata/http.ts";
import {
  type Field,
  FieldBudget,
  Fields,
  latin1,
  latin1Bytes,
} from "./fields.ts";
import { FIELD_OVERHEAD_BYTES, FIELDS_BYTES_MAX } from "./limits.ts";

const INVALID: readonly [name: string, value: string, tag: string][] = [
  ["", "v", "invalid-syntax"],
  ["a b", "v", "invalid-syntax"],
  ["a:", "v", "invalid-syntax"],
  ["ä", "v", "invalid-syntax"],
  ["a", "v\r\nb: c", "invalid-syntax"],
  ["a", "v\0", "invalid-syntax"],
  ["a", "\x7f", "invalid-syntax"],
  ["Connection", "close", "forbidden"],
  ["HOST", "x", "forbidden"],
  ["Transfer-Encoding", "chunked", "forbidden"],
  ["upgrade", "x", "forbidden"],
  ["keep-alive", "x", "forbidden"],
  ["proxy-authorization", "x", "forbidden"],
];

function refusal(work: () => unknown): unknown {
  let payload: unknown;
  throws(work, (error: ComponentError) => {
    payload = error.payload;
    return error instanceof ComponentError;
  });
  return payload;
}

for (const [name, text, tag] of INVALID) {
  Deno.test(`Fields refuses ${JSON.stringify(name)} of ${JSON.stringify(text)} as ${tag}`, () => {
    const budget = new FieldBudget();
    const entry: Field = [name, value(text)];
    const fields = Fields.create(budget);
    deepStrictEqual(refusal(() => Fields.fromList(budget, [entry])), { tag });
    deepStrictEqual(refusal(() => fields.append(...entry)), { tag });
    deepStrictEqual(refusal(() => fields.set(name, [entry[1]])), { tag });
    deepStrictEqual(fields.entries, []);
    strictEqual(budget.bytes, 0);
  });
}

Deno.test("Fields.set() and delete() refuse a name alone", () => {
  const fields = Fields.create(new FieldBudget());
  for (
    const [name, tag] of [["a b", "invalid-syntax"], ["host", "forbidden"]]
  ) {
    deepStrictEqual(refusal(() => fields.set(name!, [])), { tag });
    deepStrictEqual(refusal(() => fields.delete(name!)), { tag });
  }
});

Deno.test("Fields.get() and has() know no case, and nothing under what is no name", () => {
  const fields = Fields.fromList(new FieldBudget(), [
    ["Set-Cookie", value("a")],
    ["x", value("y")],
    ["set-cookie", value("b")],
  ]);
  deepStrictEqual(fields.get("SET-COOKIE"), [value("a"), value("b")]);
  strictEqual(fields.has("X"), true);
  strictEqual(fields.has("no name"), false);
  deepStrictEqual(fields.get("no name"), []);
});

Deno.test("Fields keeps order and case of what it was given", () => {
  const fields = Fields.fromList(new FieldBudget(), [
    ["B", value("1")],
    ["a", value("2")],
  ]);
  fields.append("b", value("3"));
  deepStrictEqual(fields.entries.map(([name]) => name), ["B", "a", "b"]);
  fields.set("b", [value("4"), value("5")]);
  deepStrictEqual(
    fields.entries.map(([name, each]) => `${name}${latin1(each)}`),
    ["a2", "b4", "b5"],
  );
});

Deno.test("Fields.received() leaves out what is the connection's", () => {
  const fields = Fields.received(new FieldBudget(), [
    ["Host", value("x")],
    ["a", value("b")],
    ["Connection", value("close")],
  ]);
  deepStrictEqual(fields.entries.map(([name]) => name), ["a"]);
});

Deno.test("Fields.receivedLater() is Fields.received() when it is looked at", () => {
  const entries = [["Host", value("x")], ["a", value("b")]] as const;
  const [budget, same] = [new FieldBudget(), new FieldBudget()];
  const received = Fields.received(same, entries);
  const fields = Fields.receivedLater(budget, () => entries);
  const view = fields.view();
  strictEqual(budget.bytes, 0);
  deepStrictEqual(view.entries, received.entries);
  deepStrictEqual(fields.entries, received.entries);
  strictEqual(budget.bytes, same.bytes);
  const tag = "immutable";
  deepStrictEqual(refusal(() => fields.set("a", [])), { tag });
  fields.drop();
  view.drop();
  strictEqual(budget.bytes, 0);
});

Deno.test("Fields.receivedLater() can be cloned, and dropped, unseen", () => {
  const budget = new FieldBudget();
  const make = () => [["a", value("b")]] as const;
  Fields.receivedLater(budget, make).drop();
  strictEqual(budget.bytes, 0);
  const fields = Fields.receivedLater(budget, make);
  const clone = fields.clone();
  deepStrictEqual(clone.entries, fields.entries);
  fields.drop();
  clone.drop();
  strictEqual(budget.bytes, 0);
});

Deno.test("Fields that cannot be changed answer immutable", () => {
  const fields = Fields.create(new FieldBudget()).view();
  const tag = "immutable";
  deepStrictEqual(refusal(() => fields.append("a", value("b"))), { tag });
  deepStrictEqual(refusal(() => fields.set("a", [])), { tag });
  deepStrictEqual(refusal(() => fields.delete("a")), { tag });
});

Deno.test("FieldBudget traps a process that holds too many", () => {
  const budget = new FieldBudget();
  const fields = Fields.create(budget);
  const large = new Uint8Array(FIELDS_BYTES_MAX / 2).fill(65);
  fields.append("a", large);
  throws(() => fields.append("a", large), CanonicalTrap);
  throws(() => fields.clone(), CanonicalTrap);
  const view = fields.view();
  fields.drop();
  strictEqual(budget.bytes > 0, true);
  view.drop();
  strictEqual(budget.bytes, 0);
});

Deno.test("FieldBudget counts what fields hold, whatever is done to them", () => {
  const name = fc.constantFrom("a", "A", "b", "cc");
  const bytes = fc.uint8Array({ max: 126, min: 33, maxLength: 9 });
  const step = fc.oneof(
    fc.record({ append: name, bytes }),
    fc.record({ set: name, values: fc.array(bytes, { maxLength: 3 }) }),
    fc.record({ delete: name }),
  );
  fc.assert(fc.property(fc.array(step), (steps) => {
    const budget = new FieldBudget();
    const fields = Fields.create(budget);
    for (const each of steps) {
      if ("append" in each) fields.append(each.append, each.bytes);
      else if ("set" in each) fields.set(each.set, each.values);
      else fields.delete(each.delete);
    }
    const bytesOf = ([key, each]: Field) =>
      key.length + each.length + FIELD_OVERHEAD_BYTES;
    strictEqual(
      budget.bytes,
      fields.entries.reduce((sum, entry) => sum + bytesOf(entry), 0),
    );
    fields.drop();
    strictEqual(budget.bytes, 0);
  }));
});

Deno.test("latin1() and latin1Bytes() are each other's inverse", () =>
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    deepStrictEqual(latin1Bytes(latin1(bytes)), bytes);
  })));
