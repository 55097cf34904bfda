import { ok, strictEqual } from "node:assert";
import { isComponent, objectionTo } from "./file_kind.ts";

function bytesOf(content: string | readonly number[]): Uint8Array {
  if (typeof content === "string") return new TextEncoder().encode(content);
  return new Uint8Array(content);
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d];

const KINDS: readonly (readonly [string | number[], string | undefined])[] = [
  [[...MAGIC, 1, 0, 0, 0], undefined],
  [[...MAGIC, 1, 0, 0, 0, 1, 4], undefined],
  [[...MAGIC, 2, 0, 0, 0], "WebAssembly of an unknown version (02 00 00 00)"],
  [[...MAGIC, 1], "WebAssembly of an unknown version (01)"],
  [MAGIC, "WebAssembly of an unknown version (cut off)"],
  ["", "an empty file"],
  ["(module)", "WebAssembly in text form"],
  ["  (component\n)", "WebAssembly in text form"],
  [";; a\n(; b\n;) (module (func))", "WebAssembly in text form"],
  ["(modulus)", "text"],
  ["export default 1;", "text"],
  ["é".repeat(2000), "text"],
  [`x${"é".repeat(2000)}`, "text"],
  [[0x7f, 0x45, 0x4c, 0x46, 2], "a native program"],
  [[0x1f, 0x8b, 8], "a compressed file"],
  [[0x50, 0x4b, 3, 4], "an archive"],
  [[0x00, 0x61, 0x73], "what is no WebAssembly"],
  [[0xff, 0xfe], "what is no WebAssembly"],
];

for (const [content, what] of KINDS) {
  const shown = JSON.stringify(content).slice(0, 40);
  Deno.test(`objectionTo() answers ${what ?? "nothing"} when given ${shown}`, () => {
    strictEqual(objectionTo(bytesOf(content))?.what, what);
  });
}

Deno.test("objectionTo() says how to go on when it can", () => {
  for (const content of ["text", "(module)", [0x7f, 0x45, 0x4c, 0x46]]) {
    ok(objectionTo(bytesOf(content))?.hints.length === 1);
  }
});

for (const piece of ["(;", "(;;)", ";;", ";;\n", " ", "\n"]) {
  Deno.test(`objectionTo() is quick when all is ${JSON.stringify(piece)}`, () => {
    const text = `${piece.repeat(1000)}x`;
    strictEqual(objectionTo(bytesOf(text))?.what, "text");
  });
}

Deno.test("objectionTo() has none to a component, and isComponent() knows it", () => {
  for (
    const [bytes, is] of [[[13, 0, 1, 0], true], [[14, 0, 1, 0, 7], true], [[
      1,
      0,
      0,
      0,
    ], false]] as const
  ) {
    const file = Uint8Array.from([...MAGIC, ...bytes]);
    strictEqual(objectionTo(file), undefined);
    strictEqual(isComponent(file), is);
  }
  strictEqual(isComponent(Uint8Array.of(1, 2, 3, 4, 13, 0, 1, 0)), false);
});
