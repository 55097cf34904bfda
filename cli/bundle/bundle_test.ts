import { deepStrictEqual, match, strictEqual } from "node:assert";
import { filesBelow, withDirectory } from "../testdata/recorder.ts";
import { bundle, type Bundling } from "./bundle.ts";

async function bundleFiles(
  files: Readonly<Record<string, string>>,
): Promise<Bundling> {
  let bundling: Bundling | undefined;
  await withDirectory(files, async (directory) => {
    bundling = await bundle({
      entry: `${directory}/index.ts`,
      artifact: `${directory}/wasm/api.js`,
    });
    deepStrictEqual(await filesBelow(directory), Object.keys(files).sort());
  });
  return bundling!;
}

Deno.test("bundle() makes one text of a component and what it imports", async () => {
  const bundling = await bundleFiles({
    "index.ts": 'import { b } from "./b.ts";\nexport default () => b;\n',
    "b.ts": "export const b: string = `b`;\n",
  });
  strictEqual(bundling.type, "bundled");
  deepStrictEqual(bundling.warnings, []);
  const module: { exports: { default?: () => string } } = { exports: {} };
  new Function("module", bundling.code)(module);
  strictEqual(module.exports.default?.(), "b");
});

Deno.test("bundle() knows where each part comes from", async () => {
  const bundling = await bundleFiles({
    "index.ts": "null.nothing;\ninterface A {}\n" +
      "export default function here(a: A) {}\n",
  });
  strictEqual(bundling.type, "bundled");
  const lines = bundling.code.split("\n");
  const line = lines.findIndex((line) => line.startsWith("function here"));
  const place = bundling.origins.find(line + 1, "function ".length);
  match(place?.file ?? "", /\/index\.ts$/);
  deepStrictEqual([place?.line, place?.column], [3, 1]);
  // What starts with a literal has no mark at its start.
  const literal = lines.indexOf("null.nothing;");
  const { line: row, column } = bundling.origins.find(literal + 1, 0) ?? {};
  deepStrictEqual([row, column], [1, undefined]);
  strictEqual(bundling.origins.find(1, 0), undefined);
  strictEqual(bundling.origins.find(lines.length + 5, 0), undefined);
});

Deno.test("bundle() leaves the runner's module to the runner", async () => {
  const bundling = await bundleFiles({
    "index.ts": 'import { spawn } from "@rusm/wasm/guest";\n' +
      'import type { Service } from "@rusm/wasm/guest";\n' +
      "export const start = (name: string): Service<unknown> => spawn(name);\n",
  });
  strictEqual(bundling.type, "bundled");
  deepStrictEqual(bundling.warnings, []);
  const module = { exports: {} as { start?: (name: string) => string } };
  new Function("module", "require", bundling.code)(
    module,
    (specifier: string) => ({ spawn: (name: string) => specifier + name }),
  );
  strictEqual(module.exports.start?.("!"), "@rusm/wasm/guest!");
});

/** Sources, and what is said of them. */
const FAILURES: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  readonly string[],
])[] = [
  ["is no TypeScript", { "index.ts": "export default () => {\n" }, [
    "index.ts:1:23: Expected '}', got '<eof>'",
  ]],
  ["imports what is not there", {
    "index.ts": 'import "./a.ts";\nimport "./b.ts";\n',
  }, [
    'index.ts:1:8: Module not found "DIRECTORY/a.ts"',
    'index.ts:2:8: Module not found "DIRECTORY/b.ts"',
  ]],
  ["imports Node's modules", {
    "index.ts": 'import { b } from "./b.ts";\nimport "node:fs";\nb();\n',
    "b.ts":
      'import {\n  join,\n} from "path";\nexport const b = () => join("a");\n',
  }, [
    'b.ts:3:8: Cannot import "node:path": a component has no Node APIs',
    'index.ts:2:8: Cannot import "node:fs": a component has no Node APIs',
  ]],
  ["imports what it computes", {
    "index.ts": "export default (name: string) => import(name);\n",
  }, [
    "index.ts:1:41: Cannot import a module whose name is computed: " +
    "a component is one file",
  ]],
  ["imports a style sheet", {
    "index.ts": '// styles\nimport css from "./a.css";\nexport default css;\n',
    "a.css": "a {}",
  }, [
    'index.ts:2:17: Cannot import "./a.css": a component is one file of JavaScript',
  ]],
  ["imports a file that is no code", {
    "index.ts": 'import image from "./a.png";\nexport default image;\n',
    "a.png": "",
  }, [
    "index.ts:1:19: Cannot import a .png file: " +
    "components import TypeScript, JavaScript, JSON and text",
  ]],
  ["imports WebAssembly", {
    "index.ts": 'import wasm from "./a.wasm";\nexport default wasm;\n',
    "a.wasm": "",
  }, [
    "index.ts:1:18: Cannot import WebAssembly: make it a component of its own",
  ]],
  ["imports bytes", {
    "index.ts":
      'import b from "./a.bin" with { type: "bytes" };\nexport default b;\n',
    "a.bin": "",
  }, [
    'index.ts:1:15: Cannot import "bytes": ' +
    "components import TypeScript, JavaScript, JSON and text",
  ]],
  ["awaits at its top level", {
    "index.ts": "// first\n\nexport const a: number = await 1;\n",
  }, [
    "index.ts:3:26: Top-level await is currently not supported " +
    'with the "cjs" output format',
  ]],
];

for (const [what, files, expected] of FAILURES) {
  Deno.test(`bundle() fails when a component ${what}`, async () => {
    const bundling = await bundleFiles(files);
    strictEqual(bundling.type, "failed");
    const problems = bundling.problems.map(({ text, place }) => {
      const [directory = "", file = ""] = place.file.split(/\/(?=[^/]+$)/);
      const said = text.replaceAll(directory, "DIRECTORY");
      return `${file}:${place.line}:${place.column}: ${said}`;
    });
    deepStrictEqual(problems.sort(), [...expected].sort());
  });
}

Deno.test("bundle() takes JSON and text, and leaves out what nobody uses", async () => {
  const bundling = await bundleFiles({
    "index.ts": 'import data from "./a.json" with { type: "json" };\n' +
      'import text from "./a.txt" with { type: "text" };\n' +
      'import { used } from "./lib.ts";\n' +
      "export default () => [data.k, text, used()];\n",
    "a.json": '{"k": 1}',
    "a.txt": "hello",
    "lib.ts": "export const used = () => 2;\n" +
      "export const unused = () => 'never said';\n",
  });
  strictEqual(bundling.type, "bundled");
  const module: { exports: { default?: () => unknown[] } } = { exports: {} };
  new Function("module", bundling.code)(module);
  deepStrictEqual(module.exports.default?.(), [1, "hello", 2]);
  strictEqual(bundling.code.includes("never said"), false);
});

Deno.test("bundle() makes a map without the sources' text", async () => {
  const bundling = await bundleFiles({ "index.ts": "export const a = 1;\n" });
  strictEqual(bundling.type, "bundled");
  const { sources, sourcesContent } = JSON.parse(bundling.map);
  deepStrictEqual(sources, ["../index.ts"]);
  strictEqual(sourcesContent, undefined);
});

Deno.test("bundle() warns when a component asks where it is", async () => {
  const bundling = await bundleFiles({
    "index.ts": "export default () => import.meta.url;\n",
  });
  strictEqual(bundling.type, "bundled");
  strictEqual(bundling.warnings.length, 1);
  strictEqual(bundling.warnings[0]?.place.column, 22);
});
