import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { withDirectory } from "../testdata/recorder.ts";
import type { Component } from "./component.ts";
import { makeWithCargo, makeWithGo, ToolFailure } from "./toolchain.ts";

/** Runs `test` where the tools are these shell scripts, and no others. */
async function withTools(
  tools: Readonly<Record<string, string>>,
  test: (component: Component, directory: string) => Promise<void>,
): Promise<void> {
  const files = Object.entries(tools).map(([name, text]) =>
    [`bin/${name}`, `#!/bin/sh\n${text}\n`] as const
  );
  const path = Deno.env.get("PATH")!;
  await withDirectory(
    { ...Object.fromEntries(files), "a/Cargo.toml": "", "a/go.mod": "" },
    async (directory) => {
      for (const name of Object.keys(tools)) {
        await Deno.chmod(`${directory}/bin/${name}`, 0o755);
      }
      Deno.env.set("PATH", `${directory}/bin`);
      const entry = `${directory}/a/Cargo.toml`;
      const artifact = `${directory}/wasm/a.wasm`;
      try {
        await test({ name: "a", kind: "cargo", entry, artifact }, directory);
      } finally {
        Deno.env.set("PATH", path);
      }
    },
  );
}

/** Prints into the file behind `-o` what it was called with. */
const COMPILER = 'while [ "$1" != -o ]; do said="$said $1"; shift; done\n' +
  'echo "$said $GOOS" > "$2"';

async function textOf(making: Promise<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await making);
}

const CARGO = `echo "$@" > made.wasm
echo 'not json'
echo '{"reason":"build-finished"}'
echo '{"reason":"compiler-artifact","filenames":["lib.rlib"]}'
echo "{\\"reason\\":\\"compiler-artifact\\",\\"filenames\\":[\\"$PWD/made.wasm\\"]}"`;

Deno.test("makeWithCargo() takes what Cargo says that it has made", async () => {
  await withTools({ cargo: CARGO }, async (component) => {
    strictEqual(
      await textOf(makeWithCargo(component)),
      "build --release --target wasm32-wasip2 " +
        "--message-format=json-render-diagnostics\n",
    );
  });
});

/** Tools, and why there is no component. */
const CARGO_FAILURES: readonly (readonly [
  Readonly<Record<string, string>>,
  string,
])[] = [
  [{}, "Cannot build without this tool, install it: cargo"],
  [
    { cargo: "echo 'error: no' >&2; exit 101" },
    "cargo failed with code 101\nerror: no",
  ],
  [{ cargo: "true" }, "Cargo has made no .wasm"],
];

for (const [tools, message] of CARGO_FAILURES) {
  Deno.test(`makeWithCargo() rejects: ${message.split("\n")[0]}`, async () => {
    await withTools(tools, async (component) => {
      await rejects(makeWithCargo(component), (error) => {
        strictEqual(error instanceof ToolFailure, true);
        strictEqual((error as Error).message, message);
        return true;
      });
    });
  });
}

Deno.test("makeWithGo() takes TinyGo when it is there, else Go", async () => {
  const both = { tinygo: COMPILER, go: COMPILER };
  const said: string[] = [];
  for (const tools of [both, { go: COMPILER }]) {
    await withTools(tools, async (component) => {
      said.push((await textOf(makeWithGo(component))).trim());
    });
  }
  deepStrictEqual(said, [
    "build -target=wasip2 -no-debug -opt=z",
    "build wasip1",
  ]);
});

Deno.test("makeWithGo() rejects when there is no tool, or it fails", async () => {
  await withTools({}, async (component) => {
    await rejects(makeWithGo(component), { message: /install it: go$/ });
  });
  await withTools({ tinygo: "exit 1", go: COMPILER }, async (component) => {
    await rejects(makeWithGo(component), { message: /^tinygo failed/ });
  });
});
