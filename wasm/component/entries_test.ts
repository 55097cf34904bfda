import { deepStrictEqual, throws } from "node:assert";
import { componentEntries } from "./entries.ts";

async function entriesOf(name: string): Promise<string[]> {
  const url = new URL(`testdata/${name}.wasm`, import.meta.url);
  return componentEntries(await Deno.readFile(url));
}

Deno.test("componentEntries() names what takes nothing, in and out of interfaces", async () => {
  deepStrictEqual(await entriesOf("command"), ["wasi:cli/run@0.2.3#run"]);
  deepStrictEqual(await entriesOf("actor"), ["run"]);
});

Deno.test("componentEntries() refuses what is no component", () => {
  throws(() => componentEntries(Uint8Array.of(0, 1)), {
    name: "InvalidComponent",
  });
});
