import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { locateFrames, type Origin, Origins } from "./origins.ts";

/** Line 2, column 1 of the bundle is line 1, column 1 of `../a.ts`. */
const MAP = JSON.stringify({
  version: 3,
  sources: ["../a.ts"],
  names: [],
  mappings: ";AAAA",
});

Deno.test("Origins finds where a place of the bundle comes from", () => {
  const origins = new Origins(MAP, "/app/wasm");
  deepStrictEqual(origins.find(2, 5), {
    file: "/app/a.ts",
    line: 1,
    column: 1,
  });
  strictEqual(origins.find(1, 0), undefined);
  strictEqual(origins.find(9, 0), undefined);
});

Deno.test("Origins throws when it is given no map", () => {
  throws(() => new Origins("{", "/"));
});

/** Says of every place that it is one line up, in `/app/a.ts`. */
const UP = {
  find: (line: number, column: number): Origin | undefined =>
    line === 1
      ? undefined
      : { file: "/app/a.ts", line: line - 1, column: column || undefined },
};

const ROWS: readonly (readonly [string, string])[] = [
  ["at f (api.js:3:2)", "at f (a.ts:2:1)"],
  ["at api.js:3:2\n at g (api.js:4:1)", "at a.ts:2:1\n at g (a.ts:3)"],
  ["at <eval> (api.js:1:9)", "at <eval> (api.js:1:9)"],
  ["at f (my-api.js:3:2)", "at f (my-api.js:3:2)"],
  ["at f (x/api.js:3:2)", "at f (x/api.js:3:2)"],
  ["at f (api.js:123456789:1)", "at f (api.js:123456789:1)"],
  ["at f (api.js:3)", "at f (api.js:3)"],
  ["no frames", "no frames"],
];

for (const [text, expected] of ROWS) {
  Deno.test(`locateFrames() makes of ${JSON.stringify(text)}`, () => {
    const located = locateFrames(text, "api.js", UP, (file) => file.slice(5));
    strictEqual(located, expected);
  });
}

Deno.test("locateFrames() looks few frames up when a guest writes many", () => {
  let lookups = 0;
  const counting = { find: () => void lookups++ };
  const text = "(api.js:2:2)\n".repeat(100_000);
  strictEqual(locateFrames(text, "api.js", counting, String), text);
  strictEqual(lookups, 64);
});
