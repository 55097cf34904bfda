import { deepStrictEqual, match, strictEqual } from "node:assert";
import { main } from "./command_line.ts";
import { COMMANDS } from "./commands.ts";
import config from "./deno.json" with { type: "json" };
import { commandHelp, topHelp } from "./help.ts";
import { record, withDirectory } from "./testdata/recorder.ts";

const VERSION = `rusm ${config.version}\n`;
const TOP = topHelp(COMMANDS);

function helpOf(name: string): string {
  const command = COMMANDS.find((command) => command.name === name);
  return command === undefined ? "" : commandHelp(command);
}

const PRINTED = [
  ["", TOP],
  ["help", TOP],
  ["--help", TOP],
  ["-h", TOP],
  ["help build", helpOf("build")],
  ["--help build", helpOf("build")],
  ["build --help", helpOf("build")],
  ["new -h", helpOf("new")],
  ["serve --config x --help", helpOf("serve")],
  ["help -h", helpOf("help")],
  ["exec --help", helpOf("exec")],
  ["exec a.wasm --help -- --version", helpOf("exec")],
  ["--version", VERSION],
  ["-V", VERSION],
  ["serve --version", VERSION],
] as const;

for (const [words, expected] of PRINTED) {
  Deno.test(`main() explains when called with "${words}"`, async () => {
    const { io, stdout, stderr } = record("/");
    strictEqual(await main(words === "" ? [] : words.split(" "), io), 0);
    strictEqual(stdout(), expected);
    strictEqual(stderr(), "");
  });
}

const SERVE_USAGE =
  "usage: rusm serve [--config FILE] [--build] [--no-check] [--log-level LEVEL] [--log-format FORMAT]\n";
const TOP_USAGE = "usage: rusm <command> [options]\n";

const REFUSED = [
  ["sevre", `Unknown command "sevre": did you mean "serve"?\n${TOP_USAGE}`],
  [
    "frobnicate",
    'Unknown command "frobnicate": known commands are new, generate, build, check, run, serve, dev, ' +
    `exec, kv, load, help\n${TOP_USAGE}`,
  ],
  ["--halp", `Unknown option "--halp": did you mean "--help"?\n${TOP_USAGE}`],
  [
    "help sevre",
    'Unknown command "sevre": did you mean "serve"?\n' +
    "usage: rusm help [command]\n",
  ],
  [
    "serve --confg x",
    `Unknown option "--confg": did you mean "--config"?\n${SERVE_USAGE}`,
  ],
  ["serve --config", `Missing FILE behind --config\n${SERVE_USAGE}`],
  ["serve extra", `Unexpected argument: extra\n${SERVE_USAGE}`],
] as const;

for (const [words, expected] of REFUSED) {
  Deno.test(`main() answers 2 when called with "${words}"`, async () => {
    const { io, stdout, stderr } = record("/");
    strictEqual(await main(words.split(" "), io), 2);
    strictEqual(stdout(), "");
    strictEqual(stderr(), expected);
  });
}

Deno.test("main() takes --version for an operand when it is behind --", async () => {
  const { io, stderr } = record("/");
  strictEqual(await main(["new", "--", "--version"], io), 2);
  match(stderr(), /^Cannot create an app of this name/);
});

Deno.test("main() restarts in the app's directory when a command needs flags", async () => {
  await withDirectory({ "app/rusm.toml": "" }, async (directory) => {
    const restarts: unknown[] = [];
    const { io } = record(directory, {
      restart: (...args) => {
        restarts.push(args);
        return Promise.resolve(42);
      },
    });
    const words = ["build", "--config", "app/rusm.toml"];
    strictEqual(await main(words, io), 42);
    deepStrictEqual(restarts, [[words, `${directory}/app`]]);
  });
});

Deno.test({
  name: "main() restarts where it is when a command is about no app",
  // It looks for no manifest there.
  permissions: { read: false },
  fn: async () => {
    const restarts: unknown[] = [];
    const { io } = record("/", {
      restart: (...args) => {
        restarts.push(args);
        return Promise.resolve(42);
      },
    });
    const words = ["exec", "a.wasm", "--", "--config", "x"];
    strictEqual(await main(words, io), 42);
    deepStrictEqual(restarts, [[words, "/"]]);
  },
});

for (const words of ["new", "build --help", "build --nope", "help", ""]) {
  Deno.test(`main() does not restart when called with "${words}"`, async () => {
    const { io } = record("/", { restart: () => Promise.reject("restarted") });
    await main(words === "" ? [] : words.split(" "), io);
  });
}

Deno.test("main() reports what the system refuses in one line", async () => {
  const { io, stderr } = record("/proc");
  strictEqual(await main(["new", "app"], io), 1);
  match(stderr(), /^new failed: [^\n]+\n$/);
});

Deno.test("main() shows the stack when the fault is its own", async () => {
  const bug = new TypeError("a bug");
  const { io, stderr } = record("/", { restart: () => Promise.reject(bug) });
  strictEqual(await main(["build"], io), 1);
  match(stderr(), /^build failed: TypeError: a bug\n {4}at /);
});

Deno.test("main() paints what failed when stderr shows colours", async () => {
  const written: string[] = [];
  const stderr = {
    isTerminal: true,
    hasColour: true,
    write: (text: string) => void written.push(text),
    writeBytes: () => {},
  };
  const { io } = record("/", { stderr });
  strictEqual(await main(["build", "--config", "none.toml"], io), 2);
  strictEqual(
    written.join("").split(" Cannot")[0],
    "\x1b[31mbuild failed:\x1b[39m",
  );
});
