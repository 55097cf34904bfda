import { deepStrictEqual, match, strictEqual } from "node:assert";
import { component, section } from "../../wasm/component/testdata/encode.ts";
import { componentOf } from "../../wasm/component/testdata/source.ts";
import { assemble } from "../../wasm/instrument/testdata/text.ts";
import type { Command } from "../wasm_suite/script.ts";
import {
  invoke,
  makeScript,
  module,
  number,
} from "../wasm_suite/testdata/make_script.ts";
import { replay } from "./replay.ts";

const MAIN = `
  (global $calls (mut i32) (i32.const 0))
  (func (export "double") (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 2)))
  (func (export "trap") unreachable)
  (func (export "odd") (param i32) (result i32)
    (i32.and (local.get 0) (i32.const 1)))
  (func (export "count") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.get $calls))`;
const WIT = `
  double: func(n: u32) -> u32; trap: func(); odd: func(n: u32) -> result;
  count: func() -> u32;`;

function binary(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.slice();
}

const FILES = {
  own: await componentOf({ main: MAIN, exports: { "": WIT } }),
  needy: await componentOf({
    main: `(func (export "run"))`,
    hosts: [{ name: "a:b/c", wit: "f: func();" }],
  }),
  map: binary(component(section(7, [0x63, 0x7d, 0x7d]))),
  broken: binary(component([99, 0])),
  async: binary(component(section(8, [0x0d]))),
  core: await assemble("(module)"),
  reentrant: await Deno.readFile(
    new URL("testdata/reentrant.wasm", import.meta.url),
  ),
};

const two = number("u32", "2");
const ok = { type: "result", value: { Ok: null } } as never;
const err = { type: "result", value: { Err: null } } as never;

function refuse(type: string, filename: string): Omit<Command, "line"> {
  return { type, filename, text: "so they say" } as Omit<Command, "line">;
}

type Row = [
  what: string,
  commands: Omit<Command, "line">[],
  ...wanted: RegExp[],
];

// Verdict and detail of each command.
// deno-fmt-ignore
const ROWS: Row[] = [
  ["results", [module("own"), invoke("assert_return", "double", [number("u32", "1")], [two]), invoke("assert_return", "double", [two], [two])],
    /^pass /, /^pass returned: 2$/, /^fail returned: 4$/],
  ["results that are errors", [module("own"), invoke("assert_return", "odd", [two], [ok]), invoke("assert_return", "odd", [number("u32", "1")], [err]), invoke("assert_return", "odd", [two], [err])],
    /^pass /, /^pass /, /^pass /, /^fail returned: \{"tag":"ok"\}$/],
  ["traps", [module("own"), invoke("assert_trap", "trap"), invoke("assert_return", "count", [], [two]), module("own"), invoke("assert_trap", "count"), invoke("assert_return", "trap")],
    /^pass /, /^pass trapped: RuntimeError/, /^fail trapped: CanonicalTrap: Cannot enter/, /^pass /, /^fail returned: 1$/, /^fail trapped: /],
  ["calls into what runs", [module("reentrant"), invoke("assert_return", "run"), invoke("assert_return", "run")],
    /^pass /, /^unsupported CanonicalTrap: Cannot enter/, /^unsupported CanonicalTrap: Cannot enter/],
  ["instances with names", [{ ...module("own", "d"), type: "module_definition" }, { type: "module_instance", module: "d", instance: "i" }, { type: "module_instance", module: "d", instance: "j" },
    { ...invoke("action", "count"), action: { type: "invoke", module: "i", field: "count" } }, invoke("assert_return", "count", [], [number("u32", "1")])],
    /^pass /, /^pass /, /^pass /, /^pass returned: 1$/, /^pass /],
  ["what is not there", [{ type: "module_instance", module: "x" }, invoke("action", "f"), module("own"), invoke("action", "g"), { type: "register" }, module("core")],
    /^fail no such instance/, /^fail no such instance/, /^pass /, /^fail no export g/, /^skip no way to register/, /^skip no component/],
  ["imports that nobody gives", [module("needy"), invoke("assert_return", "run"), refuse("assert_unlinkable", "needy"), refuse("assert_invalid", "needy")],
    /^planned LoadFailed: .*a:b\/c/, /^unsupported /, /^pass /, /^accepted so they say/],
  ["features that are not there", [module("map"), module("async"), refuse("assert_invalid", "map")],
    /^unsupported LoadFailed: .*maps/, /^unsupported LoadFailed: .*subtask.drop/, /^pass /],
  ["what is invalid", [module("broken"), invoke("action", "f"), refuse("assert_malformed", "broken"), refuse("assert_invalid", "own"), refuse("assert_invalid", "core")],
    /^fail LoadFailed: Cannot read a section/, /^fail LoadFailed/, /^pass LoadFailed/, /^accepted so they say$/, /^skip /],
  ["traps at the beginning", [refuse("assert_uninstantiable", "own"), refuse("assert_uninstantiable", "map")],
    /^pass trapped: /, /^unsupported /],
];

for (const [what, commands, ...wanted] of ROWS) {
  Deno.test(`replay() carries out ${what}`, async () => {
    const outcomes = await replay(await makeScript(FILES, commands));
    strictEqual(outcomes.length, wanted.length);
    outcomes.forEach(({ verdict, detail }, at) =>
      match(`${verdict} ${detail}`, wanted[at]!)
    );
  });
}

Deno.test("replay() gives components what hosts of wasmtime give", async () => {
  const hosts = [{
    name: "host",
    wit: "return-three: func() -> u32;",
    functions: {},
  }];
  const exports = { "": "run: func() -> u32;" };
  const main = `(import "host" "return-three" (func $three (result i32)))
    (func (export "run") (result i32) (call $three))`;
  const bytes = await componentOf({ main, hosts, exports });
  const run = invoke("assert_return", "run", [], [number("u32", "3")]);
  const outcomes = await replay(
    await makeScript({ bytes }, [module("bytes"), run]),
  );
  deepStrictEqual(outcomes.map(({ verdict }) => verdict), ["pass", "pass"]);
});
