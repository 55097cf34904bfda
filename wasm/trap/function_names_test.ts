import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";

import { u32 } from "../instrument/sections.ts";
import {
  body,
  exported,
  moduleOf,
  section,
  sized,
} from "../instrument/testdata/bytes.ts";
import { assemble } from "../instrument/testdata/text.ts";
import { functionNames, NAMES_MAX } from "./function_names.ts";
import { NAME_LENGTH_MAX } from "./printable.ts";

function namesOf(module: Uint8Array, count: number): (string | undefined)[] {
  const nameOf = functionNames(module);
  return Array.from({ length: count }, (_, index) => nameOf(index));
}

const MODULE = `(module
  (import "env" "host" (func $host))
  (memory (export "memory") 1)
  (func $work (export "shown"))
  (func (export "run") (export "again"))
  (func))`;

Deno.test("functionNames() names by the name section, then by exports", async () => {
  const names = ["host", "work", "run", undefined, undefined];
  deepStrictEqual(namesOf(await assemble(MODULE, true), 5), names);
});

Deno.test("functionNames() names exports when there is no name section", async () => {
  const names = [undefined, "shown", "run", undefined];
  deepStrictEqual(namesOf(await assemble(MODULE), 4), names);
});

// Two functions, the second exported, and a name section of `custom`.
function named(...custom: readonly number[]): Uint8Array<ArrayBuffer> {
  return moduleOf(
    section(1, [0x60, 0, 0]),
    section(3, [0], [0]),
    section(7, exported("run", 0, 1)),
    section(10, body(), body()),
    { id: 0, bytes: Uint8Array.from([...sized("name"), ...custom]) },
  );
}

function functions(...content: readonly number[]): number[] {
  return [1, ...sized(content)];
}

const A = [0, ...sized("a")];
const B = [1, ...sized("b")];

// deno-fmt-ignore
const SECTIONS: readonly (readonly [string, number[], (string | undefined)[]])[] = [
  ["is whole",                       functions(2, ...A, ...B),              ["a", "b"]],
  ["names the module first",         [0, ...sized("\x01m"), ...functions(1, ...A)], ["a", "run"]],
  ["has a subsection nobody knows",  [99, ...sized("x"), ...functions(1, ...A)], ["a", "run"]],
  ["names a function twice",         functions(2, ...A, 0, ...sized("b")),  ["a", "run"]],
  ["has an empty name",              functions(1, 0, 0),                    [undefined, "run"]],
  ["is not UTF-8",                   functions(1, 0, 2, 0x61, 0xff),        ["a\ufffd", "run"]],
  ["hides control characters",       functions(1, 0, ...sized("\x1b\u202e")), ["\ufffd\ufffd", "run"]],
  ["is empty",                       [],                                    [undefined, "run"]],
  ["ends in an entry",               functions(2, ...A, 1, 5, 0x62),        ["a", "run"]],
  ["ends in a subsection",           [1, 99, 1, ...A],                      [undefined, "run"]],
  ["counts more than there are",     functions(...u32(2 ** 32 - 1), ...A),  ["a", "run"]],
  ["has a size of too many bits",    [1, 0xff, 0xff, 0xff, 0xff, 0xff, 1],  [undefined, "run"]],
];

for (const [what, custom, names] of SECTIONS) {
  Deno.test(`functionNames() when the name section ${what}`, () => {
    const module = named(...custom);
    strictEqual(WebAssembly.validate(module), true);
    deepStrictEqual(namesOf(module, 2), names);
  });
}

for (const length of [0, 3, 8, 12]) {
  Deno.test(`functionNames() names nothing in ${length} bytes that are no module`, () => {
    strictEqual(functionNames(new Uint8Array(length))(0), undefined);
  });
}

Deno.test("functionNames() names what it can of a module without the name of a custom section", () => {
  const broken = moduleOf(
    { id: 0, bytes: Uint8Array.of(9) },
    section(7, exported("run", 0, 1)),
  );
  deepStrictEqual(namesOf(broken, 2), [undefined, "run"]);
});

Deno.test("functionNames() cuts a name of a megabyte, and decodes no more of it", () => {
  const name = new Uint8Array(2 ** 20).fill(0x78);
  const entry = [...u32(name.length)];
  const content = [1, 0, ...entry];
  const head = [...sized("name"), 1, ...u32(content.length + name.length)];
  const bytes = new Uint8Array(head.length + content.length + name.length);
  bytes.set(head);
  bytes.set(content, head.length);
  bytes.set(name, head.length + content.length);
  const nameOf = functionNames(moduleOf({ id: 0, bytes }));
  strictEqual(nameOf(0), `${"x".repeat(NAME_LENGTH_MAX)}…`);
});

Deno.test("functionNames() keeps no more than so many names", () => {
  const count = NAMES_MAX + 1;
  const entries = new Uint8Array(count * 5);
  for (let index = 0; index < count; index++) {
    // Three bytes for the index, and a name of one byte.
    const low = [(index & 0x7f) | 0x80, (index >> 7 & 0x7f) | 0x80];
    entries.set([...low, index >> 14, 1, 0x78], index * 5);
  }
  const front = u32(count);
  const head = [...sized("name"), 1, ...u32(front.length + entries.length)];
  const bytes = Uint8Array.from([...head, ...front]);
  const custom = new Uint8Array(bytes.length + entries.length);
  custom.set(bytes);
  custom.set(entries, bytes.length);
  const nameOf = functionNames(moduleOf({ id: 0, bytes: custom }));
  deepStrictEqual([nameOf(NAMES_MAX - 1), nameOf(NAMES_MAX)], ["x", undefined]);
});

Deno.test("functionNames() reads the module when the first name is asked for", () => {
  const module = named(...functions(1, ...A));
  const nameOf = functionNames(module);
  module.set([0x63], module.length - 1);
  strictEqual(nameOf(0), "c");
});

Deno.test("functionNames() never throws, whatever is broken in a module", async () => {
  const whole = await assemble(MODULE, true);
  const at = fc.nat(whole.length - 1);
  const change = fc.tuple(at, fc.integer({ min: 0, max: 255 }));
  const changes = fc.array(change, { maxLength: 4 });
  fc.assert(fc.property(changes, at, (changes, end) => {
    const broken = whole.slice(0, whole.length - (end % 8));
    for (const [offset, byte] of changes) broken[offset] = byte;
    for (const name of namesOf(broken, 5)) {
      ok((name ?? "").length <= NAME_LENGTH_MAX + 1);
    }
  }));
});
