import { deepStrictEqual, strictEqual } from "node:assert";
import { acceptCoding, type Coding, CODINGS } from "./coding.ts";

// deno-fmt-ignore
const CHOICES: readonly (readonly [string | undefined, Coding | undefined, boolean])[] = [
  [undefined,                     undefined, false],
  ["",                            undefined, false],
  ["gzip",                        "gzip",    false],
  ["x-gzip",                      "gzip",    false],
  ["GZIP ; Q=0.5",                "gzip",    false],
  ["gzip, br, zstd",              "zstd",    false],
  ["gzip, br;q=0.9",              "gzip",    false],
  ["gzip;q=0.001, br;q=0",        "gzip",    false],
  ["gzip;q=0",                    undefined, false],
  ["*",                           "zstd",    false],
  ["*;q=0.5, zstd;q=0",           "br",      false],
  ["*;q=0",                       undefined, true],
  ["*;q=0, gzip",                 "gzip",    true],
  ["identity;q=0",                undefined, true],
  ["identity;q=0, br;q=0.1",      "br",      true],
  ["identity, gzip;q=0.5",        undefined, false],
  ["identity;q=0.5, gzip",        "gzip",    false],
  ["identity;q=1, *;q=0.5",       undefined, false],
  ["deflate, compress",           undefined, false],
  // What makes no sense is as good as nothing.
  ["gzip;q=2, br",                "br",      false],
  ["gzip;q=-1",                   undefined, false],
  ["gzip;level=1",                undefined, false],
  [",,;q=1,",                     undefined, false],
];

for (const [header, coding, refusesIdentity] of CHOICES) {
  Deno.test(`acceptCoding() of ${JSON.stringify(header)}`, () => {
    const expected = { coding, refusesIdentity };
    deepStrictEqual(acceptCoding(header, CODINGS), expected);
  });
}

Deno.test("acceptCoding() chooses among those that are offered, in their order", () => {
  strictEqual(acceptCoding("br, gzip", ["gzip", "br"]).coding, "gzip");
  strictEqual(acceptCoding("zstd", ["gzip"]).coding, undefined);
});
