import { strictEqual } from "node:assert";
import type { Value } from "./script.ts";
import { argumentOf, HostObjects, isExpected, type Result } from "./values.ts";

const objects = new HostObjects();

function bits(value: bigint): Result {
  return { type: "bits", bits: value };
}

function reference(value: unknown): Result {
  return { type: "reference", reference: value };
}

function lanes(...value: string[]): Value {
  return { type: "v128", lane_type: "f32", value };
}

// deno-fmt-ignore
const RESULTS: [result: Result, expected: Value, is: boolean][] = [
  [bits(0xffff_ffffn),            { type: "i32", value: "-1" },                  true],
  [bits(0xffff_ffffn),            { type: "i32", value: "4294967295" },          true],
  [bits(1n),                      { type: "i32", value: "2" },                   false],
  [bits(0x8000_0000n),            { type: "f32", value: "0" },                   false],
  [bits(0x7fc0_0000n),            { type: "f32", value: "nan:canonical" },       true],
  [bits(0xffc0_0000n),            { type: "f32", value: "nan:canonical" },       true],
  [bits(0x7fc0_0001n),            { type: "f32", value: "nan:canonical" },       false],
  [bits(0x7fc0_0001n),            { type: "f32", value: "nan:arithmetic" },      true],
  [bits(0x7fa0_0001n),            { type: "f32", value: "nan:arithmetic" },      false],
  [bits(0x7f80_0000n),            { type: "f32", value: "nan:arithmetic" },      false],
  [bits(0xfff8_0000_0000_0000n),  { type: "f64", value: "nan:canonical" },       true],
  [bits(0x7fc0_0000_0000_0000_0000_0001n), lanes("1", "0", "nan:canonical", "0"), true],
  [bits(0x7fc0_0000_0000_0000_0000_0001n), lanes("2", "0", "nan:canonical", "0"), false],
  [bits(2n),                      { type: "either", values: [{ type: "i32", value: "1" }, { type: "i32", value: "2" }] }, true],
  [bits(3n),                      { type: "either", values: [{ type: "i32", value: "1" }, { type: "i32", value: "2" }] }, false],
  [bits(3n),                      { type: "i32" },                               true],
  [reference(null),               { type: "externref", value: "null" },          true],
  [reference(null),               { type: "refnull" },                           true],
  [reference(null),               { type: "nullfuncref" },                       true],
  [reference(null),               { type: "externref" },                         false],
  [reference(objects.get("1")),   { type: "externref", value: "1" },             true],
  [reference(objects.get("1")),   { type: "externref", value: "2" },             false],
  [reference({}),                 { type: "anyref" },                            true],
  [reference(7),                  { type: "i31ref" },                            true],
  [reference({}),                 { type: "i31ref" },                            false],
  [reference({}),                 { type: "structref" },                         true],
  [reference(7),                  { type: "arrayref" },                          false],
  [reference(() => {}),           { type: "funcref" },                           true],
  [reference({}),                 { type: "funcref" },                           false],
];

for (const [result, expected, is] of RESULTS) {
  const name = result.type === "bits" ? result.bits : result.reference;
  Deno.test(`isExpected() is ${is} of ${String(name)} for ${JSON.stringify(expected)}`, () => {
    strictEqual(isExpected(result, expected, objects), is);
  });
}

// deno-fmt-ignore
const ARGUMENTS: [value: Value, given: unknown][] = [
  [{ type: "i32", value: "4294967295" },              0xffff_ffff],
  [{ type: "i64", value: "-1" },                      2n ** 64n - 1n],
  [{ type: "f32", value: "1065353216" },              1],
  [{ type: "f64", value: "13830554455654793216" },    -1],
  [{ type: "externref", value: "null" },              null],
  [{ type: "externref", value: "3" },                 objects.get("3")],
];

for (const [value, given] of ARGUMENTS) {
  Deno.test(`argumentOf() reads ${JSON.stringify(value)}`, () => {
    strictEqual(argumentOf(value, objects), given);
  });
}
