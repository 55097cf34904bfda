import { deepStrictEqual, match, strictEqual } from "node:assert";
import { main } from "../command_line.ts";
// Loaded when it is first needed otherwise, which may be where nothing is granted.
import "../exec.ts";
import type { Io } from "../io.ts";
import type { StopSignal } from "../process/stop.ts";
import { filesBelow, record, withDirectory } from "../testdata/recorder.ts";
import { assemble } from "./testdata/assemble.ts";

/** What `rusm exec` answered and said. */
interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a module, written as text, by `rusm exec a.wasm` and more `words`. */
async function exec(
  text: string,
  words = "",
  overrides: Partial<Io> = {},
): Promise<Ran> {
  let ran: Ran | undefined;
  await withDirectory({}, async (directory) => {
    await Deno.writeFile(`${directory}/a.wasm`, await assemble(text));
    const { io, stdout, stderr } = record(directory, overrides);
    const args = ["exec", "a.wasm", ...words.split(" ").filter(Boolean)];
    const code = await main(args, io);
    ran = { code, stdout: stdout(), stderr: stderr() };
  });
  return ran!;
}

const NOTHING = '(module (func (export "_start")))';
const SPIN = '(module (func (export "run") (loop (br 0))))';
const WAIT = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (memory 1)
  (func (export "run")
    (drop (call $receive (i32.const 0) (i32.const 8)))))`;

/** A module, words, the exit code and what is printed. */
const ENDS: readonly (readonly [string, string, string, number, RegExp])[] = [
  ["it returns", NOTHING, "", 0, /^$/],
  ["run returns", '(module (func (export "run")))', "", 0, /^$/],
  [
    "it returns a number",
    '(module (func (export "run") (result i32) (i32.const 5)))',
    "",
    0,
    /^$/,
  ],
  ["it returns in time", NOTHING, "--timeout 60000", 0, /^$/],
  [
    "it traps",
    `(module
      (func $inner unreachable)
      (func $outer (call $inner))
      (func (export "_start") (call $outer)))`,
    "",
    134,
    /^exec failed: a\.wasm crashed: \w+: unreachable.*\n {4}at inner \(.*\n {4}at outer \(/,
  ],
  [
    "its start function traps",
    '(module (func $main unreachable) (start $main) (func (export "run")))',
    "",
    134,
    /^exec failed: a\.wasm crashed: .*unreachable/,
  ],
  [
    "it spins",
    SPIN,
    "--max-cpu-ms 50",
    137,
    /^exec failed: a\.wasm was ended: Used more than 50 ms of CPU .*\nGive it more with --max-cpu-ms\.\n$/,
  ],
  [
    "it kills itself",
    `(module
      (import "rusm" "own_pid" (func $self (result i64)))
      (import "rusm" "kill" (func $kill (param i64) (result i32)))
      (func (export "run") (drop (call $kill (call $self))) (loop (br 0))))`,
    "",
    137,
    /^exec failed: a\.wasm was ended: killed\n$/,
  ],
  [
    "it spins for too long",
    SPIN,
    "--timeout 50 --max-cpu-ms 60000",
    124,
    /^exec failed: Stopped after 50 ms: a\.wasm\n$/,
  ],
  [
    "it waits for too long",
    WAIT,
    "--timeout 50",
    124,
    /^exec failed: Stopped after 50 ms: a\.wasm\n$/,
  ],
  [
    "it imports what is not there",
    '(module (import "env" "nope" (func)) (func (export "run")))',
    "",
    2,
    /^exec failed: Cannot run this program: a\.wasm\n.*env\.nope\n$/,
  ],
  [
    "it begins with more memory than it may have",
    '(module (memory 65) (func (export "run")))',
    "--max-memory-mb 4",
    2,
    /^exec failed: Cannot run this program: a\.wasm\n.*65 pages at 64 pages/,
  ],
];

for (const [what, text, words, code, said] of ENDS) {
  Deno.test(`exec answers ${code} when ${what}`, async () => {
    const ran = await exec(text, words);
    strictEqual(ran.code, code);
    match(ran.stderr, said);
    strictEqual(ran.stdout, "");
  });
}

Deno.test("exec gives as much memory as it is told to", async () => {
  const text = '(module (memory 65) (func (export "run")))';
  const ran = await exec(text, "--max-memory-mb 5");
  deepStrictEqual(ran, { code: 0, stdout: "", stderr: "" });
});

const SIGNALS: readonly (readonly [StopSignal, number])[] = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
];

for (const [signal, code] of SIGNALS) {
  for (const [what, text] of [["waits", WAIT], ["spins", SPIN]] as const) {
    Deno.test(`exec answers ${code} when ${signal} ends what ${what}`, async () => {
      let isListening = false;
      const listenForStop: Io["listenForStop"] = () => {
        isListening = true;
        return {
          next: () => Promise.resolve(signal),
          close: () => void (isListening = false),
        };
      };
      const ran = await exec(text, "--max-cpu-ms 60000", { listenForStop });
      deepStrictEqual(ran, { code, stdout: "", stderr: "" });
      strictEqual(isListening, false);
    });
  }
}

Deno.test({
  name: "exec fails when the node may not give what it is told to give",
  permissions: {
    read: true,
    write: true,
    env: false,
    net: false,
    run: false,
    ffi: false,
    sys: true,
    import: true,
  },
  fn: async () => {
    const ran = await exec(NOTHING, "--env HOME");
    strictEqual(ran.code, 1);
    match(ran.stderr, /^exec failed: Cannot grant the variable HOME .*\n$/);
  },
});

Deno.test("exec keeps what it makes of a program, unless it is told not to", async () => {
  await withDirectory({}, async (cacheDirectory) => {
    const cached = () => filesBelow(cacheDirectory);
    await exec(NOTHING, "--no-cache", { cacheDirectory });
    deepStrictEqual(await cached(), []);
    for (let count = 0; count < 2; count++) {
      const ran = await exec(NOTHING, "", { cacheDirectory });
      deepStrictEqual(ran, { code: 0, stdout: "", stderr: "" });
      strictEqual((await cached()).length, 1);
    }
    match((await cached())[0]!, /^modules\/[0-9a-f]{64}-.*\.rusm$/);
  });
});

Deno.test("exec runs what is not kept, and is silent about that", async () => {
  await withDirectory({ file: "" }, async (directory) => {
    const cacheDirectory = `${directory}/file`;
    const ran = await exec(NOTHING, "", { cacheDirectory });
    deepStrictEqual(ran, { code: 0, stdout: "", stderr: "" });
  });
});

const TRAP = `(module
  (memory 1) (data (i32.const 100) "left behind")
  (func $main unreachable) (export "_start" (func $main)))`;

Deno.test("exec writes a core dump when the program traps, for its owner alone", async () => {
  await withDirectory({ "core.wasm": "old" }, async (directory) => {
    const file = `${directory}/core.wasm`;
    const ran = await exec(TRAP, `--core-dump ${file}`);
    strictEqual(ran.code, 134);
    match(
      ran.stderr,
      /^core dump of \d+ bytes: .*core\.wasm\nexec failed: a\.wasm crashed: /,
    );
    const dump = await Deno.readFile(file);
    strictEqual(WebAssembly.validate(dump), true);
    match(new TextDecoder().decode(dump), /corestack[^]*left behind/);
    if (Deno.build.os !== "windows") {
      strictEqual((await Deno.stat(file)).mode! & 0o777, 0o600);
    }
    deepStrictEqual(await filesBelow(directory), ["core.wasm"]);
  });
});

Deno.test("exec says that it cannot write a core dump, and what the program did", async () => {
  const ran = await exec(TRAP, "--core-dump none/core.wasm");
  strictEqual(ran.code, 134);
  match(
    ran.stderr,
    /^Cannot write the core dump: .*\nexec failed: a\.wasm crashed: /,
  );
});

for (
  const [what, text, words] of [["returns", NOTHING, ""], [
    "spins",
    SPIN,
    "--max-cpu-ms 50",
  ]] as const
) {
  Deno.test(`exec writes no core dump when the program ${what}`, async () => {
    await withDirectory({}, async (directory) => {
      await exec(text, `--core-dump ${directory}/a.core ${words}`);
      deepStrictEqual(await filesBelow(directory), []);
    });
  });
}
