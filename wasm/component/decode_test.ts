import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";

import { decodeComponent, isComponent } from "./decode.ts";
import { InvalidComponent, NeedsPreview3 } from "./errors.ts";
import { DEFINITIONS_MAX, NAME_BYTES_MAX, NESTING_MAX } from "./limits.ts";
import {
  component,
  extern,
  raw,
  section,
  text,
  u32,
  vec,
} from "./testdata/encode.ts";
import { fixture, FIXTURES } from "./testdata/fixture.ts";

const CORE_INSTANCE = 2;
const CORE_TYPE = 3;
const COMPONENT = 4;
const INSTANCE = 5;
const ALIAS = 6;
const TYPE = 7;
const CANON = 8;
const START = 9;
const IMPORT = 10;
const EXPORT = 11;

const U8 = [0x7d];
const LIST_U8 = [0x70, ...U8];

/** `count` names that differ. */
function names(count: number): number[][] {
  return Array.from({ length: count }, (_, at) => [...text(`n${at}`)]);
}

function nestComponents(depth: number): Uint8Array {
  let inner = component();
  for (let nth = 0; nth < depth; nth++) {
    inner = component(raw(COMPONENT, [...inner]));
  }
  return inner;
}

function nestTypes(depth: number): Uint8Array {
  let type: readonly number[] = U8;
  for (let nth = 0; nth < depth; nth++) type = [0x42, 1, 0x01, ...type];
  return component(section(TYPE, type));
}

// deno-fmt-ignore
const ERRORS: [what: string, bytes: Uint8Array, message: string][] = [
  ["nothing", new Uint8Array(), "Cannot read a component without the header of version 0x0d, layer 1 (header, offset 0)"],
  ["a core module", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), "Cannot read a component without the header of version 0x0d, layer 1 (header, offset 0)"],
  ["a section that is not known", component(raw(13, [])), "Cannot read a section: found 0x0d (header, offset 8)"],
  ["a section past the end", component([7, 9]), "Cannot read a section past the end: 9 bytes (header, offset 10)"],
  ["a section with something left", component(raw(TYPE, [0, 1, 2])), "Cannot read what is left: 2 bytes (type section, offset 11)"],
  ["a vector past the end", component(raw(TYPE, [100, 0x7d])), "Cannot read a vector past the end: 100 items (type section, offset 10)"],
  ["an integer of 33 bits", component(raw(TYPE, [0xff, 0xff, 0xff, 0xff, 0x1f])), "Cannot read an integer of more than 32 bits (type section, offset 10)"],
  ["a custom section without a name", component(raw(0, [])), "Cannot read on (custom section, offset 10)"],
  ["a core instance of a form that is not known", component(section(CORE_INSTANCE, [2])), "Cannot read a core instance: found 0x02 (core instance section, offset 11)"],
  ["an argument that is no core instance", component(section(CORE_INSTANCE, [0, 0, 1, 0, 0x11, 0])), "Cannot read an argument that is no core instance: found 0x11 (core instance section, offset 15)"],
  ["a core type that is not known", component(section(CORE_TYPE, [0x5d])), "Cannot read a core type: found 0x5d (core type section, offset 11)"],
  ["a subtype, or a module type, in a module type", component(section(CORE_TYPE, [0x50, 1, 0x01, 0x50, 0])), "Cannot link what is not supported here: core types of GC (core type section, offset 14)"],
  ...[0x00, 0x4e, 0x4f, 0x5e, 0x5f].map((form): [string, Uint8Array, string] => [`a core type of GC: ${form}`, component(section(CORE_TYPE, [form])), "Cannot link what is not supported here: core types of GC (core type section, offset 11)"]),
  ["a shared core type", component(section(CORE_TYPE, [0x65])), "Cannot link what is not supported here: shared core types (core type section, offset 11)"],
  ["a declaration of a module type that is not known", component(section(CORE_TYPE, [0x50, 1, 9])), "Cannot read a declaration of a module type: found 0x09 (core type section, offset 13)"],
  ["an import of a module type that is not known", component(section(CORE_TYPE, [0x50, 1, 0, 0, 0, 9])), "Cannot read what a module imports or exports: found 0x09 (core type section, offset 16)"],
  ["a core alias that is not outer", component(section(CORE_TYPE, [0x50, 1, 2, 0x10, 0])), "Cannot read an alias that is not outer: found 0x00 (core type section, offset 15)"],
  ["an instance of a form that is not known", component(section(INSTANCE, [2])), "Cannot read an instance: found 0x02 (instance section, offset 11)"],
  ["a sort that is not known", component(section(ALIAS, [6, 0, 0, 0])), "Cannot read a sort: found 0x06 (alias section, offset 11)"],
  ["an alias of a value", component(section(ALIAS, [2, 0, 0, 0])), "Cannot link what is not supported here: imports and exports of values (alias section, offset 11)"],
  ["a core sort that is not known", component(section(ALIAS, [0, 5, 0, 0])), "Cannot read a core sort: found 0x05 (alias section, offset 12)"],
  ["an alias of a form that is not known", component(section(ALIAS, [1, 3])), "Cannot read the target of an alias: found 0x03 (alias section, offset 12)"],
  ["a core alias of a function", component(section(ALIAS, [1, 1, 0, 0])), "Cannot alias by form 1: func (alias section, offset 11)"],
  ["an outer alias of an instance", component(section(ALIAS, [5, 2, 0, 0])), "Cannot alias by form 2: instance (alias section, offset 11)"],
  ["a value type that is not known", component(section(TYPE, [0x62])), "Cannot read a value type: found 0x62 (type section, offset 11)"],
  ["a map", component(section(TYPE, [0x63, ...U8, ...U8])), "Cannot link what is not supported here: maps (type section, offset 11)"],
  ["a type with an index below 0", component(section(TYPE, [0x70, 0xff, 0x7f])), "Cannot read the index of a type below 0 (type section, offset 12)"],
  ["a record without fields", component(section(TYPE, [0x72, 0])), "Cannot read a record without names (type section, offset 11)"],
  ["a record with a field twice", component(section(TYPE, [0x72, ...vec([[...text("a"), ...U8], [...text("A"), ...U8]])])), 'Cannot read a record with a name twice: "A" (type section, offset 11)'],
  ["a field that is not in kebab case", component(section(TYPE, [0x72, ...vec([[...text("aB"), ...U8]])])), 'Cannot read a name that is not in kebab case: "aB" (type section, offset 13)'],
  ["a variant without cases", component(section(TYPE, [0x71, 0])), "Cannot read a variant without names (type section, offset 11)"],
  ["a case that refines another", component(section(TYPE, [0x71, 1, ...text("a"), 0, 1, 0])), "Cannot read a case that refines another: found 0x01 (type section, offset 16)"],
  ["a case with a mark that is not known", component(section(TYPE, [0x71, 1, ...text("a"), 2, 0])), "Cannot read a mark of what may be left out: found 0x02 (type section, offset 15)"],
  ["a tuple without types", component(section(TYPE, [0x6f, 0])), "Cannot read a tuple without types (type section, offset 11)"],
  ["an enum without names", component(section(TYPE, [0x6d, 0])), "Cannot read an enum without names (type section, offset 11)"],
  ["flags without names", component(section(TYPE, [0x6e, 0])), "Cannot read flags without names (type section, offset 11)"],
  ["33 flags", component(section(TYPE, [0x6e, ...vec(names(33))])), "Cannot read more than 32 flags: 33 (type section, offset 11)"],
  ["a list of length 0", component(section(TYPE, [0x67, ...U8, 0])), "Cannot read a list of length 0 (type section, offset 11)"],
  ["a parameter twice", component(section(TYPE, [0x40, ...vec([[...text("a"), ...U8], [...text("a"), ...U8]]), 1, 0])), 'Cannot read parameters with a name twice: "a" (type section, offset 11)'],
  ["results with names", component(section(TYPE, [0x40, 0, 1, 1])), "Cannot read results with names: found 0x01 (type section, offset 14)"],
  ["a result list that is not known", component(section(TYPE, [0x40, 0, 2])), "Cannot read a result list: found 0x02 (type section, offset 13)"],
  ["a resource of 64 bits", component(section(TYPE, [0x3f, 0x7e, 0])), "Cannot link what is not supported here: resources with representations of 64 bits (type section, offset 12)"],
  ["a resource of a form that is not known", component(section(TYPE, [0x3f, 0x7d, 0])), "Cannot read the representation of a resource: found 0x7d (type section, offset 12)"],
  ["an import of an instance type", component(section(TYPE, [0x42, 1, 0x03])), "Cannot read a declaration of type instance: found 0x03 (type section, offset 13)"],
  ["a canonical function that is not known", component(section(CANON, [0x55])), "Cannot read a canonical function: found 0x55 (canon section, offset 11)"],
  ["a canonical option that is not known", component(section(CANON, [1, 0, 0, 1, 0x0a])), "Cannot read a canonical option: found 0x0a (canon section, offset 15)"],
  ...[0x08, 0x09].map((form): [string, Uint8Array, string] => [`a canonical option of GC: ${form}`, component(section(CANON, [1, 0, 0, 1, form])), "Cannot link what is not supported here: lifting and lowering by way of GC (canon section, offset 15)"]),
  ["an option twice", component(section(CANON, [1, 0, 0, 2, 0, 1])), "Cannot read an option twice: encoding (canon section, offset 16)"],
  ["a start with values", component(raw(START, [0, 1, 0, 0])), "Cannot start a component with values (start section, offset 14)"],
  ["an import of a value", component(section(IMPORT, [...extern("a"), 2, 1, 0x7d])), "Cannot link what is not supported here: imports and exports of values (import section, offset 14)"],
  ["an import of a type that is not known", component(section(IMPORT, [...extern("a"), 6])), "Cannot read the type of an extern: found 0x06 (import section, offset 14)"],
  ["an import of a core function", component(section(IMPORT, [...extern("a"), 0, 0, 0])), "Cannot read the type of a core extern: found 0x00 (import section, offset 15)"],
  ["a bound that is not known", component(section(IMPORT, [...extern("a"), 3, 2])), "Cannot read the bound of a type: found 0x02 (import section, offset 15)"],
  ["a name of a form that is not known", component(section(EXPORT, [3, ...text("a"), 1, 0, 0])), "Cannot read an extern name: found 0x03 (export section, offset 11)"],
  ["a name with attributes", component(section(EXPORT, [2, ...text("a"), 0, 1, 0, 0])), "Cannot link what is not supported here: names with attributes (export section, offset 11)"],
  ["a name that is none", component(section(IMPORT, [...extern("a_b"), 1, 0])), 'Cannot read an extern name: "a_b" (import section, offset 12)'],
  ["a name that is not UTF-8", component(section(IMPORT, [0, 1, 0xff, 1, 0])), "Cannot read a name that is not UTF-8 (import section, offset 12)"],
  ["a name that is too long", component(section(IMPORT, [...extern("a".repeat(NAME_BYTES_MAX + 1)), 1, 0])), `Cannot read a name of more than ${NAME_BYTES_MAX} bytes: ${NAME_BYTES_MAX + 1} (import section, offset 13)`],
];

for (const [what, bytes, message] of ERRORS) {
  Deno.test(`decodeComponent() refuses ${what}`, () => {
    throws(() => decodeComponent(bytes), (error: Error) => {
      ok(error instanceof InvalidComponent);
      strictEqual(error.message, message);
      ok(message.includes(`${error.section}, offset ${error.offset}`));
      return true;
    });
  });
}

Deno.test("decodeComponent() bounds how deep components and types lie in each other", () => {
  decodeComponent(nestComponents(NESTING_MAX));
  throws(() => decodeComponent(nestComponents(NESTING_MAX + 1)), /deeper than/);
  decodeComponent(nestTypes(NESTING_MAX));
  throws(() => decodeComponent(nestTypes(NESTING_MAX + 1)), /deeper than/);
  throws(() => decodeComponent(nestTypes(5000)), /deeper than/);
});

Deno.test("decodeComponent() bounds how many definitions there are", () => {
  const bytes = component(
    raw(TYPE, [
      ...u32(DEFINITIONS_MAX + 1),
      ...new Uint8Array(DEFINITIONS_MAX + 1).fill(0x7d),
    ]),
  );
  throws(() => decodeComponent(bytes), /more than 100000 definitions/);
});

Deno.test("decodeComponent() reads every form of core type and steps over custom sections", () => {
  const core = [
    [0x60, ...vec([[0x7f], [0x63, 0x70]]), ...vec([[0x7e]])],
    [
      0x50,
      ...vec([
        [0x01, 0x60, 0, 0],
        [0x02, 0x10, 0x01, 1, 0],
        [0x00, ...text("a"), ...text("b"), 0x00, 0],
        [0x00, ...text("a"), ...text("t"), 0x01, 0x70, 0x01, 1, 0x80, 0x01],
        [0x03, ...text("m"), 0x02, 0x00, 1],
        [0x03, ...text("p"), 0x02, 0x08, 1, 0],
        [0x03, ...text("g"), 0x03, 0x7f, 0x01],
        [0x03, ...text("e"), 0x04, 0x00, 0],
      ]),
    ],
  ];
  const custom = raw(0, [...text("component-name"), 1, 2, 3]);
  const { definitions } =
    decodeComponent(component(custom, section(CORE_TYPE, ...core), custom))
      .component;
  deepStrictEqual(definitions.map(({ kind }) => kind), [
    "core type",
    "core type",
  ]);
});

// By the specification's list: the byte, and what follows it.
// deno-fmt-ignore
const PREVIEW3: [feature: string, ...bytes: number[]][] = [
  ["task.cancel", 0x05], ["subtask.cancel", 0x06, 1], ["resource.drop async", 0x07, 0], ["backpressure.set", 0x08],
  ["task.return", 0x09, 1, 0, 0], ["context.get", 0x0a, 0x7f, 0], ["context.set", 0x0b, 0x7f, 0], ["thread.yield", 0x0c, 0],
  ["subtask.drop", 0x0d], ["stream.new", 0x0e, 0], ["stream.read", 0x0f, 0, 0], ["stream.write", 0x10, 0, 0],
  ["stream.cancel-read", 0x11, 0, 0], ["stream.cancel-write", 0x12, 0, 0], ["stream.drop-readable", 0x13, 0],
  ["stream.drop-writable", 0x14, 0], ["future.new", 0x15, 0], ["future.read", 0x16, 0, 0], ["future.write", 0x17, 0, 0],
  ["future.cancel-read", 0x18, 0, 0], ["future.cancel-write", 0x19, 0, 0], ["future.drop-readable", 0x1a, 0],
  ["future.drop-writable", 0x1b, 0], ["error-context.new", 0x1c, 0], ["error-context.debug-message", 0x1d, 0],
  ["error-context.drop", 0x1e], ["waitable-set.new", 0x1f], ["waitable-set.wait", 0x20, 0, 0],
  ["waitable-set.poll", 0x21, 0, 0], ["waitable-set.drop", 0x22], ["waitable.join", 0x23], ["backpressure.inc", 0x24],
  ["backpressure.dec", 0x25], ["thread.index", 0x26], ["thread.new-indirect", 0x27, 0, 0], ["thread.resume-later", 0x28],
  ["thread.suspend", 0x29, 0], ["thread.suspend-then-resume", 0x2a, 0], ["thread.yield-then-resume", 0x2b, 0],
  ["thread.suspend-then-promote", 0x2c, 0], ["thread.yield-then-promote", 0x2d, 0], ["stream.forward", 0x2e, 0],
  ["future.forward", 0x2f, 0], ["thread.spawn-ref", 0x40, 0], ["thread.spawn-indirect", 0x41, 0, 0],
  ["thread.available-parallelism", 0x42],
];

for (const [feature, ...bytes] of PREVIEW3) {
  Deno.test(`decodeComponent() notes that ${feature} is of preview 3`, () => {
    const { preview3 } = decodeComponent(
      component(section(CANON, bytes, bytes)),
    );
    deepStrictEqual(preview3, [feature]);
  });
}

Deno.test("decodeComponent() notes types and options of preview 3", () => {
  const bytes = component(
    section(TYPE, [0x66, 1, ...U8], [0x65, 0], [0x64], LIST_U8, [
      0x3e,
      0x7f,
      0,
      0,
    ]),
    section(CANON, [1, 0, 0, 1, 6], [0, 0, 0, 2, 6, 7, 0, 0]),
  );
  deepStrictEqual(decodeComponent(bytes).preview3, [
    "stream",
    "future",
    "error-context",
    "async destructor",
    "async lower",
    "async lift",
    "callback",
  ]);
});

Deno.test("decodeComponent() reads nothing into what is behind preview 3", () => {
  const bytes = component(section(CANON, [0x0d], [0x28, 0x01], [0x55]));
  throws(() => decodeComponent(bytes), (error: Error) => {
    ok(error instanceof NeedsPreview3);
    deepStrictEqual(error.features, ["subtask.drop", "thread.resume-later"]);
    return true;
  });
});

Deno.test("isComponent() tells components from core modules", () => {
  for (const name of FIXTURES) ok(isComponent(fixture(name)));
  ok(!isComponent(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)));
  ok(!isComponent(new Uint8Array(3)));
});
