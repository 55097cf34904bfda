import { deepStrictEqual, strictEqual } from "node:assert";
import { asyncResource, type ValueType } from "../value_type.ts";
import { convert, holdsResources } from "./convert.ts";

const THING = { name: "thing" };
const OWN: ValueType = { kind: "own", resource: THING };
const BORROW: ValueType = { kind: "borrow", resource: THING };
const U8: ValueType = { kind: "u8" };
const STREAM: ValueType = {
  kind: "own",
  resource: asyncResource("stream<u8>"),
};

const VARIANT: ValueType = {
  kind: "variant",
  cases: [
    { name: "some-thing", type: OWN },
    { name: "number", type: U8 },
    { name: "nothing", type: undefined },
  ],
};

const ROWS: readonly (readonly [
  what: string,
  type: ValueType,
  value: unknown,
  converted: unknown,
])[] = [
  ["own", OWN, 1, "thing 1"],
  ["borrow", BORROW, 1, "thing 1"],
  ["a list", { kind: "list", element: OWN, length: undefined }, [1, 2], [
    "thing 1",
    "thing 2",
  ]],
  ["a tuple", { kind: "tuple", types: [U8, OWN] }, [1, 2], [1, "thing 2"]],
  [
    "a record",
    {
      kind: "record",
      fields: [{ name: "max-size", type: U8 }, { name: "of-it", type: OWN }],
    },
    { maxSize: 1, ofIt: 2 },
    { maxSize: 1, ofIt: "thing 2" },
  ],
  ["an option", { kind: "option", type: OWN }, 1, "thing 1"],
  ["no option", { kind: "option", type: OWN }, undefined, undefined],
  [
    "an option of an option",
    { kind: "option", type: { kind: "option", type: OWN } },
    { tag: "some", val: 1 },
    { tag: "some", val: "thing 1" },
  ],
  [
    "no option of an option",
    { kind: "option", type: { kind: "option", type: OWN } },
    { tag: "none" },
    { tag: "none" },
  ],
  ["a result", { kind: "result", ok: U8, error: OWN }, { tag: "ok", val: 1 }, {
    tag: "ok",
    val: 1,
  }],
  [
    "an error",
    { kind: "result", ok: U8, error: OWN },
    { tag: "err", val: 1 },
    { tag: "err", val: "thing 1" },
  ],
  ["a case", VARIANT, { tag: "some-thing", val: 1 }, {
    tag: "some-thing",
    val: "thing 1",
  }],
  ["another case", VARIANT, { tag: "number", val: 1 }, {
    tag: "number",
    val: 1,
  }],
  ["an empty case", VARIANT, { tag: "nothing" }, {
    tag: "nothing",
    val: undefined,
  }],
];

for (const [what, type, value, converted] of ROWS) {
  Deno.test(`convert() finds the resources in ${what}`, () => {
    strictEqual(holdsResources(type), true);
    deepStrictEqual(
      convert(type, value, ({ name }, each) => `${name} ${each}`),
      converted,
    );
  });
}

Deno.test("convert() leaves what holds no resources as it is", () => {
  const value = { tag: "ok", val: new Uint8Array(1) };
  const list: ValueType = { kind: "list", element: U8, length: undefined };
  for (
    const type of [
      undefined,
      STREAM,
      { kind: "result", ok: list, error: STREAM } as const,
    ]
  ) {
    strictEqual(convert(type, value, () => "converted"), value);
  }
});
