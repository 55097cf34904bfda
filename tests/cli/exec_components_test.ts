import { deepStrictEqual, match, strictEqual } from "node:assert";
import { runCli } from "../../cli/exec/testdata/cli.ts";

const FIXTURES = new URL("../../wasm/component/testdata/", import.meta.url);

async function exec(name: string) {
  const cwd = await Deno.makeTempDir();
  try {
    const bytes = await Deno.readFile(new URL(`${name}.wasm`, FIXTURES));
    await Deno.writeFile(`${cwd}/a.wasm`, bytes);
    return await runCli(["exec", "a.wasm"], { cwd });
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

Deno.test("rusm exec runs a component of a command", async () => {
  const ran = await exec("command");
  deepStrictEqual(ran, { code: 0, stdout: "hello\n", stderr: "" });
});

Deno.test("rusm exec shows what a component has that exports no beginning", async () => {
  const { code, stdout, stderr } = await exec("resources");
  strictEqual(code, 2);
  strictEqual(stdout, "");
  match(
    stderr,
    /^exec failed: Cannot run a component that exports neither run nor wasi:cli\/run@0\.2: a\.wasm\nworld \{\n/,
  );
});

Deno.test("rusm exec names what a component of preview 3 needs", async () => {
  const { code, stderr } = await exec("async");
  strictEqual(code, 2);
  match(stderr, /^exec failed: Cannot run this program: a\.wasm\n.*preview 3/);
});
