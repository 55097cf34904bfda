import { deepStrictEqual, match } from "node:assert";
import { findChromium, withPage } from "../portable/chromium.ts";
import type { Engine } from "../portable/engine.ts";
import { withSite } from "./site.ts";

// CHROMIUM says which one to take.
const chromium = await findChromium(Deno.env.get("CHROMIUM"));

const NAME = "Chromium: is answered as a page asks";

if (chromium) {
  Deno.test(NAME, () => browse(chromium));
} else {
  // As every client here that is not installed: it is named, and CI installs it.
  Deno.test.ignore(
    `${NAME}: none found; apt-get install -y chromium`,
    () => {},
  );
}

async function browse(chromium: Engine): Promise<void> {
  const script = new URL("testdata/page.js", import.meta.url);
  const files = new Map([["page.js", await Deno.readTextFile(script)]]);
  await withPage(files, ({ origin, run }) =>
    withSite(async (site) => {
      const { http, ws, sse, closed } = site;
      const urls = JSON.stringify({ http, ws, sse, closed });
      files.set(
        "program.ts",
        `import { ask } from "./page.js";
        export const runProgram = () => ask(${urls});`,
      );
      const { allowed, ...got } = await run(chromium, 60_000) as Answers;
      deepStrictEqual(got, EXPECTED);
      match(allowed, /"method":"PUT".*"x-asked","1".*"text":"put"/);
      await site.idle();
    }, { origin }));
}

interface Answers {
  readonly allowed: string;
}

const EXPECTED = {
  text: "text",
  stream: "tick\n".repeat(3),
  large: 1_048_576,
  sent: "abc",
  method: "TypeError",
  header: "TypeError",
  origin: "TypeError",
  messages: [
    "chat.v2, permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    5_000,
    "50000 bytes",
    "4001 so be it true",
  ],
  events: ["number 1, 1", "number 2, 2", "number 3, 3"],
};
