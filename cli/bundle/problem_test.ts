import { strictEqual } from "node:assert";
import { recordOutput, withDirectory } from "../testdata/recorder.ts";
import { formatProblem, type Place, problemAt, wholeFile } from "./problem.ts";

const { output } = recordOutput();

async function format(text: string, source: string, at: Partial<Place>) {
  let formatted = "";
  await withDirectory({ "a.ts": source }, async (directory) => {
    const place = { ...wholeFile(`${directory}/a.ts`), ...at };
    const problem = await problemAt(text, place);
    formatted = formatProblem(problem, directory, output);
  });
  return formatted;
}

const ROWS: readonly (readonly [string, string, Partial<Place>, string])[] = [
  [
    "marks the column",
    "one\ntwo",
    { line: 2, column: 3 },
    `a.ts:2:3: Text
  2 | two
    |   ^`,
  ],
  [
    "keeps tabs",
    "\ta b",
    { line: 1, column: 4 },
    `a.ts:1:4: Text
  1 | \ta b
    | \t  ^`,
  ],
  [
    "shows the line without a column",
    "one",
    { line: 1 },
    "a.ts:1: Text\n  1 | one",
  ],
  ["names the file without a line", "one", {}, "a.ts: Text"],
  [
    "shows no line that is not there",
    "one",
    { line: 7, column: 1 },
    "a.ts:7:1: Text",
  ],
  [
    "shows no line of generated code",
    "x".repeat(201),
    { line: 1, column: 9 },
    "a.ts:1:9: Text",
  ],
];

for (const [what, source, at, expected] of ROWS) {
  Deno.test(`formatProblem() ${what}`, async () => {
    strictEqual(await format("Text", source, at), expected);
  });
}

Deno.test("formatProblem() puts further lines last when there are some", async () => {
  strictEqual(
    await format("Text\n    at x", "one", { line: 1, column: 1 }),
    "a.ts:1:1: Text\n  1 | one\n    | ^\n    at x",
  );
});

Deno.test("problemAt() shows no source when the file is elsewhere", async () => {
  const place = { file: "https://example.com/a.ts", line: 1, column: 1 };
  strictEqual((await problemAt("Text", place)).source, undefined);
});
