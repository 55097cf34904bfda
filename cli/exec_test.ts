import { deepStrictEqual, match, strictEqual } from "node:assert";
import { assemble } from "./exec/testdata/assemble.ts";
import { runCli } from "./exec/testdata/cli.ts";
import { withDirectory } from "./testdata/recorder.ts";

// What all of it comes to in processes of their own; exec/run_test.ts has the
// rows.

async function exec(text: string, ...words: readonly string[]) {
  let ran: Awaited<ReturnType<typeof runCli>> | undefined;
  await withDirectory({ "a.txt": "(module)" }, async (cwd) => {
    await Deno.writeFile(`${cwd}/a.wasm`, await assemble(text));
    ran = await runCli(["exec", ...words], { cwd });
  });
  return ran!;
}

const NOTHING = '(module (func (export "_start")))';
const TRAP = '(module (func $main unreachable) (export "_start" (func $main)))';
const SPIN = '(module (func (export "run") (loop (br 0))))';

Deno.test("rusm exec answers 0 and is silent when the program is done", async () => {
  const ran = await exec(NOTHING, "a.wasm", "--", "--help", "--version", "-x");
  deepStrictEqual(ran, { code: 0, stdout: "", stderr: "" });
});

const FAILURES: readonly (readonly [string, string, string, number, RegExp])[] =
  [
    [
      "the program traps",
      TRAP,
      "a.wasm",
      134,
      /^exec failed: a\.wasm crashed: .*unreachable.*\n {4}at main /,
    ],
    [
      "the program spins",
      SPIN,
      "a.wasm --max-cpu-ms 20",
      137,
      /^exec failed: a\.wasm was ended: Used more than 20 ms of CPU/,
    ],
    [
      "the program spins for too long",
      SPIN,
      "--timeout 200 --capability trusted a.wasm",
      124,
      /^exec failed: Stopped after 200 ms: a\.wasm\n$/,
    ],
    [
      "there is no file",
      NOTHING,
      "b.wasm",
      2,
      /^exec failed: Cannot find the file: b\.wasm\n$/,
    ],
    [
      "the file is text",
      NOTHING,
      "a.txt",
      2,
      /^exec failed: Cannot run WebAssembly in text form: a\.txt\n/,
    ],
    [
      "there is no directory",
      NOTHING,
      "a.wasm --dir data::/data",
      2,
      /^exec failed: Cannot find the directory: data\n$/,
    ],
    [
      "an option makes no sense",
      NOTHING,
      "a.wasm --timeout soon",
      2,
      /^Cannot use --timeout .*: soon\nusage: rusm exec <file> /,
    ],
    [
      "-- is forgotten",
      NOTHING,
      "a.wasm one",
      2,
      /^Unexpected argument: one; each ARG comes behind --\nusage: /,
    ],
  ];

for (const [what, text, words, code, said] of FAILURES) {
  Deno.test(`rusm exec answers ${code} when ${what}`, async () => {
    const ran = await exec(text, ...words.split(" "));
    match(ran.stderr, said);
    strictEqual(ran.code, code);
    strictEqual(ran.stdout, "");
  });
}
