import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { ROOT } from "../boundaries/paths.ts";
import {
  javascriptOf,
  PACKAGE,
  readFiles,
  sourcesOfOtp,
} from "./javascript.ts";

// deno-fmt-ignore
const MODULES: readonly [source: string, javascript: string][] = [
  ["const a: number = 1;",       "const a         = 1;"],
  ["let a = b as string;",       "let a = b          ;"],
  ["f<T>(a!);",                  "f   (a );"],
  [`import { type A } from "a";`, `import {        } from "a";`],
];

for (const [source, javascript] of MODULES) {
  Deno.test(`javascriptOf() blanks out the types of ${source}`, () => {
    strictEqual(javascriptOf(source), javascript);
  });
}

for (const source of ["enum A { B }", "const a: = 1;"]) {
  Deno.test(`javascriptOf() throws a SyntaxError at ${source}`, () => {
    throws(() => javascriptOf(source), SyntaxError);
  });
}

for (const path of await sourcesOfOtp(ROOT)) {
  Deno.test(`javascriptOf() takes nothing but types out of ${path}`, async () => {
    const source = await Deno.readTextFile(new URL(path, ROOT));
    deepStrictEqual(strangeLines(source, javascriptOf(source)), []);
  });
}

// Lines of the outcome that are more than the line of the source with blanks.
function strangeLines(source: string, javascript: string): string[] {
  const before = source.split("\n");
  const after = javascript.split("\n");
  strictEqual(after.length, before.length);
  return after.filter((line, index) =>
    [...line].some((character, column) =>
      character.trim() !== "" && character !== before[index]![column]
    )
  );
}

Deno.test("readFiles() has the program and the entry point of the package", async () => {
  const files = await readFiles();
  for (const path of ["program.ts", `${PACKAGE}/mod.ts`]) {
    strictEqual(files.has(path), true, path);
  }
});

Deno.test("readFiles() leaves tests and test data out", async () => {
  const files = await readFiles();
  const strangers = [...files.keys()].filter((path) =>
    /_test\.ts$|testdata/.test(path)
  );
  deepStrictEqual(strangers, []);
});
