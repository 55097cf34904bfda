import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { findChromium, runInChromium } from "./chromium.ts";
import type { Engine } from "./engine.ts";
import { readFiles } from "./javascript.ts";
import { EXPECTED } from "./program.ts";

// CHROMIUM says which one to take.
const chromium = await findChromium(Deno.env.get("CHROMIUM"));

testInChromium("@rusm/otp runs unchanged", async (chromium) => {
  const files = await readFiles();
  deepStrictEqual(await runInChromium(chromium, files, 60_000), EXPECTED);
});

testInChromium(
  "runInChromium() rejects when the program throws",
  async (chromium) => {
    const files = programOf(`throw new Error("on purpose");`);
    await rejects(
      runInChromium(chromium, files, 60_000),
      /^Error: Cannot run the program in a page: Error: on purpose/,
    );
  },
);

testInChromium(
  "runInChromium() rejects when a file is missing",
  async (chromium) => {
    await rejects(
      runInChromium(chromium, new Map(), 60_000),
      /Cannot run the program in a page: TypeError: .*program\.ts/,
    );
  },
);

testInChromium(
  "runInChromium() rejects when the program takes too long",
  async (chromium) => {
    const files = programOf(`await new Promise(() => {});`);
    await rejects(runInChromium(chromium, files, 100), /ended with SIGKILL/);
  },
);

Deno.test("runInChromium() rejects when the browser ends without a verdict", async () => {
  const files = programOf("");
  const engine = { command: "false", version: "" };
  await rejects(runInChromium(engine, files, 60_000), /ended with code 1/);
});

Deno.test("findChromium() looks for no other when it is told which", async () => {
  strictEqual(await findChromium("no-such-browser"), undefined);
  match((await findChromium(Deno.execPath()))?.version ?? "", /^deno /);
});

function programOf(body: string): ReadonlyMap<string, string> {
  const program = `export async function runProgram() { ${body} }`;
  return new Map([["program.ts", program]]);
}

function testInChromium(
  name: string,
  body: (chromium: Engine) => Promise<void>,
): void {
  if (chromium === undefined) {
    const remedy = "apt-get install -y chromium, or set CHROMIUM";
    Deno.test.ignore(`${name} in Chromium: none found; ${remedy}`, () => {});
    return;
  }
  const version = /[\d.]+/.exec(chromium.version)?.[0];
  Deno.test(`${name} in Chromium ${version}`, () => body(chromium));
}
