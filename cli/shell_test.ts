import { strictEqual } from "node:assert";
import { quoteForShell } from "./shell.ts";

const ROWS = [
  ["hello", "hello"],
  ["/a-b/c_d.ts", "/a-b/c_d.ts"],
  ["jsr:@rusm/cli", "jsr:@rusm/cli"],
  ["my app", "'my app'"],
  ["~", "'~'"],
  ["it's", `'it'\\''s'`],
  ["", "''"],
] as const;

for (const [word, expected] of ROWS) {
  Deno.test(`quoteForShell() answers ${expected} when given ${word}`, () => {
    strictEqual(quoteForShell(word), expected);
  });
}

Deno.test("quoteForShell() keeps a word whole when a shell reads it", async () => {
  const word = `a'b "c" $d \\e`;
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `printf %s ${quoteForShell(word)}`],
  }).output();
  strictEqual(new TextDecoder().decode(stdout), word);
});
