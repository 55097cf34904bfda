import { deepStrictEqual } from "node:assert";
import { type AppFiles, relevanceOf, watchedFor } from "./relevance.ts";

const FILES: AppFiles = {
  directory: "/app",
  manifest: "/app/rusm.toml",
  inputs: new Map([
    ["api", ["/app/components/api/index.ts", "/app/lib/shared.ts", "/x/y.ts"]],
    ["web", ["/app/components/web/index.ts", "/app/lib/shared.ts"]],
    ["odd", ["/app/node_modules/p/target/a.ts"]],
  ]),
};

/** What has changed, the components that may have to be built, and what is told. */
// deno-fmt-ignore
const CHANGES: readonly (readonly [string, string, string, boolean])[] = [
  ["", "", "", false],
  ["/app", "", "", false],
  ["/app/components/api/index.ts", "api", "/app/components/api/index.ts", true],
  ["/app/components/api/new.ts", "api", "/app/components/api/new.ts", true],
  ["/app/components/new", "new", "/app/components/new", true],
  ["/app/components", "all", "/app/components", true],
  ["/app/auth/keys/index.ts", "auth:keys", "/app/auth/keys/index.ts", true],
  ["/app/auth/keys", "auth:keys", "/app/auth/keys", true],
  ["/app/auth", "all", "/app/auth", true],
  ["/app/wasm/auth-keys.js", "", "", true],
  ["/app/components/api/node_modules/p/index.js", "", "", false],
  ["/app/components/api/target/debug/x", "", "", false],
  ["/app/components/target/index.ts", "target", "/app/components/target/index.ts", true],
  ["/app/lib/shared.ts", "api web", "/app/lib/shared.ts", true],
  ["/app/lib/other.ts", "", "", false],
  ["/app/lib", "api web", "/app/lib", true],
  ["/x/y.ts", "api", "/x/y.ts", true],
  ["/app/node_modules/p/target/a.ts", "odd", "/app/node_modules/p/target/a.ts", true],
  ["/app/deno.json", "all", "/app/deno.json", true],
  ["/app/lib/deno.json", "", "", false],
  ["/app/rusm.toml", "", "/app/rusm.toml", true],
  ["/app/.env", "", "/app/.env", true],
  ["/app/README.md", "", "", false],
  ["/app/wasm/api.js", "", "", true],
  ["/app/wasm/api.js.map", "", "", false],
  ["/app/wasm/api.js.0.tmp", "", "", false],
  ["/app/.env /app/components/web/a.ts", "web", "/app/.env /app/components/web/a.ts", true],
];

for (const [changed, components, told, isRelevant] of CHANGES) {
  Deno.test(`relevanceOf() says what to do when this has changed: ${changed}`, () => {
    const paths = new Set(changed.split(" ").filter((path) => path !== ""));
    const relevance = relevanceOf({ paths, isAll: false }, FILES);
    const names = relevance.components === "all"
      ? "all"
      : [...relevance.components].sort().join(" ");
    deepStrictEqual([names, relevance.paths.join(" "), relevance.isRelevant], [
      ...[components, told, isRelevant],
    ]);
  });
}

Deno.test("relevanceOf() has all looked at when nobody saw all, and tells nobody", () => {
  const batch = { paths: new Set<string>(), isAll: true };
  deepStrictEqual(relevanceOf(batch, FILES), {
    ...{ components: "all", paths: [], isRelevant: true },
  });
});

Deno.test("watchedFor() watches directories, and those above", () => {
  deepStrictEqual(watchedFor(FILES), {
    deep: ["/app/components", "/app/auth"],
    flat: ["/", "/app", "/app/lib", "/app/wasm", "/x"],
  });
});
