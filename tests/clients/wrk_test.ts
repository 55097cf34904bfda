import { match, ok, strictEqual } from "node:assert";
import { runProgram, testWith } from "./program.ts";
import { type Site, withSite } from "./site.ts";

/** How it is asked, and what is asked. */
type Row = readonly [what: string, args: string, url: (site: Site) => string];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["for text",         "-c 32",  ({ http }) => `${http}/text`],
  ["with TLS",         "-c 8",   ({ https }) => `${https}/text`],
  ["for a file",       "-c 8",   ({ http }) => `${http}/files/text.txt`],
];

testWith(
  "wrk",
  "wrk",
  "gets an answer to each request",
  (t) =>
    withSite(async (site) => {
      for (const [what, args, url] of ROWS) {
        await t.step(`asks ${what}`, async () => {
          const load = ["-t", "1", "-d", "1", ...args.split(" "), url(site)];
          const { code, printed } = await runProgram("wrk", load);
          const text = new TextDecoder().decode(printed);
          strictEqual(code, 0);
          match(text, /[1-9]\d* requests in /);
          ok(!/Socket errors|Non-2xx/.test(text), text);
          await site.idle();
        });
      }
    }),
);
