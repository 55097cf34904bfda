import { deepStrictEqual, strictEqual } from "node:assert";
import { runChild } from "./child.ts";
import { NACT, nactVariant } from "./nact.ts";

const CONFIG = new URL("../deno.json", import.meta.url);
const FILE = new URL("./nact.ts", import.meta.url);

Deno.test("NACT has the version that deno.json asks for when it is installed", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(CONFIG));
  const version = await NACT.prepare("/");
  strictEqual(`npm:nact@${version}`, imports.nact);
});

Deno.test("NACT is null when it is not installed", async () => {
  const directory = await Deno.makeTempDir();
  try {
    // Nothing maps the name of the package there.
    const file = `${directory}/prepare.ts`;
    const source = `
      const { NACT } = await import("${FILE}");
      console.log(await NACT.prepare("/"));`;
    await Deno.writeTextFile(file, source);
    const run = [Deno.execPath(), "run", "-A", "--no-config", file];
    strictEqual(await runChild(run, { timeoutMs: 30_000 }), "null\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("nactVariant() needs nact", () => {
  const { name, peer, command } = nactVariant("/bench/shape.ts", "flood");
  deepStrictEqual([name, peer], ["nact", NACT]);
  deepStrictEqual(command("/").slice(-3), [
    "/bench/shape.ts",
    "--variant",
    "flood",
  ]);
});
