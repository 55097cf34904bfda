import { deepStrictEqual, strictEqual } from "node:assert";
import { withDirectory } from "../testdata/recorder.ts";
import { checkConfig } from "./config.ts";

async function configOf(files: Readonly<Record<string, string>>) {
  let config: Record<string, unknown> = {};
  await withDirectory(files, async (app) => {
    config = JSON.parse(await checkConfig(app, { guest: "./guest.d.ts" }));
  });
  return config;
}

Deno.test("checkConfig() maps what every component imports", async () => {
  const { imports, lock, nodeModulesDir } = await configOf({});
  deepStrictEqual(imports, { guest: "./guest.d.ts" });
  deepStrictEqual([lock, nodeModulesDir], [false, undefined]);
});

Deno.test("checkConfig() takes what an app says of strictness, and no libraries", async () => {
  const { compilerOptions } = await configOf({
    "tsconfig.json": `{
      // strict, and as of a browser
      "compilerOptions": { "strict": true, "lib": ["DOM"], "noImplicitAny": true, },
    }`,
    "deno.json": '{"compilerOptions": {"noImplicitAny": false}}',
  });
  const { strict, noImplicitAny, lib } = Object(compilerOptions);
  deepStrictEqual([strict, noImplicitAny], [true, false]);
  strictEqual(lib.includes("DOM"), false);
  strictEqual(lib.includes("deno.fetch"), true);
});

Deno.test("checkConfig() moves the paths of an app's imports", async () => {
  const { imports, scopes, nodeModulesDir, lock } = await configOf({
    "deno.jsonc": `{
      "imports": {
        "a": "./lib/a.ts", // "not": "this"
        "b/": "../b/",
        "c": "npm:c@1",
        "guest": "./other.ts"
      },
      "scopes": { "./old/": { "a": "./lib/old.ts" } }
    }`,
    "deno.lock": "",
    "package.json": "{}",
  });
  deepStrictEqual(imports, {
    ...{ "a": "../lib/a.ts", "b/": "../../b/", "c": "npm:c@1" },
    "guest": "./guest.d.ts",
  });
  deepStrictEqual(scopes, { "../old/": { a: "../lib/old.ts" } });
  deepStrictEqual([nodeModulesDir, lock], ["manual", "../deno.lock"]);
});

Deno.test("checkConfig() passes over a configuration that is none", async () => {
  const { imports } = await configOf({ "deno.json": '{"imports": ' });
  deepStrictEqual(imports, { guest: "./guest.d.ts" });
});
