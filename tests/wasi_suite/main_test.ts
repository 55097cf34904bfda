import { deepStrictEqual, match, strictEqual } from "node:assert";
import { assemble } from "../../cli/exec/testdata/assemble.ts";
import { main } from "./main.ts";
import { faultOf, type Outcome, type Spec, wordsFor } from "./program.ts";

const EXIT_3 = `(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.const 3))))`;

async function trace(specs: Readonly<Record<string, Spec>>) {
  const root = await Deno.makeTempDir();
  const directory = `${root}/rust/testsuite/wasm32-wasip1`;
  const lines: string[] = [];
  const io = {
    print: (line: string) => void lines.push(line),
    printError: (line: string) => void lines.push(line),
  };
  try {
    await Deno.mkdir(`${root}/wasm32-wasip3`);
    await Deno.writeTextFile(`${root}/wasm32-wasip3/not_run.wasm`, "");
    await Deno.mkdir(`${directory}/d`, { recursive: true });
    await Deno.writeTextFile(`${directory}/d/f`, "");
    for (const [name, spec] of Object.entries(specs)) {
      await Deno.writeFile(`${directory}/${name}.wasm`, await assemble(EXIT_3));
      const text = JSON.stringify(spec);
      await Deno.writeTextFile(`${directory}/${name}.json`, text);
    }
    return { code: await main([root], io), lines };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("main() exits with 0 when all programs do what they are to", async () => {
  const specs = { a: { exit_code: 3, dirs: ["d"] }, path_filestat: {} };
  const { code, lines } = await trace(specs);
  strictEqual(lines.at(-1), "1 passed, 1 cannot, 0 not as expected");
  strictEqual(code, 0);
});

Deno.test("main() exits with 1 when one does not, or one does that cannot", async () => {
  const specs = { a: {}, path_filestat: { exit_code: 3 } };
  const { code, lines } = await trace(specs);
  match(lines[0]!, /a\.wasm: exit code 3, not 0/);
  match(lines[1]!, /path_filestat\.wasm passes/);
  strictEqual(code, 1);
});

Deno.test("main() exits with 2 when there is no program, or no directory", async () => {
  strictEqual((await trace({})).code, 2);
  strictEqual(await main([], { print() {}, printError() {} }), 2);
});

const OUTCOME: Outcome = { code: 0, stdout: "out", stderr: "err" };

const FAULTS: readonly [spec: Spec, fault: string | undefined][] = [
  [{}, undefined],
  [{ stdout: "out", stderr: "err", exit_code: 0 }, undefined],
  [{ exit_code: 1 }, "exit code 0, not 1: err"],
  [{ stdout: "" }, 'standard output: "out"'],
  [{ stderr: "" }, 'standard error: "err"'],
];

for (const [spec, fault] of FAULTS) {
  Deno.test(`faultOf() ${JSON.stringify(spec)} is ${fault}`, () =>
    strictEqual(faultOf(spec, OUTCOME), fault));
}

Deno.test("wordsFor() gives directories under the path that the program wants", () => {
  const spec = { args: ["fs.dir"], dirs: ["fs.dir"], env: { A: "b" } };
  deepStrictEqual(wordsFor("a.wasm", spec).slice(6), [
    ...["--dir", "fs.dir::fs.dir:rw", "--env", "A=b", "--", "fs.dir"],
  ]);
});
