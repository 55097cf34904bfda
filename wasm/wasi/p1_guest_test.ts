import { deepStrictEqual, strictEqual } from "node:assert";

import { runCommand } from "./testdata/command.ts";
import { optionsFor } from "./testdata/probe.ts";

const go = ["go", "/usr/local/go/bin/go"].find(isThere);

function isThere(command: string): boolean {
  try {
    return new Deno.Command(command, { args: ["version"] }).outputSync()
      .success;
  } catch {
    return false;
  }
}

Deno.test({
  name: "a Go program walks, writes, reads, renames, removes and prints",
  ignore: go === undefined, // There is no Go on this machine.
  async fn() {
    const base = Deno.makeTempDirSync();
    try {
      Deno.mkdirSync(`${base}/shelf`);
      Deno.mkdirSync(`${base}/fixed`);
      const { code, stdout, stderr } = await runWalker(base);
      deepStrictEqual(stdout.trimEnd().split("\n"), EXPECTED);
      strictEqual(stderr, "bye\n");
      strictEqual(code, 7);
      deepStrictEqual([...Deno.readDirSync(`${base}/fixed`)], []);
    } finally {
      Deno.removeSync(base, { recursive: true });
    }
  },
});

const EXPECTED = [
  "args [first second] env value",
  '"hello\\nworld\\n"',
  "/shelf true false",
  "/shelf/one true false",
  "/shelf/one/link false true",
  "/shelf/one/two true false",
  "/shelf/one/two/moved.txt false false",
  // Go finds no preopen for it, and asks nothing of the host.
  "outside open /shelf/../etc/passwd: Bad file number",
  "none true",
  "read-only open /fixed/new: Read-only file system",
  "left 0",
  "slept true",
  "line one",
  "line two",
];

async function runWalker(base: string) {
  const lines = ["one\n", "two", "\n"].map((text) =>
    new TextEncoder().encode(text)
  );
  const module = await WebAssembly.compile(buildWalker(base));
  const options = optionsFor([
    { host: `${base}/shelf`, guest: "/shelf", readOnly: false },
    { host: `${base}/fixed`, guest: "/fixed", readOnly: true },
  ], {
    args: ["walker", "first", "second"],
    stdio: {
      stdin: { read: () => Promise.resolve(lines.shift() ?? null) },
      stdout: { write() {} },
      stderr: { write() {} },
    },
  });
  return await runCommand(module, options);
}

function buildWalker(base: string): Uint8Array<ArrayBuffer> {
  const binary = `${base}/walker.wasm`;
  const { success, stderr } = new Deno.Command(go!, {
    args: ["build", "-o", binary, "main.go"],
    cwd: new URL("./testdata/walker", import.meta.url),
    env: { GOOS: "wasip1", GOARCH: "wasm", GO111MODULE: "off" },
  }).outputSync();
  strictEqual(success, true, new TextDecoder().decode(stderr));
  return Deno.readFileSync(binary);
}
