import { deepStrictEqual } from "node:assert";
import { problemsIn } from "./output.ts";

/** What Deno prints, and what is made of it. */
const ROWS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "a place",
    `TS2304 [ERROR]: Cannot find name 'nope'.
export default () => nope;
                     ~~~~
    at file:///a/two.ts:1:22

Found 1 error.

error: Type checking failed.
`,
    ["/a/two.ts:1:22 Cannot find name 'nope' (TS2304)"],
  ],
  [
    "what it is about elsewhere",
    `TS2322 [ERROR]: Type 'string' is not assignable to type 'number'.
const t: T = { a: "no" };
               ^
    at file:///a/one.ts:5:16

    The expected type comes from property 'a'
    export interface T { a: number }
                         ^
        at file:///a/types.ts:1:22

TS2304 [ERROR]: Cannot find name 'b'.
    at file:///a/one.ts:6:1

Found 2 errors.
`,
    [
      "/a/one.ts:5:16 Type 'string' is not assignable to type 'number' (TS2322)",
      "/a/one.ts:6:1 Cannot find name 'b' (TS2304)",
    ],
  ],
  [
    "reasons in lines",
    `TS2322 [ERROR]: Type 'A' is not assignable to type 'B'.
  Type 'undefined' is not assignable to type 'number'.
const b: B = a;
      ~
    at file:///a/one.ts:1:7
`,
    [
      "/a/one.ts:1:7 Type 'A' is not assignable to type 'B' (TS2322)\n" +
      "  Type 'undefined' is not assignable to type 'number'.",
    ],
  ],
  [
    "advice that is none for components",
    "TS2584 [ERROR]: Cannot find name 'document'. Do you need to change your " +
    "target library? Try changing the 'lib' compiler option to include 'dom'.\n" +
    "    at file:///a/one.ts:1:1\n",
    ["/a/one.ts:1:1 Cannot find name 'document' (TS2584)"],
  ],
  ["no place", "error: No such file or directory", []],
  ["nothing", "", []],
];

for (const [what, printed, expected] of ROWS) {
  Deno.test(`problemsIn() reads ${what}`, async () => {
    const problems = await problemsIn(printed);
    deepStrictEqual(
      problems.map(({ text, place: { file, line, column } }) =>
        `${file}:${line}:${column} ${text}`
      ),
      expected,
    );
  });
}
