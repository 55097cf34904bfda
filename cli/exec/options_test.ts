import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES } from "@rusm/wasm";
import { parseArguments } from "../arguments.ts";
import { findCommand } from "../commands.ts";
import { UsageError } from "../errors.ts";
import { withDirectory } from "../testdata/recorder.ts";
import { type ExecOptions, readOptions } from "./options.ts";

async function read(words: string, cwd = "/"): Promise<ExecOptions> {
  const args = parseArguments(findCommand("exec"), words.split(" "));
  return await readOptions(args, cwd);
}

Deno.test("readOptions() grants streams and nothing else when told nothing", async () => {
  deepStrictEqual(await read("a.wasm"), {
    file: "a.wasm",
    args: [],
    env: {},
    timeoutMs: undefined,
    usesCache: true,
    coreDump: undefined,
    jcoDir: undefined,
    capability: {
      ...BUILT_IN_PROFILES.get("sandboxed"),
      name: "a.wasm",
      stdio: true,
    },
  });
});

Deno.test("readOptions() reads all that can be told", async () => {
  await withDirectory({ "data/x": "" }, async (directory) => {
    const words = "--dir data:rw --env A=1 --env HOME --capability trusted " +
      "--timeout 20 --no-cache --core-dump a.core --jco tools --max-memory-mb 4 --max-cpu-ms 7 a.wasm -- b --env c";
    deepStrictEqual(await read(words, directory), {
      file: "a.wasm",
      args: ["b", "--env", "c"],
      env: { A: "1" },
      timeoutMs: 20,
      usesCache: false,
      coreDump: "a.core",
      jcoDir: `${directory}/tools`,
      capability: {
        ...BUILT_IN_PROFILES.get("trusted"),
        name: "a.wasm",
        env: ["HOME"],
        preopens: [
          { host: `${directory}/data`, guest: "/data", readOnly: false },
        ],
        memoryBytesMax: 4 * 1024 * 1024,
        cpuMsMax: 7,
      },
    });
  });
});

for (const name of BUILT_IN_PROFILES.keys()) {
  Deno.test(`readOptions() knows the capability ${name}`, async () => {
    const { capability } = await read(`a.wasm --capability ${name}`);
    strictEqual(capability.network, BUILT_IN_PROFILES.get(name)?.network);
  });
}

const NUMBERS = [
  ["timeout", "1", "2147483647", ["0", "2147483648"]],
  ["max-memory-mb", "4", "4096", ["3", "4097"]],
  ["max-cpu-ms", "1", "2147483647", ["0", "2147483648"]],
] as const;

const NO_NUMBERS = ["x", "1.5", "1e3", "0x10", "+5", "5ms", "１"];

for (const [option, min, max, outside] of NUMBERS) {
  Deno.test(`readOptions() takes --${option} from ${min} to ${max}`, async () => {
    for (const word of [min, max]) await read(`a --${option} ${word}`);
    for (const word of [...outside, ...NO_NUMBERS]) {
      await rejects(
        read(`a --${option}=${word}`),
        new UsageError(
          `Cannot use --${option} without a whole number from ${min} to ${max}: ${word}`,
        ),
      );
    }
  });
}

const UNKNOWN = [
  ["trustd", 'Unknown --capability "trustd": did you mean "trusted"?'],
  [
    "x",
    'Unknown --capability "x": known capabilities are sandboxed, ' +
    "network-client, trusted",
  ],
] as const;

for (const [name, message] of UNKNOWN) {
  Deno.test(`readOptions() refuses the capability ${name}`, async () => {
    await rejects(read(`a --capability ${name}`), new UsageError(message));
  });
}
