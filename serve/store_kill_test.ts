import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "./store.ts";

/** How often a writer is killed. */
const KILLS = 20;

// Each writer is killed when it has told of so many writes: no two of them at
// the same point of a transaction.
for (let nth = 0; nth < KILLS; nth++) {
  const count = 1 + nth * 137;
  Deno.test(`a store has all that was acknowledged when its writer is killed after ${count}`, async () => {
    const directory = await Deno.makeTempDir();
    const path = `${directory}/store.db`;
    const acknowledged = await writeUntilKilled(path, count);
    ok(acknowledged.length >= count);
    const store = await openStore(path);
    for (const nth of acknowledged) {
      const value = await store.get("written", nth);
      strictEqual(new TextDecoder().decode(value), `value ${nth}`);
    }
    await store.close();
    deepStrictEqual(soundnessOf(path), "ok");
    await Deno.remove(directory, { recursive: true });
  });
}

async function writeUntilKilled(
  path: string,
  count: number,
): Promise<readonly string[]> {
  const script = new URL("./testdata/store_writer.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script.href, path],
    ...{ stdout: "piped", stderr: "inherit", stdin: "null" },
  }).spawn();
  let text = "";
  let isKilled = false;
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (isKilled || text.split("\n").length <= count) continue;
    isKilled = true;
    child.kill("SIGKILL");
  }
  const { signal } = await child.status;
  strictEqual(signal, "SIGKILL");
  // The last line may be half a line.
  return text.split("\n").slice(0, -1);
}

function soundnessOf(path: string): unknown {
  const database = new DatabaseSync(path);
  const row = database.prepare("PRAGMA integrity_check").get();
  database.close();
  return row?.integrity_check;
}
