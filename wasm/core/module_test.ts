/** What is refused before an instance is made. */

import { match, rejects, strictEqual } from "node:assert";

import { LoadFailed } from "../errors.ts";
import { assemble } from "../instrument/testdata/text.ts";
import { moduleOf, section, sized } from "../instrument/testdata/bytes.ts";
import { prepare, ROOMY } from "../testdata/core/local_module.ts";
import { prepareModule } from "./module.ts";

// deno-fmt-ignore
const REFUSED: [name: string, text: string, message: string][] = [
  ["an unknown module", `(import "env" "abort" (func))`, "Cannot import what is not there: env.abort"],
  ["a slip of the pen", `(import "rusm" "recieve" (func))`, "Cannot import what is not there, of which rusm.receive is nearest: rusm.recieve"],
  ["a wrong module", `(import "rusn" "send" (func))`, "Cannot import what is not there, of which rusm.send is nearest: rusn.send"],
  ["what objects have", `(import "rusm" "constructor" (func))`, "Cannot import what is not there: rusm.constructor"],
  ["too few parameters", `(import "rusm" "send" (func (param i64 i32)))`, "Cannot import a function of type (i64, i32, i32) -> () as one of type (i64, i32) -> (): rusm.send"],
  ["pointers of 64 bits", `(import "rusm" "receive" (func (param i64 i64) (result i64))) (memory i64 1)`, "Cannot import a function of type (i32, i32) -> i32 as one of type (i64, i64) -> i64: rusm.receive"],
  ["two results", `(import "rusm" "notify" (func (result i32 f64)))`, "Cannot import a function of type () -> () as one of type () -> (i32, f64): rusm.notify"],
  ["a memory", `(import "env" "memory" (memory 1))`, "Cannot give a module a memory: env.memory"],
  ["a table", `(import "rusm" "send" (table 1 funcref))`, "Cannot give a module a table: rusm.send"],
  ["a global", `(import "env" "base" (global (mut i32)))`, "Cannot give a module a global: env.base"],
  ["a tag", `(import "env" "error" (tag (param i32)))`, "Cannot give a module a tag: env.error"],
  ["a long name", `(import "a" "${"b".repeat(500)}" (func))`, `Cannot import what is not there: a.${"b".repeat(98)}…`],
  ["a name that is no text", `(import "a" "\\n\\1b" (func))`, "Cannot import what is not there: a.\\n\\u001b"],
  ["two memories", `(memory 1) (memory 1)`, "Cannot bound more memories than one to 8388608 bytes: 2"],
  ["a wait", `(memory 1 1 shared) (func (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0))))`, "Cannot run a module that blocks its thread: it has memory.atomic.wait"],
];

for (const [name, text, message] of REFUSED) {
  Deno.test(`prepareModule() refuses ${name}`, async () => {
    const bytes = await assemble(`(module ${text})`);
    await rejects(
      prepareModule("guest", bytes, ROOMY),
      (error: Error) => {
        strictEqual(error.message, message);
        return error instanceof LoadFailed && error.component === "guest";
      },
    );
  });
}

Deno.test("prepareModule() refuses what is no module", () =>
  rejects(
    prepareModule("guest", Uint8Array.of(1, 2, 3), ROOMY),
    (error: Error) => {
      match(error.message, /^Cannot read a module/);
      return error instanceof LoadFailed;
    },
  ));

Deno.test("prepareModule() says where a module is invalid, in that module", () => {
  const loop = [0x03, 0x40, 0x0b];
  const bytes = moduleOf(
    section(1, [0x60, 0, 0]),
    section(3, [0]),
    section(5, [0, 1]),
    section(10, sized([0, ...loop, ...loop, 0x6a, 0x0b])),
  );
  const at = bytes.length - 2;
  return rejects(prepareModule("guest", bytes, ROOMY), {
    name: "LoadFailed",
    message: new RegExp(
      `^Cannot rewrite an invalid module: .*i32.add.*: code section, offset ${at}$`,
    ),
  });
});

Deno.test("prepareModule() knows the types in groups and their subtypes", async () => {
  const name = [...sized("rusm"), ...sized("is_alive"), 0x00, 0x02];
  // rec (struct (field i32)) (array (mut i8)) (sub (func (param i64) (result i32)))
  const group = [
    ...[0x4e, 0x03, 0x5f, 0x01, 0x7f, 0x00, 0x5e, 0x78, 0x01],
    ...[0x50, 0x00, 0x60, 0x01, 0x7e, 0x01, 0x7f],
  ];
  const bytes = moduleOf(section(1, group), section(2, name));
  await prepareModule("guest", bytes, ROOMY);
});

Deno.test("prepareModule() takes a module that imports all of rusm", async () => {
  strictEqual((await prepare("")).memories.length, 0);
});
