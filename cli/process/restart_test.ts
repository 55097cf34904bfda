import { deepStrictEqual, match, strictEqual } from "node:assert";
import { withDirectory } from "../testdata/recorder.ts";
import type { StopSignal } from "./stop.ts";

// Each test runs a program that restarts itself: `parent` is what was started
// here, the child tells its pid on the standard output that they share.

const PROGRAM = new URL("testdata/program.ts", import.meta.url).href;

function command(args: readonly string[], cwd?: string): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...args],
    ...cwd === undefined ? {} : { cwd },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(args: readonly string[], cwd?: string) {
  const { code, stdout, stderr } = await command(args, cwd).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** A parent, and the lines that its child prints. */
interface Family {
  readonly parent: Deno.ChildProcess;
  readonly childPid: number;
  readonly lines: AsyncIterator<string>;
}

/** Calls `test` with a parent whose child carries out `task`. */
async function withFamily(
  task: string,
  test: (family: Family) => Promise<void>,
): Promise<void> {
  const parent = command(["-A", PROGRAM, task]).spawn();
  const lines = linesOf(parent.stdout);
  const { value } = await lines.next();
  const childPid: number = JSON.parse(value ?? "").pid;
  await test({ parent, childPid, lines });
  await parent.stderr.cancel();
  await parent.status;
}

async function* linesOf(stream: ReadableStream<Uint8Array>) {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

Deno.test("restart() passes arguments, directory and flags on, and no marks", async () => {
  await withDirectory({ "app/x": "" }, async (directory) => {
    const args = ["-A", PROGRAM, "describe", `${directory}/app`];
    const { code, stdout } = await run(args, directory);
    strictEqual(code, 0);
    deepStrictEqual(JSON.parse(stdout), {
      cwd: directory,
      works: `${directory}/app`,
      marks: [],
      hasBundler: true,
    });
  });
});

Deno.test("restart() answers the child's exit code", async () => {
  strictEqual((await run(["-A", PROGRAM, "exit"])).code, 7);
});

Deno.test("restart() fails when permissions cannot be passed on", async () => {
  const { code, stderr } = await run([
    "--no-prompt",
    "-A",
    "--deny-net=example.com",
    PROGRAM,
    "exit",
  ]);
  strictEqual(code, 1);
  match(stderr, /Cannot pass on permissions .* granted in full: net/);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`restart() passes ${signal} on when the parent alone hears it`, async () => {
    await withFamily("stop", async ({ parent, childPid, lines }) => {
      parent.kill(signal);
      strictEqual((await lines.next()).value, signal);
      Deno.kill(childPid, "SIGKILL");
      strictEqual((await lines.next()).done, true);
    });
  });
}

const CODES: readonly (readonly [StopSignal, number])[] = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
];

for (const [signal, code] of CODES) {
  Deno.test(`restart() answers ${code} when ${signal} ends the child`, async () => {
    await withFamily("wait", async ({ parent, lines }) => {
      parent.kill(signal);
      strictEqual((await lines.next()).done, true);
      strictEqual((await parent.status).code, code);
    });
  });
}

Deno.test("restart() answers 137 when the child is killed", async () => {
  await withFamily("wait", async ({ parent, childPid, lines }) => {
    Deno.kill(childPid, "SIGKILL");
    strictEqual((await lines.next()).done, true);
    strictEqual((await parent.status).code, 137);
  });
});

Deno.test("restart() leaves hangups ignored when nohup has it so", async () => {
  const parent = new Deno.Command("sh", {
    args: ["-c", 'trap "" HUP; exec "$DENO" run -A "$PROGRAM" stop'],
    env: { DENO: Deno.execPath(), PROGRAM },
    stdout: "piped",
  }).spawn();
  const lines = linesOf(parent.stdout);
  await lines.next();
  parent.kill("SIGHUP");
  parent.kill("SIGTERM");
  strictEqual((await lines.next()).value, "SIGTERM");
  parent.kill("SIGKILL");
  strictEqual((await lines.next()).done, true);
  await parent.status;
});

for (const task of ["wait", "stop"]) {
  // The output ends when the last process that holds it has ended.
  Deno.test(`followParent() ends a child that would ${task} when its parent is killed`, async () => {
    await withFamily(task, async ({ parent, lines }) => {
      parent.kill("SIGKILL");
      const rest: string[] = [];
      for (
        let line = await lines.next();
        !line.done;
        line = await lines.next()
      ) {
        rest.push(line.value);
      }
      deepStrictEqual(rest, task === "stop" ? ["SIGTERM"] : []);
    });
  });
}
