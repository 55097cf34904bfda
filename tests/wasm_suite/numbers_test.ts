import { deepStrictEqual, strictEqual } from "node:assert";
import { assemble } from "../../wasm/instrument/testdata/text.ts";
import {
  bitsOf,
  callWithBits,
  joinLanes,
  type NumberType,
  splitLanes,
} from "./numbers.ts";

// deno-fmt-ignore
const SAME_BITS: [type: NumberType, bits: bigint][] = [
  ["i32", 0xffff_fffen],
  ["i64", 0x8000_0000_0000_0001n],
  ["f32", 0x7fa0_0001n],            // A signaling NaN.
  ["f64", 0xfff4_0000_0000_0001n],
  ["v128", 0x0123_4567_89ab_cdef_7ff4_0000_0000_0003n],
];

for (const [type, bits] of SAME_BITS) {
  Deno.test(`callWithBits() keeps each bit of ${type}`, async () => {
    const same = await functionOf(
      `(param ${type}) (result ${type}) (local.get 0)`,
    );
    const signature = { params: [type], results: [type] };
    deepStrictEqual(callWithBits(same, signature, [bits]), [bits]);
  });
}

Deno.test("callWithBits() keeps the order of many arguments and results", async () => {
  const count = 70;
  const types = Array.from({ length: count }, (): NumberType => "i32");
  const text = types.map((_, index) => `(local.get ${count - 1 - index})`);
  const reverse = await functionOf(
    `(param ${types.join(" ")}) (result ${types.join(" ")}) ${text.join("")}`,
  );
  const args = types.map((_, index) => BigInt(index));
  const signature = { params: types, results: types };
  deepStrictEqual(callWithBits(reverse, signature, args), args.toReversed());
});

Deno.test("callWithBits() is undefined for a function of another signature", async () => {
  const nothing = await functionOf("");
  const signature = { params: [], results: ["i32"] } as const;
  strictEqual(callWithBits(nothing, signature, []), undefined);
});

Deno.test("bitsOf() joins lanes, the first one lowest, and takes the sign off", () => {
  const value = ["1", "-1", "0", "2147483648"];
  const vector = bitsOf({ type: "v128", lane_type: "i32", value });
  strictEqual(vector, 0x8000_0000_0000_0000_ffff_ffff_0000_0001n);
  strictEqual(bitsOf({ type: "i32", value: "-2" }), 0xffff_fffen);
});

for (const type of ["i8", "i16", "i32", "i64", "f32", "f64"]) {
  Deno.test(`splitLanes() takes apart what joinLanes() joined of ${type}`, () => {
    const vector = 0xfedc_ba98_7654_3210_0123_4567_89ab_cdefn;
    strictEqual(joinLanes(type, splitLanes(type, vector)), vector);
  });
}

async function functionOf(text: string): Promise<CallableFunction> {
  const bytes = await assemble(`(module (func (export "f") ${text}))`);
  const { instance } = await WebAssembly.instantiate(bytes);
  return instance.exports["f"] as CallableFunction;
}
