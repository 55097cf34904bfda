import { strictEqual } from "node:assert";
import { cacheDirectory, ownCacheDirectory } from "./cache_directory.ts";

type Os = typeof Deno.build.os;

// deno-fmt-ignore
const DIRECTORIES: [Os, Record<string, string>, string | undefined][] = [
  ["linux", { RUSM_CACHE_DIR: "/c", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/c"],
  ["linux", { RUSM_CACHE_DIR: "c/d" }, "/cwd/c/d"],
  ["linux", { RUSM_CACHE_DIR: "", HOME: "/h" }, "/h/.cache/rusm"],
  ["linux", { XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/rusm"],
  ["linux", { XDG_CACHE_HOME: "x", HOME: "/h" }, "/h/.cache/rusm"],
  ["linux", { XDG_CACHE_HOME: "", HOME: "/h" }, "/h/.cache/rusm"],
  ["linux", { HOME: "" }, undefined],
  ["linux", {}, undefined],
  ["darwin", { HOME: "/Users/a" }, "/Users/a/Library/Caches/rusm"],
  ["darwin", { XDG_CACHE_HOME: "/x", HOME: "/Users/a" }, "/x/rusm"],
  ["windows", { LOCALAPPDATA: "/local", HOME: "/h" }, "/local/rusm"],
  ["windows", { HOME: "/h" }, undefined],
];

for (const [os, variables, expected] of DIRECTORIES) {
  const shown = JSON.stringify(variables);
  Deno.test(`cacheDirectory() is ${expected} on ${os} with ${shown}`, () => {
    strictEqual(
      cacheDirectory(os, "/cwd", (name) => variables[name]),
      expected,
    );
  });
}

Deno.test("ownCacheDirectory() is what the environment of this process says", () => {
  const before = Deno.env.get("RUSM_CACHE_DIR");
  Deno.env.set("RUSM_CACHE_DIR", "there");
  try {
    strictEqual(ownCacheDirectory("/a"), "/a/there");
  } finally {
    if (before === undefined) Deno.env.delete("RUSM_CACHE_DIR");
    else Deno.env.set("RUSM_CACHE_DIR", before);
  }
});

const DENIED: readonly (readonly [string, Deno.PermissionOptionsObject])[] = [
  ["read variables", { env: false, read: true, write: true, sys: true }],
  ["read files", { env: true, read: false, write: true, sys: true }],
  ["write files", { env: true, read: true, write: false, sys: true }],
  ["know its user", { env: true, read: true, write: true, sys: false }],
];

for (const [what, permissions] of DENIED) {
  Deno.test({
    name: `ownCacheDirectory() is none when this process may not ${what}`,
    permissions,
    fn: () => strictEqual(ownCacheDirectory("/a"), undefined),
  });
}
