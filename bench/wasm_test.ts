import { deepStrictEqual, strictEqual } from "node:assert";
import { runChild } from "./child.ts";
import { denoVariant, variantsOf } from "./noun.ts";
import { wasm } from "./wasm.ts";

Deno.test("wasm names each row once", () => {
  strictEqual(new Set(wasm.rows.map((row) => row.name)).size, wasm.rows.length);
});

Deno.test("wasm plays every variant that its rows ask for, and no other", async () => {
  const file = `${import.meta.dirname}/wasm.ts`;
  const command = denoVariant(file, "?", "nobody").command("/");
  const failed = await runChild(command, { timeoutMs: 30_000 }).catch(String);
  const [, ids = ""] = /but --variant ([\w, ]+): /.exec(failed) ?? [];
  const asked = wasm.rows.flatMap(variantsOf)
    .map((variant) => variant.command("/").at(-1)!);
  deepStrictEqual(ids.split(", ").sort(), [...new Set(asked)].sort());
});
