import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { defineProfile } from "../capability.ts";
import { componentOf } from "../component/testdata/source.ts";
import { assemble } from "../testdata/wat.ts";
import { hintOf, readCode } from "./code.ts";
import type { Template } from "./template.ts";

const capability = defineProfile("none", {});
const JS: Template = { name: "x", kind: "js", capability };
const WASM: Template = { name: "x", kind: "wasm", capability };
const MAIN: Template = { ...WASM, entry: "main" };
const COMMAND: Template = { name: "x", kind: "wasi-cli", capability };

const encoder = new TextEncoder();
function module(name: string) {
  return assemble(`(module (func (export "${name}")))`);
}

function cli() {
  return componentOf({
    main: '(func (export "wasi:cli/run@0.2.3#run") (result i32) (i32.const 0))',
    exports: { "wasi:cli/run@0.2.3": "run: func() -> result;" },
  });
}

function plain() {
  return componentOf({
    main: '(func (export "run")) (func (export "main"))',
    exports: { "": "run: func(); main: func();" },
  });
}

const TAKEN: [
  what: string,
  template: Template,
  code: () => Promise<Uint8Array<ArrayBuffer>>,
  entry: string,
][] = [
  ["a module with run", WASM, () => module("run"), "run"],
  ["a module with main", MAIN, () => module("main"), "main"],
  ["a component", WASM, plain, "run"],
  ["a component with main", MAIN, plain, "main"],
  [
    "a module with _start as a command",
    COMMAND,
    () => module("_start"),
    "_start",
  ],
  ["a component with wasi:cli/run as a command", COMMAND, cli, "run"],
];

for (const [what, template, code, entry] of TAKEN) {
  Deno.test(`readCode() takes ${what}`, async () => {
    const bytes = await code();
    deepStrictEqual(await readCode(template, bytes), {
      ...{ type: "wasm", bytes, entry },
    });
  });
}

Deno.test("readCode() takes a script", async () => {
  deepStrictEqual(await readCode(JS, encoder.encode("é")), {
    ...{ type: "script", bundle: "é" },
  });
});

const REFUSED: [
  template: Template,
  code: () => Promise<Uint8Array<ArrayBuffer>>,
  why: RegExp,
][] = [
  [JS, () => module("run"), /^Cannot take WebAssembly for JavaScript$/],
  [
    JS,
    () => Promise.resolve(Uint8Array.of(0xff)),
    /^Cannot take JavaScript that is not UTF-8$/,
  ],
  [
    WASM,
    () => Promise.resolve(encoder.encode("(module)")),
    /^Cannot take what is no WebAssembly in binary form: text must/,
  ],
  [
    WASM,
    () => Promise.resolve(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 9)),
    /WebAssembly/,
  ],
  [
    WASM,
    () => Promise.resolve(Uint8Array.of(0, 0x61, 0x73, 0x6d, 0xd, 0, 1, 0, 9)),
    /./,
  ],
  [WASM, () => module("main"), /^Cannot begin with what is not exported: run$/],
  [WASM, cli, /^Cannot begin with what is not exported: run$/],
  [
    COMMAND,
    () => module("run"),
    /^`x` source is not a wasi:cli command: it does not export _start$/,
  ],
  [
    COMMAND,
    plain,
    /^`x` source is not a wasi:cli command: it does not export wasi:cli\/run#run$/,
  ],
];

for (const [template, code, why] of REFUSED) {
  Deno.test(`readCode() of a template of ${template.kind} refuses what fits ${why}`, async () => {
    await rejects(readCode(template, await code()), { message: why });
  });
}

const HINTS: [bundle: string, message: string, isHinted: boolean][] = [
  ["export default 1", "SyntaxError: unsupported keyword: export", true],
  ["let a;\n  import b from 'c';", "SyntaxError: x", true],
  ["import('x'); import.meta", "SyntaxError: x", false],
  ["let a =", "SyntaxError: x", false],
  ["export default 1", "TypeError: x", false],
];

for (const [bundle, message, isHinted] of HINTS) {
  Deno.test(`hintOf() of ${JSON.stringify(bundle)} and ${message} is ${isHinted ? "a hint" : "empty"}`, () => {
    strictEqual(hintOf(bundle, message) !== "", isHinted);
  });
}
