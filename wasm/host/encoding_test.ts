import { deepStrictEqual, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import { DECODE_FATAL, DECODE_KEEP_BOM } from "../script/ops.ts";
import { decodeText, encodeText, encodingName } from "./encoding.ts";

for (
  const [label, name] of [["UTF8", "utf-8"], [" latin1 ", "windows-1252"], [
    "unicode",
    "utf-16le",
  ]] as const
) {
  Deno.test(`encodingName() gives ${name} for ${label}`, () =>
    strictEqual(encodingName(label), name));
}

Deno.test("encodingName() throws RangeError for an unknown label", () => {
  throws(() => encodingName("utf-42"), RangeError);
});

// deno-fmt-ignore
const DECODE = [
  // label       flags            bytes                     text
  ["utf-8",      0,               [0xe2, 0x82, 0xac],       "€"],
  ["utf-8",      0,               [0xe2, 0x82],             "\ufffd"],
  ["utf-8",      DECODE_FATAL,    [0x61],                   "a"],
  ["utf-8",      0,               [0xef, 0xbb, 0xbf, 0x61], "a"],
  ["utf-8",      DECODE_KEEP_BOM, [0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
  ["utf-16le",   0,               [0x61, 0x00],             "a"],
  ["shift_jis",  0,               [0x82, 0xa0],             "あ"],
] as const;

for (const [label, flags, bytes, text] of DECODE) {
  Deno.test(`decodeText() ${label} flags=${flags} ${bytes}`, () => {
    strictEqual(decodeText(label, flags, new Uint8Array(bytes)), text);
  });
}

Deno.test("decodeText() throws TypeError for malformed bytes when fatal", () => {
  throws(
    () => decodeText("utf-8", DECODE_FATAL, new Uint8Array([0xff])),
    TypeError,
  );
});

Deno.test("decodeText() throws RangeError for an unknown label", () => {
  throws(() => decodeText("utf-42", 0, new Uint8Array()), RangeError);
});

Deno.test("encodeText() replaces a lone surrogate", () => {
  deepStrictEqual([...encodeText("a\ud800")], [0x61, 0xef, 0xbf, 0xbd]);
});

Deno.test("decodeText() undoes encodeText()", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    strictEqual(decodeText("utf-8", DECODE_KEEP_BOM, encodeText(text)), text);
  }));
});
