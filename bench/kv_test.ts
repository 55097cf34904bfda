import { deepStrictEqual, strictEqual } from "node:assert";
import { runChild } from "./child.ts";
import { kv } from "./kv.ts";
import { denoVariant, variantsOf } from "./noun.ts";

Deno.test("kv names each row once", () => {
  const names = new Set(kv.rows.map((row) => row.name));
  strictEqual(names.size, kv.rows.length);
});

Deno.test("kv plays every variant that its rows ask for, and no other", async () => {
  const file = `${import.meta.dirname}/kv.ts`;
  const command = denoVariant(file, "?", "nobody").command("/");
  const failed = await runChild(command, { timeoutMs: 30_000 }).catch(String);
  const [, ids = ""] = /but --variant ([\w, ]+): /.exec(failed) ?? [];
  const asked = kv.rows.flatMap(variantsOf)
    .map((variant) => variant.command("/").at(-1)!);
  deepStrictEqual(ids.split(", ").sort(), [...new Set(asked)].sort());
});
