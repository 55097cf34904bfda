import { deepStrictEqual, match, strictEqual } from "node:assert";
import { assemble } from "../../wasm/testdata/wat.ts";
import { find, linesOf, rusm } from "./program.ts";

// `rusm run` as users run it: residents of every kind, in a process.

type Files = Readonly<Record<string, string | Uint8Array>>;

/** An app that runs, and the lines that it prints and logs. */
interface Run {
  readonly process: Deno.ChildProcess;
  readonly lines: AsyncGenerator<string>;
  readonly log: AsyncGenerator<string>;
}

/** Calls `test` with the app of `files`, and waits until nothing is left of it. */
async function withRun(
  files: Files,
  test: (run: Run) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/wasm`);
    for (const [path, content] of Object.entries(files)) {
      const bytes = typeof content === "string"
        ? new TextEncoder().encode(content)
        : content;
      await Deno.writeFile(`${directory}/${path}`, bytes);
    }
    const process = rusm(["run"], directory);
    const lines = linesOf(process.stdout);
    const log = linesOf(process.stderr);
    await test({ process, lines, log });
    for await (const _ of lines);
    for await (const _ of log);
    await process.status;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const WAITS = "exports.default = () => new Promise((r) => setTimeout(r, 1e9));";

const THROWS = 'exports.default = () => { throw new Error("boom"); };';

/** Crashes some time after it was started, as a service does. */
const CRASHES = `exports.default = async () => {
  console.log("up");
  await new Promise((resolve) => setTimeout(resolve, 3000));
  throw new Error("boom");
};`;

const RECEIVES = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (memory 1)
  (func (export "run")
    (drop (call $receive (i32.const 0) (i32.const 8)))))`;

const SPINS = '(module (func (export "run") (loop (br 0))))';

/** A component whose `run` waits for a message. */
const CHILD = new URL("../guests/built/child.wasm", import.meta.url);

const COMMAND = new URL(
  "../../wasm/component/testdata/command.wasm",
  import.meta.url,
);

Deno.test("run hosts TypeScript, modules and components, and stops on SIGTERM", async () => {
  const files = {
    "rusm.toml": `[components.script]
resident = true
[components.module]
resident = true
[components.component]
resident = true
[components.command]
`,
    "wasm/script.js": WAITS,
    "wasm/module.wasm": await assemble(RECEIVES),
    "wasm/component.wasm": await Deno.readFile(CHILD),
    "wasm/command.wasm": await Deno.readFile(COMMAND),
  };
  await withRun(files, async ({ process, lines, log }) => {
    const rows: string[] = [];
    for await (const line of lines) {
      rows.push(line.replace(/#0\.\d+\.\d+/, "#PID"));
      if (line.startsWith("stop:")) break;
    }
    deepStrictEqual(rows.slice(0, 5), [
      "hosting 4 components:",
      "  script           resident script    sandboxed mem=64M #PID",
      "  module           resident module    sandboxed mem=64M #PID",
      "  component        resident component sandboxed mem=64M #PID",
      "  command          command  component sandboxed mem=64M #PID",
    ]);
    // What a command prints is logged.
    await find(log, /command#\S+ +\S+ +(hello)$/);
    await find(log, /exit +command#\S+ (normal)$/);
    process.kill("SIGTERM");
    await find(log, /exit +component#\S+ (shutdown)$/);
    await find(log, /exit +module#\S+ (shutdown)$/);
    await find(log, /exit +script#\S+ (shutdown)$/);
    strictEqual((await process.status).code, 0);
  });
});

Deno.test("run brings a resident back that crashes", async () => {
  const files = {
    "rusm.toml": "[components.service]\nresident = true\n",
    "wasm/service.js": CRASHES,
  };
  await withRun(files, async ({ process, log }) => {
    const pid = await find(log, /(service#\S+) +info +up$/);
    await find(log, new RegExp(`exit +(${pid}) crashed: Error: boom$`));
    await find(log, /restart (service) 1 of 3 crashed: Error: boom$/);
    const next = await find(log, /(service#\S+) +info +up$/);
    match(next, /^service#0\.\d+\.\d+$/);
    strictEqual(next === pid, false);
    process.kill("SIGINT");
    strictEqual((await process.status).code, 0);
  });
});

Deno.test("run ends with 1 and the reason when a resident crashes for ever", async () => {
  const files = {
    "rusm.toml":
      "[components.other]\nresident = true\n[components.broken]\nresident = true\n",
    "wasm/other.js": WAITS,
    "wasm/broken.js": THROWS,
  };
  await withRun(files, async ({ process, log }) => {
    for (let start = 0; start < 4; start++) {
      await find(log, /exit +(broken)#\S+ crashed: Error: boom$/);
    }
    await find(log, /exit +other#\S+ (shutdown)$/);
    strictEqual(
      await find(log, /^run failed: (.*)$/),
      'Gave up on component "broken", which ended too often: crashed: Error: boom',
    );
    strictEqual((await process.status).code, 1);
  });
});

Deno.test("run stops an app whose resident spins", async () => {
  const files = {
    "rusm.toml": `[components.spins]
resident = true
capability = "long"
[capabilities.long]
max-cpu-ms = 600000
`,
    "wasm/spins.wasm": await assemble(SPINS),
  };
  await withRun(files, async ({ process, lines }) => {
    await find(lines, /^(stop):/);
    process.kill("SIGHUP");
    await find(lines, /^(stopped): 1 process started, 1 alive/);
    strictEqual((await process.status).code, 0);
  });
});
