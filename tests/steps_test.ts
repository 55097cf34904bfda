import { deepStrictEqual, strictEqual } from "node:assert";
import type { Workspace } from "./boundaries/workspace.ts";
import { runStep, stepsOf } from "./steps.ts";

const WORKSPACE: Workspace = {
  root: new URL("file:///w/"),
  config: { workspace: ["./otp", "./cli"] },
  members: new Map([
    ["otp", { exports: { ".": "./mod.ts", "./sim": "./sim.ts" } }],
    ["cli", { exports: "./mod.ts" }],
  ]),
  files: ["bench/main.ts", "otp/mod.ts", "otp/mod_test.ts"],
};

Deno.test("stepsOf() ends with the tests", () => {
  const names = stepsOf(WORKSPACE).map(({ name }) => name);
  const checks = [
    "fmt",
    "lint",
    "boundaries",
    "doc",
    "check",
    "publish",
    "coverage",
  ];
  deepStrictEqual(names, [...checks, "test"]);
});

Deno.test("stepsOf() lints the docs of every export", () => {
  const step = stepsOf(WORKSPACE).find(({ name }) => name === "doc");
  const exported = ["otp/mod.ts", "otp/sim.ts", "cli/mod.ts"];
  deepStrictEqual(step?.args, ["doc", "--lint", ...exported]);
});

Deno.test("stepsOf() checks the types of every script and every example", () => {
  const step = stepsOf(WORKSPACE).find(({ name }) => name === "check");
  const { files } = WORKSPACE;
  deepStrictEqual(step?.args.slice(0, 2 + files.length), [
    ...["check", "--doc"],
    ...files,
  ]);
  strictEqual(step?.args.includes("otp/README.md"), true);
});

// deno-fmt-ignore
const OUTCOMES: readonly [script: string, success: boolean, output: string][] = [
  ["console.log(1); console.error(2)",                    true,  "1\n2\n"],
  ["console.log(Deno.cwd().length > 0); Deno.exit(3)",    false, "true\n"],
  ["console.log('a'.repeat(200_000))",                    true,  `${"a".repeat(200_000)}\n`],
  ["console.log(Deno.stdin.readSync(new Uint8Array(1)))", true,  "null\n"],
];

for (const [script, success, output] of OUTCOMES) {
  Deno.test(`runStep() reports how \`${script}\` ended`, async () => {
    const root = new URL("./", import.meta.url);
    const outcome = await runStep(root, { name: "a", args: ["eval", script] });
    strictEqual(outcome.success, success);
    strictEqual(outcome.output, output);
  });
}
