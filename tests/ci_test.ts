import { deepStrictEqual, match, strictEqual } from "node:assert";
import { fileURLToPath } from "node:url";
import { ROOT } from "./boundaries/paths.ts";

/** Stand-ins for the commands that `.ci/run` finds on its path, as shell text. */
interface Machine {
  /** Version of the `deno` on the path; without one it cannot be run. */
  readonly version?: string;
  /** What `deno task test` does. */
  readonly test: string;
  /** What `deno task ok` does. */
  readonly ok: string;
  /** What `deno run tests/tally.ts` does; the real thing unless given. */
  readonly tally?: string;
  /** Variables of the caller. */
  readonly env?: Readonly<Record<string, string>>;
  /** What `id` prints; a user who is not root unless given. */
  readonly user?: string;
  /** What `apt-get` does, once it has printed how it was called to `apt`. */
  readonly apt?: string;
}

/** How `.ci/run` ended. */
interface Ending {
  readonly code: number;
  readonly lines: readonly string[];
  /** How `apt-get` was called. */
  readonly apt: readonly string[];
}

const TESTS = `echo "ok | 7 passed | 0 failed (1s)"`;
const STEPS = `echo "✓ fmt         0.1 s"`;

// deno-fmt-ignore
const ENDINGS: readonly [why: string, machine: Machine, code: number, last: string][] = [
  ["all passed",             { test: TESTS, ok: STEPS },                     0, "7 passed, 0 failed"],
  ["a test failed",          { test: `echo "FAILED | 6 passed | 1 failed (1s)"; exit 1`, ok: STEPS },
                                                                             1, "6 passed, 1 failed"],
  ["the tests crashed",      { test: "exit 134", ok: STEPS },                1, "0 passed, 1 failed"],
  ["no test ran",            { test: `echo "ok | 0 passed | 0 failed (0ms)"`, ok: STEPS },
                                                                             1, "0 passed, 0 failed"],
  ["two steps failed",       { test: TESTS, ok: `echo "✗ fmt         0.1 s"; echo "✗ doc         0.1 s"; exit 1` },
                                                                             1, "7 passed, 2 failed"],
  ["the steps crashed",      { test: TESTS, ok: "exit 1" },                  1, "7 passed, 1 failed"],
  ["the tally crashed",      { test: TESTS, ok: STEPS, tally: "exit 1" },    1, "0 passed, 1 failed"],
  ["the tally is nonsense",  { test: TESTS, ok: STEPS, tally: "echo fine" }, 1, "0 passed, 1 failed"],
  ["the tally is too kind",  { test: "exit 1", ok: STEPS, tally: `echo "7 passed, 0 failed"` },
                                                                             1, "7 passed, 0 failed"],
];

for (const [why, machine, code, last] of ENDINGS) {
  Deno.test(`.ci/run exits with ${code} when ${why}`, async () => {
    const ending = await run({ version: "2.9.6", ...machine });
    strictEqual(ending.lines.at(-1), last);
    strictEqual(ending.code, code);
  });
}

Deno.test(".ci/run prints all that the commands print", async () => {
  const test = `echo out; echo err >&2; ${TESTS}`;
  const { lines } = await run({ version: "2.9.6", test, ok: STEPS });
  deepStrictEqual(lines, [
    ...["out", "err", "ok | 7 passed | 0 failed (1s)"],
    "✓ fmt         0.1 s",
    ...["Erlang: not reached", "Node: not reached", "Chromium: not reached"],
    ...["curl: not reached", "wrk: not reached", "h2load: not reached"],
    ...["WebAssembly suite: not reached", "Component suite: not reached"],
    "7 passed, 0 failed",
  ]);
});

Deno.test(".ci/run says which oracles were there", async () => {
  const test = `echo "running 2 tests from ./tests/erlang/live_test.ts
a ... ignored (0ms)
b ... ok (1ms)
running 1 test from ./tests/portable/node_test.ts
a ... ok (1s)
running 1 test from ./tests/portable/chromium_test.ts
a ... FAILED (1s)
running 2 tests from ./tests/clients/curl_test.ts
a ... ok (1s)
b ... ok (1s)
running 1 test from ./tests/clients/wrk_test.ts
a ... ignored (0ms)
running 2 tests from ./tests/wasm_suite/suite_test.ts
a ... ignored (0ms)
b ... ignored (0ms)
running 2 tests from ./tests/component_suite/suite_test.ts
a ... ok (1s)
b ... ok (1s)"; ${TESTS}`;
  const { lines } = await run({ version: "2.9.6", test, ok: STEPS });
  deepStrictEqual(lines.slice(-9, -1), [
    "Erlang: absent (recorded rows only)",
    "Node: ran",
    "Chromium: ran",
    "curl: ran",
    "wrk: absent (asks no server)",
    "h2load: not reached",
    "WebAssembly suite: absent (WASM_SUITE names no directory)",
    "Component suite: ran",
  ]);
});

const CI = { CI: "true", CHROMIUM: "no-such-browser" };
const INSTALLS = [
  "update",
  "install -y --no-install-recommends chromium",
];

// deno-fmt-ignore
const ORACLES: readonly [why: string, machine: Partial<Machine>, apt: string[]][] = [
  ["one is missing in CI",          { env: CI, user: "0" },                    INSTALLS],
  ["one cannot be installed",       { env: CI, user: "0", apt: "exit 100" },   INSTALLS],
  ["none is missing",               { env: { CI: "true" }, user: "0" },        []],
  ["it is not CI",                  { env: { ...CI, CI: "" }, user: "0" },     []],
  ["the user is not root",          { env: CI, user: "1000" },                 []],
];

for (const [why, machine, apt] of ORACLES) {
  Deno.test(`.ci/run calls apt-get ${apt.length} times when ${why}`, async () => {
    const commands = { version: "2.9.6", test: TESTS, ok: STEPS };
    const ending = await run({ ...commands, ...machine });
    deepStrictEqual(ending.apt, apt);
    strictEqual(ending.code, 0);
  });
}

Deno.test(".ci/run gives the commands no terminal, no prompt and no colours", async () => {
  const test = `cat; env; ${TESTS}`;
  const { lines } = await run({ version: "2.9.6", test, ok: STEPS });
  for (const name of ["CI=true", "NO_COLOR=1", "DENO_NO_PROMPT=1"]) {
    strictEqual(lines.includes(name), true, name);
  }
});

for (const version of [undefined, "2.9.5", "2.9.60"]) {
  Deno.test(`.ci/run gets Deno from npm when the path has ${version}`, async () => {
    const machine = { test: TESTS, ok: STEPS };
    const ending = await run(
      version === undefined ? machine : { ...machine, version },
    );
    strictEqual(ending.code, 0);
    match(ending.lines[0] ?? "", /^npx -y deno@2\.9\.6 task test$/);
  });
}

async function run(machine: Machine): Promise<Ending> {
  const directory = await Deno.makeTempDir();
  try {
    await install(directory, machine);
    const command = new Deno.Command(fileURLToPath(new URL(".ci/run", ROOT)), {
      env: {
        ...{ CI: "", CHROMIUM: "", ...machine.env },
        PATH: `${directory}:/usr/bin:/bin`,
      },
      stdin: "null",
    });
    const { code, stdout } = await command.output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    const apt = await Deno.readTextFile(`${directory}/apt`);
    return { code, lines, apt: apt.split("\n").slice(0, -1) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function install(directory: string, machine: Machine): Promise<void> {
  const tally = machine.tally ?? `exec "${Deno.execPath()}" "$@"`;
  const version = machine.version === undefined
    ? "exit 127"
    : `echo "deno ${machine.version} (stable)"`;
  const deno = `case "$1 $2" in
    --version*) ${version} ;;
    "task test") ${machine.test} ;;
    "task ok") ${machine.ok} ;;
    *) ${tally} ;;
  esac`;
  // The first line of what `task` prints through npx shows how it was called.
  const npx =
    `[ "$3" = task ] && echo "npx $*"; shift 2; . "${directory}/deno"`;
  await installScript(`${directory}/npx`, npx);
  await installScript(`${directory}/deno`, deno);
  await Deno.writeTextFile(`${directory}/apt`, "");
  const apt = `echo "$*" >>"${directory}/apt"; ${machine.apt ?? "true"}`;
  await installScript(`${directory}/apt-get`, apt);
  await installScript(`${directory}/id`, `echo ${machine.user ?? "1000"}`);
  await installScript(`${directory}/erl`, "true");
  for (const name of ["chromium", "curl", "wrk", "h2load"]) {
    await installScript(`${directory}/${name}`, "true");
  }
}

async function installScript(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, `#!/bin/bash\n${text}\n`, { mode: 0o755 });
}
