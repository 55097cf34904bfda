import { match, strictEqual } from "node:assert";

const PROGRAM = new URL("testdata/output.ts", import.meta.url).href;

async function shell(line: string): Promise<Deno.CommandOutput> {
  return await new Deno.Command("sh", {
    args: ["-c", line],
    env: { DENO: Deno.execPath(), PROGRAM },
  }).output();
}

Deno.test("processIo() writes all of a text when it is long", async () => {
  const { stdout } = await shell('"$DENO" run -A "$PROGRAM" | wc -c');
  strictEqual(Number(new TextDecoder().decode(stdout)), 1_000_000);
});

Deno.test("processIo() does not mind when the reader leaves", async () => {
  const { stdout, stderr } = await shell(
    '{ "$DENO" run -A "$PROGRAM"; echo "code $?" >&2; } | head -c 3',
  );
  strictEqual(new TextDecoder().decode(stdout), "xxx");
  match(new TextDecoder().decode(stderr), /^code 0\n$/);
});
