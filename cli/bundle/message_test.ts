import { deepStrictEqual, strictEqual } from "node:assert";
import { withDirectory } from "../testdata/recorder.ts";
import { problemOf } from "./message.ts";

const SOURCE = `// a comment
interface A {
  x: number;
}
import { z } from "./z.ts";
import y from "npm-nope";
export default (a: A) => y + z + a.x;
`;

/** What the bundler says of SOURCE, and what becomes of it. */
const ROWS = [
  {
    what: "takes the place from the text",
    text: "SyntaxError: Expected ';'\n  |\n7 | export\n  | ~~\n    at FILE:7:3",
    expected: ["Expected ';'", 7, 3],
  },
  {
    what: "takes colours away",
    text:
      'Module not found "FILE".\n    at \u001b[0m\u001b[36mFILE\u001b[0m:\u001b[33m5\u001b[0m:\u001b[33m19\u001b[0m',
    expected: ['Module not found "PATH"', 5, 19],
  },
  {
    what: "looks for a quoted specifier",
    text: 'Could not resolve "npm-nope"',
    location: { line: 2, column: 14, length: 10 },
    expected: ['Could not resolve "npm-nope"', 6, 15],
  },
  {
    what: "looks for a name",
    text: 'No matching export in "z.ts" for import "z"',
    location: { line: 1, column: 9, length: 1 },
    expected: ['No matching export in "z.ts" for import "z"', 5, 10],
  },
  {
    what: "looks from the line on that the bundler names",
    text: 'Cannot assign to import "z"',
    location: { line: 6, column: 9, length: 1 },
    expected: ['Cannot assign to import "z"', 7, 30],
  },
  {
    what: "takes what is above when nothing is below",
    text: 'Could not resolve "npm-nope"',
    location: { line: 7, column: 14, length: 10 },
    expected: ['Could not resolve "npm-nope"', 6, 15],
  },
  {
    what: "names the file alone when the word is not there",
    text: "Unexpected something",
    location: { line: 1, column: 0, length: 4 },
    expected: ["Unexpected something", undefined, undefined],
  },
  {
    what: "blames the entry when there is no place",
    text: "Something is wrong",
    expected: ["Something is wrong", undefined, undefined],
  },
] as const;

for (const { what, text, expected, ...row } of ROWS) {
  Deno.test(`problemOf() ${what}`, async () => {
    await withDirectory({ "a.ts": SOURCE }, async (directory) => {
      const file = `${directory}/a.ts`;
      const location = "location" in row
        ? { location: { file, ...row.location } }
        : {};
      const problem = await problemOf(
        { text: text.replaceAll("FILE", `file://${file}`), ...location },
        file,
      );
      strictEqual(problem.place.file, file);
      deepStrictEqual(
        [
          problem.text.replace(file, "PATH"),
          problem.place.line,
          problem.place.column,
        ],
        expected,
      );
    });
  });
}
