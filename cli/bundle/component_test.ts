import { deepStrictEqual, strictEqual } from "node:assert";
import { withDirectory } from "../testdata/recorder.ts";
import { findComponents } from "./component.ts";

Deno.test("findComponents() tells components, other directories and leftovers", async () => {
  const files = {
    "components/web/src/index.ts": "",
    "components/api/index.ts": "",
    "components/api/src/index.ts": "",
    "components/empty/readme.md": "",
    "components/.hidden/index.ts": "",
    "components/file.ts": "",
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
      ],
      skipped: ["empty"],
      stale: ["gone.js"],
    });
  });
});

Deno.test("findComponents() answers undefined when there is no components/", async () => {
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
