import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { ComponentError } from "../canonical/mod.ts";
import { calleeOf, errorOf } from "./callee.ts";
import type { GlueExport } from "./prepare.ts";

function exported(home: string | undefined, name: string): GlueExport {
  return { home, name, isResult: home !== undefined };
}

const COMMAND = exported("wasi:cli/run@0.3.0", "run");
const OLD_COMMAND = exported("wasi:cli/run@0.2.3", "run");
const OF_WORLD = exported(undefined, "run");
const OTHER = exported("a:b/c@1.2.3", "do-it");

const EXPORTS = {
  "run": () => "world",
  "wasi:cli/run@0.3.0": { run: () => "command" },
  "wasi:cli/run@0.2.3": { run: () => "old command" },
  "a:b/c@1.2.3": { doIt: () => "other" },
};

const ROWS: readonly (readonly [
  entry: string,
  declared: readonly GlueExport[],
  called: string,
])[] = [
  ["run", [COMMAND, OF_WORLD], "world"],
  ["run", [OLD_COMMAND, COMMAND], "command"],
  ["run", [OLD_COMMAND], "old command"],
  ["wasi:cli/run#run", [COMMAND], "command"],
  ["wasi:cli/run@0.3#run", [OLD_COMMAND, COMMAND], "command"],
  ["a:b/c@1.2.3#do-it", [COMMAND, OTHER], "other"],
  ["a:b/c@1#do-it", [OTHER], "other"],
  ["a:b/c#do-it", [OTHER], "other"],
];

for (const [entry, declared, called] of ROWS) {
  Deno.test(`calleeOf() finds ${entry} as that of the ${called}`, () => {
    const { call, isResult } = calleeOf(EXPORTS, declared, entry);
    strictEqual(call(), called);
    strictEqual(isResult, called !== "world");
  });
}

for (const entry of ["do-it", "a:b/c@2#do-it", "doIt", "constructor"]) {
  Deno.test(`calleeOf() does not find ${entry}`, () => {
    throws(() => calleeOf(EXPORTS, [OTHER, OF_WORLD], entry), {
      name: "TypeError",
      message: `Cannot find an exported function without parameters: ${entry}`,
    });
  });
}

Deno.test("errorOf() tells what an error carries from what was thrown", () => {
  const trap = new WebAssembly.RuntimeError("unreachable");
  strictEqual(errorOf(trap), trap);
  const wrapped = Object.assign(new Error("wrapped"), { payload: 7 });
  const errors = [undefined, { tag: "closed" }, wrapped].map(errorOf);
  deepStrictEqual(
    errors.map((error) => (error as ComponentError).payload),
    [undefined, { tag: "closed" }, 7],
  );
  for (const error of errors) {
    strictEqual(error instanceof ComponentError, true);
  }
});
