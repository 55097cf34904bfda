import { match } from "node:assert";
import { runProgram, testWith } from "./program.ts";
import { type Site, withSite } from "./site.ts";

/** How it is asked, and what is asked. */
type Row = readonly [what: string, args: string, url: (site: Site) => string];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["by HTTP/1.1",                    "--h1",       ({ http }) => `${http}/text`],
  ["by HTTP/1.1 with TLS",           "--h1",       ({ https }) => `${https}/text`],
  ["by HTTP/2",                      "",           ({ http }) => `${http}/text`],
  ["by HTTP/2 with TLS",             "",           ({ https }) => `${https}/text`],
  ["for a large answer by HTTP/2",   "-n 48 -m 2",     ({ https }) => `${https}/large`],
  ["for a file by HTTP/2",           "-n 200",     ({ https }) => `${https}/files/large.bin`],
  ["for a component by HTTP/2",      "-n 200 -d body", ({ https }) => `${https}/echo`],
];

testWith(
  "h2load",
  "nghttp2-client",
  "gets an answer to each request",
  (t) =>
    withSite(async (site) => {
      await Deno.writeFile(`${site.directory}/body`, new Uint8Array(20_000));
      for (const [what, args, url] of ROWS) {
        await t.step(`asks ${what}`, async () => {
          const load = `-n 500 -c 16 -m 8 -t 1 ${args} ${url(site)}`;
          const { printed, errors } = await runProgram(
            "h2load",
            load.split(" ").filter((arg) => arg !== ""),
            site.directory,
          );
          const text = new TextDecoder().decode(printed);
          match(
            text,
            /, (\d+) succeeded, 0 failed, 0 errored, 0 timeout\n/,
            errors,
          );
          match(text, /status codes: [1-9]\d* 2xx, 0 3xx, 0 4xx, 0 5xx\n/);
          await site.idle();
        });
      }
    }),
);

testWith(
  "nghttp",
  "nghttp2-client",
  "is told what it sends is too large",
  () =>
    withSite(async (site) => {
      await Deno.writeFile(`${site.directory}/huge`, new Uint8Array(5_000_000));
      const args = ["-v", "-d", "huge", `${site.https}/size`];
      const { printed } = await runProgram("nghttp", args, site.directory);
      const text = new TextDecoder().decode(printed);
      match(text, /:status: 413\n[^]*content too large/);
      await site.idle();
    }),
);
