import { strictEqual } from "node:assert";
import { fileURLToPath } from "node:url";
import { ROOT } from "../boundaries/paths.ts";
import { boundaries } from "./boundaries.ts";
import { checkRule } from "./check_rule.ts";

const OUTSIDE = "Cannot import from outside otp:";
const CROSSING = "Cannot cross a member's border by a path:";
const REMOTE = "Cannot import from JSR or a URL:";
const COMPUTED = "Cannot follow an import whose path is computed";

// deno-fmt-ignore
checkRule("boundaries", [
  // Every form, each leaving otp.
  ["otp/a.ts", `import "@rusm/wasm";`, `${OUTSIDE} "@rusm/wasm"`],
  ["otp/a.ts", `import { a } from "node:fs";`, `${OUTSIDE} "node:fs"`],
  ["otp/a.ts", `import type { A } from "../wasm/a.ts";`, `${OUTSIDE} "../wasm/a.ts"`],
  ["otp/a.ts", `import { type A } from "fast-check";`, `${OUTSIDE} "fast-check"`],
  ["otp/a.ts", `export * from "npm:ws@8.18.0";`, `${OUTSIDE} "npm:ws@8.18.0"`],
  ["otp/a.ts", `export * as a from "../cli/a.ts";`, `${OUTSIDE} "../cli/a.ts"`],
  ["otp/a.ts", `export { a } from "../tests/a.ts";`, `${OUTSIDE} "../tests/a.ts"`],
  ["otp/a.ts", `export type { A } from "@rusm/cli";`, `${OUTSIDE} "@rusm/cli"`],
  ["otp/a.ts", `await import("@rusm/serve");`, `${OUTSIDE} "@rusm/serve"`],
  ["otp/a.ts", "await import(`@rusm/serve`);", `${OUTSIDE} "@rusm/serve"`],
  ["otp/a.ts", `type A = import("../wasm/a.ts").A;`, `${OUTSIDE} "../wasm/a.ts"`],
  ["otp/a.ts", `type A = typeof import("node:fs");`, `${OUTSIDE} "node:fs"`],
  ["otp/a.ts", `import a = require("node:fs");`, `${OUTSIDE} "node:fs"`],
  ["otp/a.ts", `declare module "@rusm/wasm" {}`, `${OUTSIDE} "@rusm/wasm"`],
  ["otp/a.ts", `new Worker(new URL("../wasm/worker.ts", import.meta.url));`, `${OUTSIDE} "../wasm/worker.ts"`],
  ["otp/a.ts", `import.meta.resolve("@rusm/wasm/worker");`, `${OUTSIDE} "@rusm/wasm/worker"`],
  ["otp/a.ts", `import.meta["resolve"]("../wasm/a.ts");`, `${OUTSIDE} "../wasm/a.ts"`],
  ["otp/sub/a.ts", `import "../a.ts"; import "../../wasm/a.ts";`, `${OUTSIDE} "../../wasm/a.ts"`],
  ["otp/host.ts", `import "node:timers";`, `${OUTSIDE} "node:timers"`],

  // The other members.
  ["wasm/a.ts", `import "@rusm/cluster";`, `Cannot import cluster from wasm: "@rusm/cluster"`],
  ["cluster/a.ts", `import "@rusm/wasm";`, `Cannot import wasm from cluster: "@rusm/wasm"`],
  ["serve/a.ts", `import "@rusm/cli";`, `Cannot import cli from serve: "@rusm/cli"`],
  ["wasm/a.ts", `import "../otp/a.ts";`, `${CROSSING} "../otp/a.ts"`],
  ["wasm/a.ts", `new URL("../otp/worker.ts", import.meta.url);`, `${CROSSING} "../otp/worker.ts"`],
  ["wasm/a.ts", `new URL("..", import.meta.url);`, `${CROSSING} ".."`],
  ["wasm/a.ts", `import "npm:ws@8.18.0";`, `Cannot import an npm package that wasm/deno.json does not map: "npm:ws@8.18.0"`],
  ["wasm/a.ts", `import "jsr:@std/path";`, `${REMOTE} "jsr:@std/path"`],
  ["wasm/a_test.ts", `import "../otp/a.ts";`, `${CROSSING} "../otp/a.ts"`],
  ["mod.ts", `export * from "./otp/mod.ts";`, `${CROSSING} "./otp/mod.ts"`],
  ["tests/a.ts", `import "https://example.com/a.ts";`, `${REMOTE} "https://example.com/a.ts"`],

  // Computed paths.
  ["wasm/a.ts", "await import(`./${name}.ts`);", COMPUTED],
  ["cli/a.ts", `await import("./a" + ".ts");`, COMPUTED],
  ["cli/a_test.ts", `await import(name);`],
  ["tests/a.ts", `await import(name);`],

  // What the borders allow.
  ["otp/a.ts", `import "./b.ts"; export * from "./c/d.ts";`],
  ["otp/a.ts", `const a = '@rusm/wasm'; // import "@rusm/wasm"`],
  ["otp/a.ts", `new URL("node:fs"); resolve("@rusm/wasm"); new Path("../wasm", import.meta.url);`],
  ["otp/a_test.ts", `import "node:assert"; import fc from "fast-check"; import "../tests/suite.ts";`],
  ["wasm/a.ts", `import "@rusm/otp"; import "ws"; import "node:path"; import.meta.resolve("@rusm/otp/worker");`],
  ["wasm/a.ts", `new URL("worker.ts", import.meta.url); new URL("./", import.meta.url); new URL("https://example.com", import.meta.url);`],
  ["wasm/host/a.ts", `new URL("..", import.meta.url);`],
  ["cli/a.ts", `import "@rusm/otp"; import "@rusm/wasm"; import "@rusm/cluster"; import "@rusm/serve";`],
  ["mod.ts", `export * from "@rusm/otp";`],
  ["tests/a.ts", `import "../otp/a.ts"; import "@rusm/cli";`],
]);

Deno.test("rusm/boundaries says what to do", () => {
  const plugin = { name: "rusm", rules: { boundaries } };
  const file = fileURLToPath(new URL("wasm/a.ts", ROOT));
  const [found] = Deno.lint.runPlugin(plugin, file, `import "../otp/a.ts";`);
  const hint = `Import "@rusm/otp", which exports what others may use`;
  strictEqual(found?.hint, hint);
});
