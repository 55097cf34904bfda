import { deepStrictEqual, rejects } from "node:assert";
import { withFiles } from "./with_files.ts";
import { entryPoints, readWorkspace } from "./workspace.ts";

// deno-fmt-ignore
const ENTRY_POINTS: readonly [exports: string | Record<string, string>, paths: string[]][] = [
  ["./mod.ts",                                 ["otp/mod.ts"]],
  [{ ".": "./mod.ts", "./sim": "./a/sim.ts" }, ["otp/mod.ts", "otp/a/sim.ts"]],
  [{ ".": "mod.ts", "./a": "./a.json" },       ["otp/mod.ts"]],
];

for (const [exports, paths] of ENTRY_POINTS) {
  Deno.test(`entryPoints() of ${JSON.stringify(exports)}`, () => {
    deepStrictEqual(entryPoints("otp", { exports }), paths);
  });
}

Deno.test("entryPoints() is empty when nothing is exported", () => {
  deepStrictEqual(entryPoints("otp", {}), []);
});

Deno.test("readWorkspace() lists scripts and leaves out what is not ours", async () => {
  const workspace = await withFiles(
    workspaceWith([
      "a.ts",
      "otp/b.tsx",
      "otp/templates/c.ts",
      "otp/sub/d_test.ts",
      "otp/e.mjs",
      "otp/deno.json",
      "otp/f.txt",
      "otp/testdata/g.ts",
      "cli/templates/h/i.ts",
      "tests/node_modules/j/k.js",
      ".hidden/l.ts",
    ]),
    readWorkspace,
  );
  deepStrictEqual(workspace.files, [
    "a.ts",
    "otp/b.tsx",
    "otp/e.mjs",
    "otp/sub/d_test.ts",
    "otp/templates/c.ts",
  ]);
  deepStrictEqual([...workspace.members.keys()], ["otp"]);
});

Deno.test("readWorkspace() rejects when a member has no configuration", async () => {
  await rejects(
    withFiles(workspaceWith([]), readWorkspace),
    Deno.errors.NotFound,
  );
});

function workspaceWith(paths: readonly string[]): Map<string, string> {
  return new Map([
    ["deno.json", `{ "workspace": ["./otp/"] }`],
    ...paths.map((path): [string, string] => [path, "{}"]),
  ]);
}
