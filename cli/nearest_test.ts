import { strictEqual } from "node:assert";
import { nearest, suggest } from "./nearest.ts";

const WORDS = ["build", "serve", "new"];

const ROWS = [
  ["buidl", 'did you mean "build"?'],
  ["sever", 'did you mean "serve"?'],
  ["ne", 'did you mean "new"?'],
  ["deploy", "known words are build, serve, new"],
  ["x", "known words are build, serve, new"],
  ["", "known words are build, serve, new"],
] as const;

for (const [typed, expected] of ROWS) {
  Deno.test(`suggest() says ${expected} when "${typed}" is typed`, () => {
    strictEqual(suggest(typed, WORDS, "words"), expected);
  });
}

Deno.test("nearest() answers nothing when there are no words", () => {
  strictEqual(nearest("build", []), undefined);
});
