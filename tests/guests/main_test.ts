import { deepStrictEqual, match, strictEqual } from "node:assert";

import { BuildFailed } from "./build.ts";
import type { Guest } from "./guests.ts";
import { type Io, main } from "./main.ts";
import { readRecord } from "./record.ts";
import { readGuest } from "./testdata/run.ts";
import type { Tool } from "./tools.ts";

const RECORD = await readRecord();

function tool(name: string, version: string | undefined): Tool {
  return {
    name,
    hint: `a package with ${name}`,
    version: () => Promise.resolve(version),
  };
}

interface Ended {
  readonly code: number;
  readonly printed: string;
  readonly errors: string;
}

async function runMain(
  args: readonly string[],
  io: Partial<Pick<Io, "toolsOf" | "build">> = {},
): Promise<Ended> {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await main(args, {
    print: (line) => void printed.push(line),
    printError: (line) => void errors.push(line),
    toolsOf: recordedTools,
    build: ({ name }) => readGuest(name),
    ...io,
  });
  return { code, printed: printed.join("\n"), errors: errors.join("\n") };
}

/** The tools that the guest was built by. */
function recordedTools({ name }: Guest): Tool[] {
  const { tools } = RECORD[name]!;
  return Object.entries(tools).map(([name, version]) => tool(name, version));
}

Deno.test("main() --check says that what is built again is the same", async () => {
  const { code, printed } = await runMain(["--check", "child", "probe"]);
  strictEqual(code, 0);
  deepStrictEqual(printed.split("\n"), [
    "probe               the same",
    "child               the same",
  ]);
});

Deno.test("main() --check fails when what is built again differs", async () => {
  const build = () => Promise.resolve(new Uint8Array(8));
  const { code, printed } = await runMain(["--check", "child"], { build });
  strictEqual(code, 1);
  match(printed, /^child +differs: build it anew$/);
});

Deno.test("main() --check compares nothing that another version built", async () => {
  const toolsOf = () => [tool("clang", "99.0.0")];
  const build = () => Promise.reject(new Error("not asked"));
  const { code, printed } = await runMain(["--check", "child"], {
    toolsOf,
    build,
  });
  strictEqual(code, 0);
  match(
    printed,
    /^child +not compared: built by clang [\d.]+, here is 99\.0\.0$/,
  );
});

Deno.test("main() says what is missing, and builds nothing of it", async () => {
  const toolsOf = () => [tool("clang", "14.0.6"), tool("jco", undefined)];
  const build = () => Promise.reject(new Error("not asked"));
  const { code, printed } = await runMain(["child"], { toolsOf, build });
  strictEqual(code, 0);
  match(printed, /^child +left out: needs a package with jco$/);
});

Deno.test("main() fails when a guest does not build, and goes on with the others", async () => {
  const build = ({ name }: Guest) =>
    name === "probe"
      ? Promise.reject(new BuildFailed("Cannot build probe: no"))
      : readGuest(name);
  const { code, printed } = await runMain(["--check", "child", "probe"], {
    build,
  });
  strictEqual(code, 1);
  match(printed, /^probe +Cannot build probe: no\nchild +the same$/);
});

// deno-fmt-ignore
const ARGUMENTS: readonly [args: string[], code: number, output: RegExp, errors: RegExp][] = [
  [["--help"],   0, /^Usage: deno task guests/, /^$/],
  [["nobody"],   2, /^$/, /^Cannot build an unknown guest: nobody\n\nUsage/],
  [["--chekc"],  2, /^$/, /^Unknown option '--chekc'/],
];

for (const [args, expected, output, complaint] of ARGUMENTS) {
  Deno.test(`main() ends with ${expected} for ${args}`, async () => {
    const { code, printed, errors } = await runMain(args);
    strictEqual(code, expected);
    match(printed, output);
    match(errors, complaint);
  });
}
