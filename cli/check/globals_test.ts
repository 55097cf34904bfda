import { strictEqual } from "node:assert";
import { checkBundle } from "../check_bundle.ts";
import { GLOBALS } from "./globals.ts";

Deno.test("GLOBALS declares nothing that components do not have", async () => {
  const found = GLOBALS.matchAll(/^declare (?:var|const|function) (\w+)/gm);
  const names = [...found].map(([, name]) => name);
  strictEqual(names.length > 20, true);
  await checkBundle(
    "api",
    `for (const name of ${JSON.stringify(names)}) {
      if (!(name in globalThis)) throw new Error(name);
    }`,
  );
});
