import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { MAY_IMPORT, type Member, memberOf } from "./members.ts";
import { judgeImport, type Target } from "./rules.ts";

const npm: Target = { type: "npm", mapped: true };
const unmapped: Target = { type: "npm", mapped: false };
const node: Target = { type: "node" };
const remote: Target = { type: "remote" };
const nothing: Target = { type: "nothing" };

// deno-fmt-ignore
const ALLOWED: readonly [from: string, specifier: string, target: Target][] = [
  ["otp/a.ts",              "./b.ts",              file("otp/b.ts")],
  ["otp/sub/a.ts",          "../b.ts",             file("otp/b.ts")],
  ["otp/a_test.ts",         "node:assert",         node],
  ["otp/a_test.ts",         "fast-check",          unmapped],
  ["otp/a_test.ts",         "../tests/suite.ts",   file("tests/suite.ts")],
  ["wasm/a.ts",             "@rusm/otp",           file("otp/mod.ts")],
  ["wasm/a.ts",             "@rusm/otp/sim",       file("otp/sim.ts")],
  ["wasm/a.ts",             "ws",                  npm],
  ["wasm/a.ts",             "node:path",           node],
  ["cluster/a.ts",          "@rusm/otp",           file("otp/mod.ts")],
  ["serve/a.ts",            "@rusm/cluster",       file("cluster/mod.ts")],
  ["cli/a.ts",              "@rusm/serve",         file("serve/mod.ts")],
  ["mod.ts",                "@rusm/cli",           file("cli/mod.ts")],
  ["mod.ts",                "node:path",           node],
  ["tests/sim/a_test.ts",   "../../otp/sim.ts",    file("otp/sim.ts")],
  ["bench/main.ts",         "ws",                  unmapped],
];

for (const [from, specifier, target] of ALLOWED) {
  Deno.test(`judgeImport() allows ${specifier} in ${from}`, () => {
    strictEqual(judgeImport({ from, specifier, target }), undefined);
  });
}

// deno-fmt-ignore
const FORBIDDEN: readonly [from: string, specifier: string, target: Target, found: string][] = [
  ["otp/a.ts",        "@rusm/wasm",        file("wasm/mod.ts"),  "Cannot import from outside otp"],
  ["otp/a.ts",        "../wasm/a.ts",      file("wasm/a.ts"),    "Cannot import from outside otp"],
  ["otp/a.ts",        "../tests/a.ts",     file("tests/a.ts"),   "Cannot import from outside otp"],
  ["otp/a.ts",        "../../b.ts",        file("../b.ts"),      "Cannot import from outside otp"],
  ["otp/a.ts",        "node:fs",           node,                 "Cannot import from outside otp"],
  ["otp/a.ts",        "fast-check",        npm,                  "Cannot import from outside otp"],
  ["otp/a.ts",        "gone",              nothing,              "Cannot import from outside otp"],
  ["otp/host.ts",     "node:timers",       node,                 "Cannot import from outside otp"],
  ["otp/a_test.ts",   "@rusm/wasm",        file("wasm/mod.ts"),  "Cannot import wasm from otp"],
  ["otp/a_test.ts",   "../wasm/a.ts",      file("wasm/a.ts"),    "Cannot cross a member's border by a path"],
  ["otp/a_test.ts",   "jsr:@std/assert",   remote,               "Cannot import from JSR or a URL"],
  ["wasm/a.ts",       "@rusm/cluster",     file("cluster/a.ts"), "Cannot import cluster from wasm"],
  ["wasm/a.ts",       "@rusm/serve",       file("serve/mod.ts"), "Cannot import serve from wasm"],
  ["cluster/a.ts",    "@rusm/wasm",        file("wasm/mod.ts"),  "Cannot import wasm from cluster"],
  ["serve/a.ts",      "@rusm/cli",         file("cli/mod.ts"),   "Cannot import cli from serve"],
  ["wasm/a.ts",       "../otp/pid.ts",     file("otp/pid.ts"),   "Cannot cross a member's border by a path"],
  ["wasm/a.ts",       "otp",               file("otp/mod.ts"),   "Cannot cross a member's border by a path"],
  ["wasm/a.ts",       "@rusm/otp",         file("cli/mod.ts"),   "Cannot cross a member's border by a path"],
  ["wasm/a.ts",       "../tests/a.ts",     file("tests/a.ts"),   "Cannot cross a member's border by a path"],
  ["wasm/a.ts",       "../../b.ts",        file("../b.ts"),      "Cannot cross a member's border by a path"],
  ["wasm/a.ts",       "npm:ws@1.0.0",      unmapped,             "Cannot import an npm package that wasm/deno.json does not map"],
  ["wasm/a.ts",       "@rusm/nope",        nothing,              "Cannot find what is imported"],
  ["wasm/a.ts",       "https://a.test/a",  remote,               "Cannot import from JSR or a URL"],
  ["mod.ts",          "./otp/mod.ts",      file("otp/mod.ts"),   "Cannot cross a member's border by a path"],
  ["mod.ts",          "jsr:@std/path",     remote,               "Cannot import from JSR or a URL"],
  ["bench/main.ts",   "jsr:@std/cli",      remote,               "Cannot import from JSR or a URL"],
];

for (const [from, specifier, target, found] of FORBIDDEN) {
  Deno.test(`judgeImport() forbids ${specifier} in ${from}`, () => {
    const got = judgeImport({ from, specifier, target })?.found;
    strictEqual(got, `${found}: "${specifier}"`);
  });
}

Deno.test("judgeImport() says what a member may import when it looks up", () => {
  const edge = { from: "cluster/a.ts", specifier: "@rusm/wasm" };
  deepStrictEqual(
    judgeImport({ ...edge, target: file("wasm/mod.ts") })?.fix,
    "Imports go down: cluster may import only @rusm/otp. Move down what both need, or pass it in",
  );
});

Deno.test("judgeImport() never lets two members import each other", () => {
  const members = Object.keys(MAY_IMPORT) as Member[];
  const member = fc.constantFrom(...members);
  fc.assert(fc.property(member, member, (a, b) => {
    if (a === b) return;
    const may = (from: Member, to: Member): boolean =>
      judgeImport({
        from: `${from}/a.ts`,
        specifier: `@rusm/${to}`,
        target: file(`${to}/mod.ts`),
      }) === undefined;
    strictEqual(may(a, b) && may(b, a), false);
  }));
});

Deno.test("memberOf() finds no member for files of the workspace itself", () => {
  for (
    const path of ["mod.ts", "otp", "tests/a.ts", "../otp/a.ts", "toString/a"]
  ) {
    strictEqual(memberOf(path), undefined, path);
  }
});

function file(path: string): Target {
  return { type: "file", path };
}
