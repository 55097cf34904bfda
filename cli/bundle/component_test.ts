import { deepStrictEqual, strictEqual } from "node:assert";
import { withDirectory } from "../testdata/recorder.ts";
import { artifactName } from "@rusm/serve";
import { findComponents, FOLDERS } from "./component.ts";

Deno.test("findComponents() tells components, other directories and leftovers", async () => {
  const files = {
    "components/web/src/index.ts": "",
    "components/api/index.ts": "",
    "components/api/src/index.ts": "",
    "components/empty/readme.md": "",
    "components/.hidden/index.ts": "",
    "components/file.ts": "",
    "auth/keys/index.ts": "",
    "auth/tokens/tokens.wasm": "",
    "auth/none/readme.md": "",
    "wasm/auth-keys.js": "",
    "wasm/auth-gone.js": "",
    "wasm/api.js": "",
    "wasm/gone.js": "",
    "wasm/other.wasm": "",
  };
  await withDirectory(files, async (app) => {
    deepStrictEqual(await findComponents(app), {
      found: [
        {
          name: "api",
          kind: "script",
          entry: `${app}/components/api/index.ts`,
          artifact: `${app}/wasm/api.js`,
        },
        {
          name: "web",
          kind: "script",
          entry: `${app}/components/web/src/index.ts`,
          artifact: `${app}/wasm/web.js`,
        },
        {
          name: "auth:keys",
          kind: "script",
          entry: `${app}/auth/keys/index.ts`,
          artifact: `${app}/wasm/auth-keys.js`,
        },
        {
          name: "auth:tokens",
          kind: "prebuilt",
          entry: `${app}/auth/tokens/tokens.wasm`,
          artifact: `${app}/wasm/auth-tokens.wasm`,
        },
      ],
      skipped: ["components/empty", "auth/none"],
      stale: ["auth-gone.js", "gone.js"],
    });
  });
});

Deno.test("findComponents() calls files as those who load them do", () => {
  for (const { prefix, file } of FOLDERS) {
    strictEqual(`${file}a`, artifactName(`${prefix}a`));
  }
});

Deno.test("findComponents() answers undefined when there is neither components/ nor auth/", async () => {
  await withDirectory({}, async (app) => {
    strictEqual(await findComponents(app), undefined);
  });
});

/** Files of a component named `a`, what it is made of, and into which file. */
const KINDS: readonly (readonly [string, readonly string[], string, string])[] =
  [
    ["Cargo", ["Cargo.toml", "index.ts"], "cargo", "Cargo.toml"],
    ["Go", ["go.mod", "x.wasm"], "go", "go.mod"],
    ["a file of its name", ["a.wasm", "b.wasm"], "prebuilt", "a.wasm"],
    ["one other file", ["b.wasm", "readme.md"], "prebuilt", "b.wasm"],
    ["several other files", ["b.wasm", "c.wasm"], "ambiguous", ""],
  ];

for (const [what, files, kind, entry] of KINDS) {
  Deno.test(`findComponents() knows a component of ${what}`, async () => {
    const paths = files.map((name) => [`components/a/${name}`, ""] as const);
    await withDirectory(Object.fromEntries(paths), async (app) => {
      deepStrictEqual((await findComponents(app))?.found, [{
        ...{ name: "a", kind },
        entry: `${app}/components/a/${entry}`.replace(/\/$/, ""),
        artifact: `${app}/wasm/a.wasm`,
      }]);
    });
  });
}
