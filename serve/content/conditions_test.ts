import { strictEqual } from "node:assert";
import { isUnchanged, mayRange, weakTag } from "./conditions.ts";

const modifiedMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const SAME = "Fri, 02 Jan 2026 03:04:05 GMT";
const EARLIER = "Fri, 02 Jan 2026 03:04:04 GMT";
const LATER = "Fri, 02 Jan 2026 03:04:06 GMT";
const VERSION = { etag: weakTag(31, 255), modifiedMs };

// deno-fmt-ignore
const UNCHANGED: readonly (readonly [Record<string, string>, boolean])[] = [
  [{},                                                   false],
  [{ "if-none-match": 'W/"1f-ff"' },                     true],
  [{ "if-none-match": '"1f-ff"' },                       true],
  [{ "if-none-match": '"a,b", W/"1f-ff"' },              true],
  [{ "if-none-match": "*" },                             true],
  [{ "if-none-match": '"1f-fe"' },                       false],
  [{ "if-none-match": "1f-ff" },                         false],
  [{ "if-none-match": '"x"', "if-modified-since": LATER }, false],
  [{ "if-modified-since": SAME },                        true],
  [{ "if-modified-since": LATER },                       true],
  [{ "if-modified-since": EARLIER },                     false],
  [{ "if-modified-since": "yesterday" },                 false],
];

for (const [headers, expected] of UNCHANGED) {
  Deno.test(`isUnchanged() of ${JSON.stringify(headers)}`, () => {
    strictEqual(isUnchanged(new Headers(headers), VERSION), expected);
  });
}

// deno-fmt-ignore
const RANGES: readonly (readonly [Record<string, string>, boolean])[] = [
  [{},                            true],
  [{ "if-range": SAME },          true],
  [{ "if-range": LATER },         false],
  [{ "if-range": EARLIER },       false],
  [{ "if-range": "yesterday" },   false],
  [{ "if-range": 'W/"1f-ff"' },   false],
  [{ "if-range": '"1f-ff"' },     false],
];

for (const [headers, expected] of RANGES) {
  Deno.test(`mayRange() of ${JSON.stringify(headers)}`, () => {
    strictEqual(mayRange(new Headers(headers), VERSION), expected);
  });
}

Deno.test("isUnchanged() and mayRange() compare no time that is not known", () => {
  const version = { ...VERSION, modifiedMs: 0 };
  const headers = new Headers({ "if-modified-since": LATER, "if-range": SAME });
  strictEqual(isUnchanged(headers, version), false);
  strictEqual(mayRange(headers, version), false);
});
