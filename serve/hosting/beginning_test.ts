import { deepStrictEqual, match, strictEqual } from "node:assert";
import { assemble } from "../testdata/assemble.ts";
import type { ComponentAbilities } from "@rusm/wasm";
import { beginningOfScript, findBeginning } from "./beginning.ts";

type Artifact = Parameters<typeof findBeginning>[0];

const EMPTY: Artifact = {
  kind: "component",
  bytes: Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0),
};
const COMPONENTS = new URL("../testdata/", import.meta.url);

async function moduleOf(...names: string[]): Promise<Artifact> {
  const functions = names.map((name) => `(func (export "${name}"))`).join("");
  const text = `(module (memory (export "memory") 1) ${functions})`;
  return { kind: "module", bytes: await assemble(text) };
}

async function componentOf(name: string): Promise<Artifact> {
  const bytes = await Deno.readFile(new URL(`${name}.wasm`, COMPONENTS));
  return { kind: "component", bytes };
}

/** What, the artifact, the `entry`, and what it begins with. */
// deno-fmt-ignore
const FOUND: readonly (readonly [string, () => Artifact | Promise<Artifact>, string | undefined, string, boolean])[] = [
  ["a module with _start", () => moduleOf("run", "_start"), undefined, "_start", true],
  ["a module with run", () => moduleOf("tick", "run"), undefined, "run", false],
  ["a module with what it says", () => moduleOf("_start", "tick"), "tick", "tick", false],
  ["a module with run that is a service, too", () => moduleOf("rusm_message", "run"), undefined, "run", false],
  ["a service", () => moduleOf("rusm_message"), undefined, "service", false],
  ["a service that says so", () => moduleOf("rusm_message", "run"), "rusm_message", "service", false],
  ["a module that says _start", () => moduleOf("_start"), "_start", "_start", false],
  ["a component with run", () => componentOf("composed"), undefined, "run", false],
  ["a component with what it says", () => componentOf("composed"), "talk", "talk", false],
  ["a component with wasi:cli/run", () => componentOf("command"), undefined, "run", true],
  ["a component that says wasi:cli/run", () => componentOf("command"), "wasi:cli/run#run", "wasi:cli/run#run", false],
];

for (const [what, artifact, wanted, entry, isCommand] of FOUND) {
  Deno.test(`findBeginning() begins ${what}`, async () => {
    deepStrictEqual(await findBeginning(await artifact(), wanted), {
      ...{ type: "found", entry, isCommand },
    });
  });
}

const MANY = Array.from({ length: 25 }, (_, index) => `f${index}`);

/** What, the artifact, the `entry`, and why there is no beginning. */
// deno-fmt-ignore
const MISSING: readonly (readonly [string, () => Artifact | Promise<Artifact>, string | undefined, RegExp])[] = [
  ["a module with neither", () => moduleOf("tick"), undefined, /^it exports "tick"$/],
  ["a module with a memory of that name", () => moduleOf("run"), "memory", /^it exports "run"$/],
  ["a module without functions", () => moduleOf(), undefined, /^it exports no function$/],
  ["a module with many functions", () => moduleOf(...MANY), undefined, /^it exports "f0", .*"f19" and 5 more$/],
  ["a component with neither", () => EMPTY, undefined, /^it exports no function$/],
  ["a component without what it says", () => componentOf("composed"), "tick", /^it exports "run", "talk", /],
];

for (const [what, artifact, wanted, why] of MISSING) {
  Deno.test(`findBeginning() cannot begin ${what}`, async () => {
    const beginning = await findBeginning(await artifact(), wanted);
    strictEqual(beginning.type, "missing");
    match(beginning.why, why);
  });
}

/** What a script runs as, the `entry`, and why there is no beginning. */
// deno-fmt-ignore
const SCRIPTS: readonly (readonly [ComponentAbilities["runs"], string | undefined, string | undefined])[] = [
  ["worker", undefined, undefined],
  ["service", "run", undefined],
  ["websocket", undefined, undefined],
  ["service", "add", "TypeScript begins with what it exports"],
  [null, undefined, "it exports no function"],
];

for (const [runs, wanted, why] of SCRIPTS) {
  Deno.test(`beginningOfScript() begins a ${runs} with ${wanted}, or says: ${why}`, () => {
    const script = { answers: true, functions: [], runs };
    deepStrictEqual(
      beginningOfScript(script, wanted),
      why === undefined
        ? { type: "found", entry: "run", isCommand: false }
        : { type: "missing", why },
    );
  });
}
