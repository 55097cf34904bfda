import { strictEqual } from "node:assert";
import { main, SIDES } from "./main.ts";

// WASM_SUITE=DIR says where the scripts of the suite are; README.md how to make them.
const directory = Deno.env.get("WASM_SUITE");
const name = "rewrite() keeps all verdicts of the WebAssembly test suite";

Deno.test({
  name: directory === undefined
    ? `${name} (ignored: WASM_SUITE names no directory with it)`
    : name,
  ignore: directory === undefined,
  async fn() {
    strictEqual(await main([directory!], io()), 0);
  },
});

Deno.test({
  name:
    "rewrite() refuses mutations of the WebAssembly test suite, or gives what is valid",
  ignore: directory === undefined,
  async fn() {
    strictEqual(await main([directory!, "--mutations", "8"], io()), 0);
  },
});

function io(): Parameters<typeof main>[1] {
  return { print: console.log, printError: console.error, sides: SIDES };
}
