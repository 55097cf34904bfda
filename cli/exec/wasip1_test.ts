import {
  deepStrictEqual,
  match,
  notStrictEqual,
  strictEqual,
} from "node:assert";
import { exists } from "../file.ts";
import type { StopSignal } from "../process/stop.ts";
import { withDirectory } from "../testdata/recorder.ts";
import { assemble } from "./testdata/assemble.ts";
import { type Call, runCli, startCli } from "./testdata/cli.ts";
import { buildCommand, hasGo } from "./testdata/go.ts";

/** Until the engine gives modules the functions of preview 1. */
const isMissing = false;

const HELLO = `(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
  (data (i32.const 16) "hello\\n")
  (func (export "_start")
    (drop (call $fd_write
      (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $proc_exit (i32.const 3))))`;

Deno.test({
  name: "rusm exec prints what a program prints, and answers what it answers",
  ignore: isMissing,
  fn: async () => {
    await withDirectory({}, async (cwd) => {
      await Deno.writeFile(`${cwd}/a.wasm`, await assemble(HELLO));
      const ran = await runCli(["exec", "a.wasm"], { cwd });
      deepStrictEqual(ran, { code: 3, stdout: "hello\n", stderr: "" });
    });
  },
});

/** A test of the command that `testdata/command` is. */
function testCommand(
  name: string,
  test: (cwd: string) => Promise<void>,
): void {
  Deno.test({
    name,
    // Without Go there is no command.
    ignore: isMissing || !hasGo,
    fn: async () => {
      const files = { "data/note.txt": "a note\n", "secret.txt": "a secret\n" };
      await withDirectory(files, async (cwd) => {
        await Deno.writeFile(`${cwd}/a.wasm`, await buildCommand());
        await test(cwd);
      });
    },
  });
}

/** Runs the command with words for `rusm exec`, ` -- ` and words of its own. */
async function exec(line: string, call: Call) {
  return await runCli(["exec", "a.wasm", ...line.split(" ")], call);
}

testCommand("rusm exec passes arguments on", async (cwd) => {
  const ran = await exec("-- args --help -- x", { cwd });
  strictEqual(ran.stdout, '["a.wasm" "args" "--help" "--" "x"]\n');
  strictEqual(ran.code, 0);
});

testCommand(
  "rusm exec passes the variables on that it is given",
  async (cwd) => {
    const env = { INHERITED: "mine", HIDDEN: "no", BOTH: "mine" };
    const words =
      "--env A=1 --env INHERITED --env NONE --env BOTH=given -- env";
    const { code, stdout } = await exec(words, { cwd, env });
    const variables = [...stdout.matchAll(/"([^"]*)"/g)].map((each) => each[1]);
    deepStrictEqual(variables.sort(), ["A=1", "BOTH=given", "INHERITED=mine"]);
    strictEqual(code, 0);
  },
);

testCommand("rusm exec gives the program its input", async (cwd) => {
  const stdin = "line\n".repeat(50_000);
  const ran = await exec("-- copy", { cwd, stdin });
  deepStrictEqual(ran, { code: 0, stdout: stdin, stderr: "" });
});

testCommand("rusm exec keeps output and errors apart", async (cwd) => {
  const ran = await exec("-- say out err", { cwd });
  deepStrictEqual(ran, { code: 0, stdout: "out\n", stderr: "err\n" });
});

for (const code of [0, 3, 255]) {
  testCommand(
    `rusm exec answers ${code} when the program does`,
    async (cwd) => {
      const ran = await exec(`-- exit ${code}`, { cwd });
      deepStrictEqual(ran, { code, stdout: "", stderr: "" });
    },
  );
}

const READABLE = [
  ["--dir data", "/data/note.txt"],
  ["--dir .", "data/note.txt"],
  ["--dir data::/", "/note.txt"],
  ["--dir data::/x/y:rw", "/x/y/note.txt"],
] as const;

for (const [words, path] of READABLE) {
  testCommand(
    `rusm exec lets ${path} be read when given ${words}`,
    async (cwd) => {
      const ran = await exec(`${words} -- read ${path}`, { cwd });
      deepStrictEqual(ran, { code: 0, stdout: "a note\n", stderr: "" });
    },
  );
}

const UNREADABLE = [
  ["", "/data/note.txt"],
  ["--dir data ", "/secret.txt"],
  ["--dir data ", "/data/../secret.txt"],
  ["--dir data ", "/data/link"],
  ["--dir data:rw ", "/data/absolute"],
  ["--dir data::/ ", "/../secret.txt"],
] as const;

for (const [words, path] of UNREADABLE) {
  testCommand(
    `rusm exec keeps ${path} from being read when given ${words || "nothing "}`,
    async (cwd) => {
      await Deno.symlink("../secret.txt", `${cwd}/data/link`);
      await Deno.symlink(`${cwd}/secret.txt`, `${cwd}/data/absolute`);
      const { code, stdout, stderr } = await exec(
        `${words}-- read ${path}`,
        { cwd },
      );
      strictEqual(code, 1);
      strictEqual(stdout, "");
      match(stderr, /^open .+\n$/);
    },
  );
}

testCommand("rusm exec keeps a directory as it is without :rw", async (cwd) => {
  const { code } = await exec("--dir data -- write /data/new x", { cwd });
  strictEqual(code, 1);
  strictEqual(await exists(`${cwd}/data/new`), false);
});

testCommand("rusm exec lets a directory be written with :rw", async (cwd) => {
  const ran = await exec("--dir data:rw -- write /data/new x", { cwd });
  deepStrictEqual(ran, { code: 0, stdout: "", stderr: "" });
  strictEqual(await Deno.readTextFile(`${cwd}/data/new`), "x");
});

const SIGNALS: readonly (readonly [StopSignal, number])[] = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
];

for (const [signal, code] of SIGNALS) {
  for (const task of ["sleep", "compute"]) {
    testCommand(
      `rusm exec answers ${code} when ${signal} ends a ${task}`,
      async (cwd) => {
        const words = ["--max-cpu-ms", "60000", "--", task];
        const child = startCli(["exec", "a.wasm", ...words], { cwd });
        const output = child.stdout.getReader();
        const { value } = await output.read();
        strictEqual(new TextDecoder().decode(value), "ready\n");
        child.kill(signal);
        strictEqual((await child.status).code, code);
        strictEqual((await output.read()).done, true);
        strictEqual(await new Response(child.stderr).text(), "");
        await child.stdin.close().catch(() => {});
      },
    );
  }
}

testCommand(
  "rusm exec keeps what was printed when time is over",
  async (cwd) => {
    const words = "--timeout 2000 -- sleep";
    const { code, stdout, stderr } = await exec(words, { cwd });
    deepStrictEqual([code, stdout], [124, "ready\n"]);
    strictEqual(stderr, "exec failed: Stopped after 2000 ms: a.wasm\n");
  },
);

testCommand("rusm exec does not mind when the reader leaves", async (cwd) => {
  const child = startCli(["exec", "a.wasm", "--", "copy"], { cwd });
  await child.stdout.cancel();
  const writer = child.stdin.getWriter();
  const fed = writer.write(new Uint8Array(1_000_000))
    .then(() => writer.close()).catch(() => {});
  notStrictEqual((await child.status).code, 134);
  await fed;
  await child.stderr.cancel();
});
