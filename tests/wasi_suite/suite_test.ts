import { strictEqual } from "node:assert";
import { main } from "./main.ts";

// WASI_SUITE=DIR says where the programs of the suite are; README.md how to get them.
const directory = Deno.env.get("WASI_SUITE");
const name = "rusm exec passes the WASI test suite";

Deno.test({
  name: directory === undefined
    ? `${name} (ignored: WASI_SUITE names no directory with it)`
    : name,
  ignore: directory === undefined,
  async fn() {
    const io = { print: console.log, printError: console.error };
    strictEqual(await main([directory!], io), 0);
  },
});
