import { ok, strictEqual } from "node:assert";
import { runChild } from "./child.ts";
import { variantsOf } from "./noun.ts";
import { serve } from "./serve.ts";

Deno.test("serve names each row once, and holds it to a bar", () => {
  const names = new Set(serve.rows.map((row) => row.name));
  strictEqual(names.size, serve.rows.length);
  strictEqual(serve.rows.every(({ bar }) => bar !== null), true);
});

/** Shape: file to the ids that rows ask it for. */
const ASKED = new Map<string, Set<string>>();
for (const variant of serve.rows.flatMap(variantsOf)) {
  const [file = "", , id = ""] = variant.command("/").slice(-3);
  ASKED.set(file, new Set([...ASKED.get(file) ?? [], id]));
}

for (const [file, asked] of ASKED) {
  const name = file.slice(file.indexOf("/bench/"));
  Deno.test(`serve asks ${name} for variants that it plays`, async () => {
    const command = [Deno.execPath(), "run", "-A", file, "--variant", "?"];
    const failed = await runChild(command, { timeoutMs: 30_000 }).catch(String);
    const [, ids = ""] = /but --variant ([\w, ]+): /.exec(failed) ?? [];
    const played = new Set(ids.split(", "));
    for (const id of asked) ok(played.has(id), id);
  });
}
