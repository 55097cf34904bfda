import { strictEqual } from "node:assert";
import { main } from "./main.ts";

// COMPONENT_SUITE=DIR says where the scripts are; README.md how to make them.
const directory = Deno.env.get("COMPONENT_SUITE");
const name = "Components do what the scripts of the Component Model say";
const io = { print: console.log, printError: console.error };

Deno.test({
  name: directory === undefined
    ? `${name} (ignored: COMPONENT_SUITE names no directory with them)`
    : name,
  ignore: directory === undefined,
  async fn() {
    strictEqual(await main([directory!], io), 0);
  },
});

Deno.test({
  name: "Components that are mutated are refused, or loaded",
  ignore: directory === undefined,
  async fn() {
    strictEqual(await main([directory!, "--mutations", "8"], io), 0);
  },
});
