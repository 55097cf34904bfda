import { deepStrictEqual, strictEqual, throws } from "node:assert";

import { type HostValue, OPS } from "../script/ops.ts";
import { bytes, optionalText, pureCall, text } from "./pure.ts";

// deno-fmt-ignore
const PURE: [op: keyof typeof OPS, args: HostValue[], value: HostValue][] = [
  ["encodingName", ["UTF8"], "utf-8"],
  ["decode", ["utf-8", 0, Uint8Array.of(0x68, 0x69)], "hi"],
  ["encode", ["hi"], Uint8Array.of(0x68, 0x69)],
];

for (const [op, args, value] of PURE) {
  Deno.test(`pureCall() does ${op}`, () => {
    deepStrictEqual(pureCall(OPS[op], args), { isPure: true, value });
  });
}

for (
  const [op, args] of [["urlParse", ["http://a.test/b"]], ["urlSet", [
    "http://a.test/",
    "pathname",
    "/b",
  ]]] as const
) {
  Deno.test(`pureCall() does ${op}`, () => {
    const answer = pureCall(OPS[op], [...args]);
    strictEqual(
      answer.isPure && JSON.parse(text(answer.value)).href,
      "http://a.test/b",
    );
  });
}

const IMPURE = Object.entries(OPS).filter(([name]) =>
  !/^(url|encod|decod)/.test(name)
);

for (const [name, op] of IMPURE) {
  Deno.test(`pureCall() leaves ${name} to others`, () => {
    deepStrictEqual(pureCall(op, []), { isPure: false });
  });
}

for (const value of [5, null, undefined, new Uint8Array(1)]) {
  Deno.test(`text() refuses ${value}`, () => {
    throws(() => text(value), TypeError);
  });
}

for (const value of [5, null, undefined, "text"]) {
  Deno.test(`bytes() refuses ${value}`, () => {
    throws(() => bytes(value), TypeError);
  });
}

Deno.test("optionalText() takes text, null and undefined for what they are", () => {
  deepStrictEqual(
    ["a", null, undefined].map(optionalText),
    ["a", undefined, undefined],
  );
  throws(() => optionalText(5), TypeError);
});
