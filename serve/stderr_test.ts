import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { writeAll } from "./stderr.ts";

const TEXT = "one line\n";

// A pipe that answers each write with the next of `answers`: it takes that
// many bytes, or fails so.
function pipe(answers: readonly (number | Error)[]) {
  const taken: number[] = [];
  const left = answers.slice();
  function writeSync(bytes: Uint8Array): number {
    const answer = left.shift() ?? bytes.length;
    if (answer instanceof Error) throw answer;
    taken.push(...bytes.subarray(0, answer));
    return Math.min(answer, bytes.length);
  }
  const read = () => new TextDecoder().decode(new Uint8Array(taken));
  return { writeSync, read };
}

// deno-fmt-ignore
const PIPES = [
  ["takes all",        [],                                                TEXT],
  ["takes a part",     [3, 1, 2],                                         TEXT],
  ["is full at times", [2, new Deno.errors.WouldBlock(), 3, new Deno.errors.WouldBlock()], TEXT],
  ["closes",           [3, new Deno.errors.BrokenPipe()],                 "one"],
  ["has no space",     [3, new Error("No space left on device")],         "one"],
] as const;

for (const [what, answers, expected] of PIPES) {
  Deno.test(`writeAll() to a pipe that ${what}`, () => {
    const { writeSync, read } = pipe(answers);
    writeAll(new TextEncoder().encode(TEXT), writeSync);
    strictEqual(read(), expected);
  });
}

Deno.test("writeStderr() writes to standard error, uncoloured when piped", async () => {
  const url = import.meta.resolve("./stderr.ts");
  const { stdout, stderr, success } = await run(`
    import { isStderrColored, writeStderr } from "${url}";
    for (let index = 0; index < 3; index++) writeStderr("line " + index + "\\n");
    console.log(isStderrColored());
  `);
  ok(success);
  deepStrictEqual([stdout, stderr], ["false\n", "line 0\nline 1\nline 2\n"]);
});

async function run(script: string) {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", script],
  }).output();
  const decoder = new TextDecoder();
  return {
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
    success: output.success,
  };
}
