import { match, throws } from "node:assert";
import { quietAnywhere } from "./served.ts";

const STARTER = new URL("../cli/templates/hello/rusm.toml", import.meta.url);

Deno.test("quietAnywhere() changes the port and the log of the starter, and no other line", async () => {
  const before = await Deno.readTextFile(STARTER);
  const lines = before.split("\n");
  const changed = quietAnywhere(before).split("\n")
    .filter((line, index) => line !== lines[index]);
  match(
    changed.sort().join("\n"),
    /^level = "error"\nlisten = "127\.0\.0\.1:0"$/,
  );
});

for (const line of ['listen = "x"', 'level = "info"', ""]) {
  Deno.test(`quietAnywhere() throws when the manifest is ${JSON.stringify(line)}`, () => {
    throws(() => quietAnywhere(line), {
      name: "SyntaxError",
      message: /^Cannot find a line of the manifest: /,
    });
  });
}
