import { deepStrictEqual, match, strictEqual } from "node:assert";
import { runCli } from "../../cli/exec/testdata/cli.ts";
import { JCO_DIR } from "../../wasm/component/preview3/testdata/installed.ts";

const FIXTURES = new URL("../../wasm/component/testdata/", import.meta.url);

const COMMAND_P3 = new URL("../guests/built/p3_command.wasm", import.meta.url);

function exec(name: string) {
  return execFile(new URL(`${name}.wasm`, FIXTURES));
}

async function execFile(file: URL, ...words: readonly string[]) {
  const cwd = await Deno.makeTempDir();
  try {
    await Deno.copyFile(file, `${cwd}/a.wasm`);
    return await runCli(["exec", "a.wasm", ...words], { cwd });
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
    /^exec failed: Cannot run a component that exports neither run nor wasi:cli\/run@0\.2 or 0\.3: a\.wasm\nworld \{\n/,
  );
});

Deno.test("rusm exec names what a component of preview 3 needs", async () => {
  const { code, stderr } = await exec("async");
  strictEqual(code, 2);
  match(
    stderr,
    /^exec failed: Cannot run this program: a\.wasm\n.*preview 3 without jco \(npm install .*\n--jco DIR says where jco is\.\n$/,
  );
});

// jco is not part of this repository: `npm ci` in tests/guests/tools installs it.
const P3_ROWS = [
  ["hello", 0, "hello\n", /^$/],
  ["exit", 3, "", /^$/],
  ["fail", 1, "", /^$/],
  ["trap", 134, "", /^exec failed: a\.wasm crashed: .*unreachable/],
] as const;

for (const [word, code, stdout, stderr] of P3_ROWS) {
  Deno.test({
    name:
      `rusm exec answers ${code} by a command of preview 3 that is told ${word}`,
    ignore: JCO_DIR === undefined,
    fn: async () => {
      const ran = await execFile(COMMAND_P3, "--jco", JCO_DIR!, "--", word);
      match(ran.stderr, stderr);
      strictEqual(ran.stdout, stdout);
      strictEqual(ran.code, code);
    },
  });
}
