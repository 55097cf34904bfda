import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { main, SIDES } from "./main.ts";
import type { Side } from "./sides.ts";
import { invoke, module, number, withSuite } from "./testdata/make_script.ts";

const modules = {
  "m.wasm": `(func (export "f") (result i32) (i32.const 1))`,
  "n.wasm": `(import "no" "such" (func))`,
};
const commands = [
  module("m.wasm"),
  invoke("assert_return", "f", [], [number("i32", "1")]),
];

const REFUSING: Side = {
  name: "refusing",
  compile: () => {
    throw new WebAssembly.CompileError("no");
  },
};

/** What the command prints, and its exit code. */
async function trace(
  args: readonly string[],
  sides: readonly Side[] = SIDES,
): Promise<{ code: number; printed: string; errors: string }> {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await main(args, {
    print: (line) => printed.push(line),
    printError: (line) => errors.push(line),
    sides,
  });
  return { code, printed: printed.join("\n"), errors: errors.join("\n") };
}

Deno.test("main() prints a line for each script, and exits with 0 when all end alike", async () => {
  await withSuite(modules, commands, async (directory) => {
    const { code, printed } = await trace([directory]);
    strictEqual(code, 0);
    deepStrictEqual(printed.split("\n").map((line) => line.split(/ +/)), [
      ["script", "commands", "passed", "failed", "skipped", "different"],
      ["a/script.json", ...["2", "2", "0", "0", "0"]],
      ["all", ...["2", "2", "0", "0", "0"]],
    ]);
  });
});

Deno.test("main() exits with 1 when anything differs, and says what", async () => {
  await withSuite(modules, commands, async (directory) => {
    const { code, printed } = await trace([directory], [REFUSING]);
    strictEqual(code, 1);
    match(
      printed,
      /a\/script\.json:1 module\n {2}plain: pass returned \n {2}refusing: fail refused: /,
    );
  });
});

Deno.test("main() prints one document with --json", async () => {
  await withSuite(modules, commands, async (directory) => {
    const { printed } = await trace([directory, "--json"]);
    const counts = { commands: 2, passed: 2, failed: 0, skipped: 0 };
    deepStrictEqual(JSON.parse(printed), [
      { path: "a/script.json", ...counts, differences: [] },
    ]);
  });
});

Deno.test("main() rewrites mutations with --mutations", async () => {
  await withSuite(modules, commands, async (directory) => {
    const { code, printed } = await trace([directory, "--mutations", "9"]);
    strictEqual(code, 0);
    match(printed, /^20 modules, \d+ of them valid, 0 faults$/);
    const json = await trace([directory, "--mutations", "0", "--json"]);
    deepStrictEqual(JSON.parse(json.printed), {
      ...{ tried: 2, valid: 2, refused: {}, faults: [] },
    });
  });
});

Deno.test("main() runs guests with --guests, no more than it is told", async () => {
  await withSuite(modules, commands, async (directory) => {
    const { code, printed } = await trace([directory, "--guests", "9"]);
    strictEqual(code, 0);
    strictEqual(printed, "1 modules loaded, 1 refused\n1 normal");
    const one = await trace([directory, "--guests", "1", "--json"]);
    deepStrictEqual(JSON.parse(one.printed), {
      ...{ loaded: 1, refused: 0, endings: { normal: 1 } },
    });
  });
});

// deno-fmt-ignore
const WRONG: [args: string[], message: RegExp][] = [
  [[],                                /^Cannot run any number of directories but one\n\nUsage/],
  [["a", "b"],                        /^Cannot run any number of directories but one\n\nUsage/],
  [["a", "--what"],                   /--what/],
  [["a", "--mutations=-1"],           /^Cannot do something this many times: -1\n\nUsage/],
  [["a", "--guests", "some"],         /^Cannot do something this many times: some\n\nUsage/],
];

for (const [args, message] of WRONG) {
  Deno.test(`main() exits with 2 for the arguments ${JSON.stringify(args)}`, async () => {
    const { code, printed, errors } = await trace(args);
    strictEqual(code, 2);
    strictEqual(printed, "");
    match(errors, message);
  });
}

Deno.test("main() exits with 2 when there is no script", async () => {
  await withSuite({}, [], async (directory) => {
    const { code, errors } = await trace([`${directory}/a/../a`]);
    strictEqual(code, 0, errors);
    await Deno.remove(`${directory}/a/script.json`);
    const without = await trace([directory]);
    strictEqual(without.code, 2);
    match(without.errors, /^Cannot find a script in a directory: /);
  });
});

Deno.test("main() shows its usage", async () => {
  const { code, printed } = await trace(["--help"]);
  strictEqual(code, 0);
  ok(printed.startsWith("Usage: deno task wasm-suite DIR"));
});
