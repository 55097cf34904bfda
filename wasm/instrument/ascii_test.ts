import { strictEqual } from "node:assert";
import fc from "fast-check";

import { asciiText, isAscii } from "./ascii.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

// deno-fmt-ignore
const TEXTS: [name: string, text: string, isAscii: boolean][] = [
  ["nothing", "", true],
  ["a name", "wasi:io/streams@0.2.0", true],
  ["what is not printed", "\0\x7f", true],
  ["the first letter of two bytes", "a\x80", false],
  ["a letter of three bytes", "\ufeff", false],
  ["a letter of four bytes", "\u{1f600}", false],
];

for (const [name, text, expected] of TEXTS) {
  Deno.test(`isAscii() and asciiText() tell whether ${name} is ASCII`, () => {
    strictEqual(isAscii(text), expected);
    const read = asciiText(encoder.encode(text));
    strictEqual(read, expected ? text : undefined);
  });
}

Deno.test("asciiText() leaves what is long to a decoder", () => {
  strictEqual(asciiText(new Uint8Array(256).fill(97)), "a".repeat(256));
  strictEqual(asciiText(new Uint8Array(257).fill(97)), undefined);
});

Deno.test("Reader.name() and Writer.name() do what an encoder and a decoder do", () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
  fc.assert(fc.property(text, (text) => {
    const writer = new Writer();
    writer.name(text);
    const { bytes } = writer;
    const reader = new Reader({ id: undefined, offset: 0, bytes });
    strictEqual(reader.name(), decoder.decode(encoder.encode(text)));
    strictEqual(reader.isAtEnd, true);
  }));
});
