import { deepStrictEqual, match, strictEqual } from "node:assert";
import { componentOf } from "../../wasm/component/testdata/source.ts";
import {
  invoke,
  module,
  withSuite,
} from "../wasm_suite/testdata/make_script.ts";
import { main } from "./main.ts";

const modules = {
  "m.wasm": await componentOf({ main: `(func (export "run"))` }),
  "n.wasm": await componentOf({ main: `(func (export "run") unreachable)` }),
};
const commands = [module("m.wasm"), invoke("assert_return", "run")];
const failing = [...commands, module("n.wasm"), invoke("action", "run")];

/** What the command prints, and its exit code. */
async function trace(
  ...args: string[]
): Promise<{ code: number; printed: string; errors: string }> {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await main(args, {
    print: (line) => printed.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, printed: printed.join("\n"), errors: errors.join("\n") };
}

Deno.test("main() prints a row for each script, and exits with 0 when nothing fails", () =>
  withSuite(modules, commands, async (directory) => {
    const { code, printed } = await trace(directory);
    strictEqual(code, 0);
    deepStrictEqual(printed.split("\n").map((line) => line.split(/ +/)), [
      ["script", "pass", "planned", "unsupported", "accepted", "skip", "fail"],
      ["a/script.json", ...["2", "0", "0", "0", "0", "0"]],
      ["all", ...["2", "0", "0", "0", "0", "0"]],
    ]);
  }));

Deno.test("main() exits with 1 when anything fails, and lists it", () =>
  withSuite(modules, failing, async (directory) => {
    const { code, printed } = await trace(directory, "--list", "pass");
    strictEqual(code, 1);
    match(printed, /\na\/script\.json:4 action: fail: trapped: RuntimeError/);
    match(printed, /\na\/script\.json:1 module: pass: /);
  }));

Deno.test("main() prints one document with --json", () =>
  withSuite(modules, commands, async (directory) => {
    const [{ path, lines }] = JSON.parse(
      (await trace(directory, "--json")).printed,
    );
    strictEqual(path, "a/script.json");
    strictEqual(lines[1].place, "a/script.json:2");
    strictEqual(lines[1].verdict, "pass");
  }));

Deno.test("main() loads mutations with --mutations", () =>
  withSuite(modules, commands, async (directory) => {
    const { code, printed } = await trace(directory, "--mutations", "3");
    strictEqual(code, 0);
    match(printed, /^8 components, \d with a plan, \d loaded, 0 faults$/);
  }));

Deno.test("main() runs components as processes with --guests", () =>
  withSuite(modules, commands, async (directory) => {
    const { code, printed } = await trace(directory, "--guests", "0");
    strictEqual(code, 0);
    match(printed, /^2 modules loaded, 0 refused\n/);
    match(printed, /\n1 normal/);
    match(printed, /\n1 crashed: Trap: unreachable: in function/);
  }));

// deno-fmt-ignore
const MISTAKES: [args: string[], error: RegExp][] = [
  [[], /Cannot run any number of directories but one/],
  [["a", "b"], /Cannot run any number of directories but one/],
  [["a", "--mutations", "-1"], /'--mutations'|Cannot do something this many times: -1/],
  [["a", "--guests", "x"], /Cannot do something this many times: x/],
  [["a", "--list", "x"], /Cannot list what is no verdict: x/],
  [["a", "--what"], /'--what'/],
];

for (const [args, error] of MISTAKES) {
  Deno.test(`main() refuses the arguments: ${args.join(" ")}`, async () => {
    const { code, errors } = await trace(...args);
    strictEqual(code, 2);
    match(errors, error);
    match(errors, /Usage: /);
  });
}

Deno.test("main() exits with 2 when there is no script, and with 0 for help", async () => {
  const empty = await Deno.makeTempDir();
  const { code, errors } = await trace(empty);
  await Deno.remove(empty);
  strictEqual(code, 2);
  match(errors, /Cannot find a script in a directory/);
  strictEqual((await trace("--help")).code, 0);
});
