import { deepStrictEqual, throws } from "node:assert";
import { fileURLToPath } from "node:url";
import { withFiles } from "../boundaries/with_files.ts";
import { binaryOf, pathsIn, readScripts } from "./script.ts";

const EMPTY = `{"commands": []}`;

Deno.test("readScripts() finds scripts in all directories, by path, and what lies beside them", async () => {
  const files = new Map([
    ["b.json", EMPTY],
    ["a/c.json", `{"commands": [{"type": "module", "line": 3}]}`],
    ["a/c.0.wasm", "w"],
  ]);
  await withFiles(files, (url) => {
    const scripts = readScripts(fileURLToPath(url));
    deepStrictEqual(
      scripts.map(({ path, commands }) => [path, commands]),
      [["a/c.json", [{ type: "module", line: 3 }]], ["b.json", []]],
    );
    deepStrictEqual(scripts[0]!.read("c.0.wasm"), Uint8Array.of(0x77));
    deepStrictEqual(pathsIn(fileURLToPath(url), "", ".wasm"), ["a/c.0.wasm"]);
    return Promise.resolve();
  });
});

Deno.test("readScripts() throws when a file holds no commands", async () => {
  await withFiles(new Map([["a.json", "{}"]]), (url) => {
    throws(() => readScripts(fileURLToPath(url)), {
      name: "SyntaxError",
      message: "Cannot find commands in a script: a.json",
    });
    return Promise.resolve();
  });
});

// deno-fmt-ignore
const BINARIES: [command: Parameters<typeof binaryOf>[0], file: string | undefined][] = [
  [{ type: "module", line: 1, filename: "a.wasm" },                                                        "a.wasm"],
  [{ type: "module", line: 1, filename: "a.wasm", module_type: "binary" },                                 "a.wasm"],
  [{ type: "module", line: 1, filename: "a.wat", module_type: "text", binary_filename: "a.wasm" },         "a.wasm"],
  [{ type: "module", line: 1, filename: "a.wat", module_type: "text" },                                    undefined],
];

for (const [command, file] of BINARIES) {
  Deno.test(`binaryOf() is ${file} of ${JSON.stringify(command)}`, () => {
    deepStrictEqual(binaryOf(command), file);
  });
}
