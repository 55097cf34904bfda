import { ok, strictEqual } from "node:assert";

import { generatePrelude } from "./generate.ts";
import { PRELUDE } from "./prelude.gen.ts";

/** Each byte of source costs several in the image that every process copies. */
const PRELUDE_BYTES_MAX = 48 * 1024;

Deno.test("prelude.gen.ts is what generate.ts makes of prelude/", async () => {
  const checkedIn = new URL("./prelude.gen.ts", import.meta.url);
  strictEqual(
    await Deno.readTextFile(checkedIn),
    await generatePrelude(),
    "run: deno task generate",
  );
});

Deno.test("PRELUDE is small, strict and free of Deno", () => {
  ok(PRELUDE.length <= PRELUDE_BYTES_MAX, `${PRELUDE.length} bytes`);
  ok(PRELUDE.startsWith('"use strict";'));
  ok(!/\bDeno\b/.test(PRELUDE));
});
