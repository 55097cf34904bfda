/**
 * Copies the WIT of WASI 0.2 from where `npm ci` in `tests/guests/tools` has
 * put it, with jco, which left out the comments:
 *
 *     deno run -A wasm/wasi/p2/testdata/wit/copy.ts
 */

import { VERSION } from "../../version.ts";

const PACKAGES = ["cli", "clocks", "filesystem", "http", "io", "random", "sockets"];
const TOOLS = new URL("../../../../../tests/guests/tools/", import.meta.url);
const WIT = `node_modules/@bytecodealliance/jco/lib/wit/builtin/${VERSION}`;

for (const name of PACKAGES) {
  await Deno.copyFile(
    new URL(`${WIT}/wasi-${name}/package.wit`, TOOLS),
    new URL(`${name}.wit`, import.meta.url),
  );
}
