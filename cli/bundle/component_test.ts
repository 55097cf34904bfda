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
          entry: `${app}/components/api/index.ts`,
          artifact: `${app}/wasm/api.js`,
        },
        {
          name: "web",
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
