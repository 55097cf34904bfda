import { deepStrictEqual, strictEqual, throws } from "node:assert";
import type { ValueType } from "../../wasm/component/value_type.ts";
import { textOf, valueOf } from "./values.ts";

const U8: ValueType = { kind: "u8" };
const STRING: ValueType = { kind: "string" };
const OPTION: ValueType = { kind: "option", type: U8 };
const one = { type: "u8", value: "1" };

// deno-fmt-ignore
const ROWS: [type: ValueType, value: unknown, held: unknown, text: string][] = [
  [{ kind: "bool" }, true, true, "true"],
  [{ kind: "char" }, "⛳", "⛳", `"⛳"`],
  [STRING, "a", "a", `"a"`],
  [{ kind: "enum", names: ["a", "b"] }, "b", "b", `"b"`],
  [U8, "7", 7, "7"],
  [{ kind: "s16" }, "-7", -7, "-7"],
  [{ kind: "s64" }, "-9223372036854775808", -(2n ** 63n), `"-9223372036854775808"`],
  [{ kind: "u64" }, "18446744073709551615", 2n ** 64n - 1n, `"18446744073709551615"`],
  [{ kind: "f32" }, "1065353216", 1, "1"],
  [{ kind: "f32" }, "2147483648", -0, `"0"`],
  [{ kind: "f64" }, "9221120237041090560", NaN, `"NaN"`],
  [{ kind: "list", element: U8, length: undefined }, [one, one], [1, 1], "[1,1]"],
  [{ kind: "tuple", types: [U8, STRING] }, [one, { type: "string", value: "x" }], [1, "x"], `[1,"x"]`],
  [{ kind: "record", fields: [{ name: "max-size", type: U8 }] }, [["max-size", one]], { maxSize: 1 }, `{"maxSize":1}`],
  [{ kind: "flags", names: ["a", "b-c"] }, ["b-c"], { a: false, bC: true }, `{"a":false,"bC":true}`],
  [{ kind: "variant", cases: [{ name: "n", type: U8 }] }, { case: "n", payload: one }, { tag: "n", val: 1 }, `{"tag":"n","val":1}`],
  [{ kind: "variant", cases: [{ name: "n", type: undefined }] }, { case: "n" }, { tag: "n", val: undefined }, `{"tag":"n"}`],
  [OPTION, one, 1, "1"],
  [OPTION, null, undefined, "nothing"],
  [{ kind: "option", type: OPTION }, null, { tag: "none" }, `{"tag":"none"}`],
  [{ kind: "option", type: OPTION }, { type: "option", value: null }, { tag: "some", val: undefined }, `{"tag":"some"}`],
  [{ kind: "result", ok: U8, error: STRING }, { Ok: one }, { tag: "ok", val: 1 }, `{"tag":"ok","val":1}`],
  [{ kind: "result", ok: U8, error: STRING }, { Err: { type: "string", value: "e" } }, { tag: "err", val: "e" }, `{"tag":"err","val":"e"}`],
  [{ kind: "result", ok: undefined, error: undefined }, { Ok: null }, { tag: "ok", val: undefined }, `{"tag":"ok"}`],
];

for (const [type, value, held, text] of ROWS) {
  const written = { type: type.kind, value };
  Deno.test(`valueOf() gives what JavaScript holds for ${JSON.stringify(written)}`, () => {
    deepStrictEqual(valueOf(type, written), held);
    strictEqual(textOf(held), text);
  });
}

Deno.test("valueOf() refuses values of other types, and resources", () => {
  const resource = { name: "r" };
  throws(() => valueOf(STRING, one), /Cannot take a u8 as what is a string/);
  throws(
    () => valueOf({ kind: "own", resource }, { type: "own" }),
    /Cannot write a resource/,
  );
});

Deno.test("textOf() is the same for the same values", () => {
  strictEqual(textOf(Uint8Array.of(1, 2)), textOf([1, 2]));
  strictEqual(textOf({ a: 1n }), textOf({ a: 1n }));
});
