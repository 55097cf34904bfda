import {
  deepStrictEqual,
  doesNotThrow,
  strictEqual,
  throws,
} from "node:assert";
import { NotGenerated } from "./generate.ts";
import { glueModule } from "./glue_text.ts";

async function glueOf(text: string) {
  const url = `data:text/javascript,${encodeURIComponent(glueModule(text))}`;
  return (await import(url)).default;
}

Deno.test("glueModule() hides from glue what it has no use for", async () => {
  const glue = await glueOf(`
    export const _util = {};
    export function instantiate() {
      return [
        typeof process, typeof Deno, typeof fetch, typeof postMessage, typeof self,
        Object.keys(globalThis), WebAssembly,
      ];
    }`);
  const unknown = "undefined";
  deepStrictEqual(glue({ WebAssembly: "ours" }).instantiate(), [
    ...[unknown, unknown, unknown, unknown, unknown],
    ...[["WebAssembly"], "ours"],
  ]);
});

Deno.test("glueModule() checks each round of loops that count", async () => {
  const glue = await glueOf(`
    export function instantiate() {
      const len1 = 3;
      var result1 = [];
      for (let i = 0; i < len1; i++) {
        result1.push(i);
      }
      for (var i = 0; i < result1.length; i++) { result1[i] = 0; }
      for (const each of result1) { each; }
    }`);
  let rounds = 0;
  glue({ check: () => rounds++ }).instantiate();
  strictEqual(rounds, 6);
});

const REFUSED = [
  'await import("node:fs")',
  "import ('node:fs')",
  "import/**/('node:fs')",
  'import fs from "node:fs";',
  ' import "node:fs";',
];

for (const text of REFUSED) {
  Deno.test(`glueModule() refuses ${text}`, () => {
    throws(() => glueModule(`function a() {\n${text}\n}`), NotGenerated);
  });
}

Deno.test("glueModule() lets pass comments on imports", () => {
  doesNotThrow(() =>
    glueModule("// import handlers\n// enter an import which")
  );
});
