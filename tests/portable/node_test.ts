import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { pathToFileURL } from "node:url";
import { withFiles } from "../boundaries/with_files.ts";
import type { Engine } from "./engine.ts";
import { readFiles } from "./javascript.ts";
import { fetchNode, findNode, runInNode } from "./node.ts";
import { EXPECTED } from "./program.ts";

const directory = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(directory, { recursive: true }));
const node = await findNode(pathToFileURL(`${directory}/`));

testInNode("@rusm/otp runs unchanged", async (node) => {
  deepStrictEqual(await runInNode(node, await readFiles(), 60_000), EXPECTED);
});

// deno-fmt-ignore
const FAILURES: readonly [what: string, body: string, timeoutMs: number, error: RegExp][] = [
  ["throws",            `throw new Error("on purpose");`,     60_000, /ended with code 1: .*on purpose/s],
  ["waits for nothing", `await new Promise(() => {});`,       60_000, /ended with code 13: /],
  ["takes too long",    `await new Promise(() => setInterval(() => {}));`, 100, /ended with SIGKILL: /],
  ["returns nothing",   `return undefined;`,                  60_000, /JSON/],
];

for (const [what, body, timeoutMs, error] of FAILURES) {
  testInNode(`runInNode() rejects when the program ${what}`, async (node) => {
    const program = `export async function runProgram() { ${body} }`;
    const files = new Map([["program.ts", program]]);
    await rejects(runInNode(node, files, timeoutMs), error);
  });
}

Deno.test("fetchNode() is undefined for a version that npm does not have", async () => {
  await withFiles(new Map(), async (directory) => {
    strictEqual(await fetchNode(directory, "0.0.0-none"), undefined);
  });
});

function testInNode(name: string, body: (node: Engine) => Promise<void>): void {
  if (node === undefined) {
    const reason = "none found, and npm gave none";
    Deno.test.ignore(`${name} in Node: ${reason}`, () => {});
    return;
  }
  Deno.test(`${name} in Node ${node.version}`, () => body(node));
}
