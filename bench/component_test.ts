import { deepStrictEqual, strictEqual } from "node:assert";
import { runChild } from "./child.ts";
import { component } from "./component.ts";
import { denoVariant, variantsOf } from "./noun.ts";

Deno.test("component names each row once", () => {
  const names = new Set(component.rows.map((row) => row.name));
  strictEqual(names.size, component.rows.length);
});

Deno.test("component plays every variant that its rows ask for, and no other", async () => {
  const file = `${import.meta.dirname}/component.ts`;
  const command = denoVariant(file, "?", "nobody").command("/");
  const failed = await runChild(command, { timeoutMs: 30_000 }).catch(String);
  const [, ids = ""] = /but --variant ([\w, ]+): /.exec(failed) ?? [];
  const asked = component.rows.flatMap(variantsOf)
    .map((variant) => variant.command("/").at(-1)!);
  deepStrictEqual(ids.split(", ").sort(), [...new Set(asked)].sort());
});
