/** Components that do not fit together, or cost more than they may. */

import { ok, strictEqual, throws } from "node:assert";

import { assemble } from "../testdata/wat.ts";
import { describeComponent } from "./describe.ts";
import { InvalidComponent } from "./errors.ts";
import {
  CORE_INSTANCES_MAX,
  INSTANTIATION_DEPTH_MAX,
  TYPE_DEPTH_MAX,
  TYPE_PARTS_MAX,
  WRAPPING_MAX,
} from "./limits.ts";
import { planComponent } from "./plan_component.ts";
import {
  component,
  extern,
  optional,
  raw,
  s33,
  section,
  text,
  vec,
} from "./testdata/encode.ts";

type Bytes = readonly number[];

const U32: Bytes = [0x79];
const STRING: Bytes = [0x73];
const NO_RESULT: Bytes = [0x01, 0x00];

/** A function type without parameters. */
const PROCEDURE: Bytes = [0x40, 0, ...NO_RESULT];

/** A function of one parameter, `x`. */
function taking(...type: Bytes): Bytes {
  return [0x40, 1, ...text("x"), ...type, ...NO_RESULT];
}

/** A function that gives a value. */
function giving(...type: Bytes): Bytes {
  return [0x40, 0, 0x00, ...type];
}

function coreInstances(...items: Bytes[]): Bytes {
  return section(2, ...items);
}

function instances(...items: Bytes[]): Bytes {
  return section(5, ...items);
}

function aliases(...items: Bytes[]): Bytes {
  return section(6, ...items);
}

function types(...items: Bytes[]): Bytes {
  return section(7, ...items);
}

function canon(...items: Bytes[]): Bytes {
  return section(8, ...items);
}

function nested(...sections: Bytes[]): Bytes {
  return raw(4, [...component(...sections)]);
}

function lift(func: number, type: number, ...options: Bytes[]): Bytes {
  return [0, 0, func, ...vec(options), type];
}

function lower(func: number, ...options: Bytes[]): Bytes {
  return [1, 0, func, ...vec(options)];
}

function importFunc(name: string, type: number): Bytes {
  return section(10, [...extern(name), 1, type]);
}

function importInstance(name: string, type: number): Bytes {
  return section(10, [...extern(name), 5, type]);
}

function importResource(name: string): Bytes {
  return section(10, [...extern(name), 3, 1]);
}

function exportFunc(name: string, func: number, ascribed?: number): Bytes {
  const type = ascribed === undefined ? undefined : [1, ascribed];
  return section(11, [...extern(name), 1, func, ...optional(type)]);
}

const MODULE = await assemble(`(module
  (memory (export "m") 1)
  (func (export "nop"))
  (func (export "take") (param i32))
  (func (export "give") (result i32) i32.const 0)
  (func (export "pair") (param i32 i32))
  (func (export "long") (param i64))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0)
  (global (export "g") i32 (i32.const 0)))`);
const NEEDY = await assemble(`(module (import "a" "f" (func (param i32))))`);
const SHARED = await assemble(`(module (memory (export "m") 1 2 shared))`);
const MEMORY64 = await assemble(`(module
  (memory (export "m") i64 1)
  (func (export "give") (result i64) i64.const 0))`);

/** The core functions of MODULE, in this order from 0, and its memory. */
const CORE: Bytes = [
  ...raw(1, [...MODULE]),
  ...coreInstances([0, 0, 0]),
  ...aliases(
    ...["nop", "take", "give", "pair", "long", "realloc"].map((
      name,
    ) => [0, 0, 1, 0, ...text(name)]),
    [0, 2, 1, 0, ...text("m")],
  ),
];
const NOP = 0;
const TAKE = 1;
const GIVE = 2;
const PAIR = 3;
const LONG = 4;
const REALLOC = 5;
const MEMORY: Bytes = [0x03, 0];
const WITH_REALLOC: Bytes = [0x04, REALLOC];

// deno-fmt-ignore
const ERRORS: [what: string, bytes: Uint8Array, message: RegExp][] = [
  ["a type that is not there", component(types([0x70, 0])), /^Cannot find index 0 of sort type: there are 0 \(type section, offset 11\)$/],
  ["a value type that is a function's", component(types(PROCEDURE, [0x70, 0])), /as one of values: index 0 is of kind function/],
  ["a function type that is a value's", component(types([0x79]), importFunc("f", 0)), /as one of functions: index 0 is of kind value/],
  ["an instance type that is a value's", component(types([0x79]), importInstance("f", 0)), /as one of instances: index 0 is of kind value/],
  ["a resource type that is a value's", component(types([0x79], [0x69, 0])), /as one of resources: index 0 is of kind value/],
  ["a resource in an instance type", component(types([0x42, 1, 0x01, 0x3f, 0x7f, 0]), importInstance("a", 0)), /define a resource in a type/],
  ["a core alias in an instance type", component(types([0x42, 1, 2, 0, 0, 1, 0, 0]), importInstance("a", 0)), /a declaration of an instance type: alias core export/],
  ["an instance type that exports a name twice", component(types([0x42, 2, 4, ...extern("a"), 3, 1, 4, ...extern("A"), 3, 1]), importInstance("a", 0)), /exports a name twice/],
  ["a function that returns what is borrowed", component(importResource("r"), types([0x68, 0], giving(1))), /^Cannot resolve a function type that returns what is borrowed \(type section/],
  ["a function that returns something borrowed within a list", component(importResource("r"), types([0x68, 0], [0x70, 1], [0x6a, 0, 1, 2], giving(3))), /a function type that returns what is borrowed/],
  ["an instance that is not there", component(instances([0, 0, 0])), /index 0 of sort component: there are 0/],
  ["a module that is not there", component(coreInstances([0, 0, 0])), /index 0 of sort core module: there are 0/],
  ["an export that is not there", component(instances([1, 0]), aliases([1, 0, 0, ...text("f")])), /Cannot find an alias of sort func in instance 0: "f"/],
  ["a core export that is not there", component(CORE, aliases([0, 0, 1, 0, ...text("f")])), /alias of sort core func in core instance 0: "f"/],
  ["a core export of another sort", component(CORE, aliases([0, 0, 1, 0, ...text("m")])), /alias of sort core func in core instance 0: "m"/],
  ["an outer alias past the outermost", component(aliases([3, 2, 1, 0])), /from 1 components further out: there are 0/],
  ["an outer alias of what comes later", component(nested(aliases([3, 2, 1, 0])), types(U32), instances([0, 0, 0])), /index 0 of outer sort type: there are 0/],
  ["a component that instantiates itself", component(nested(aliases([4, 2, 1, 0]), instances([0, 0, 0])), instances([0, 0, 0])), /index 0 of outer sort component: there are 0/],
  ["an import twice", component(types(PROCEDURE), importFunc("f", 0), importFunc("F", 0)), /give a name twice: "F"/],
  ["an export twice", component(types(PROCEDURE), importFunc("f", 0), exportFunc("a", 0), exportFunc("a", 0)), /give a name twice: "a"/],
  ["a bundle with a name twice", component(types(PROCEDURE), importFunc("f", 0), instances([1, ...vec([[...extern("a"), 1, 0], [...extern("a"), 1, 0]])])), /give a name twice: "a"/],
  ["an import of a component", component(types([0x41, 0]), section(10, [...extern("a"), 4, 0])), /Cannot import a component: "a"/],
  ["an import of a core module", component(section(3, [0x50, 0]), section(10, [...extern("a"), 0, 0x11, 0])), /Cannot import a core module: "a"/],
  ["an import of an instance in an instance", component(types([0x42, 2, 1, 0x42, 0, 4, ...extern("b"), 5, 0]), importInstance("a", 0)), /an instance within an instance: "a" "b"/],
  ["an export of a component", component(nested(), section(11, [...extern("a"), 4, 0, 0])), /what is of sort component: "a"/],
  ["an export of an instance in an instance", component(instances([1, 0], [1, 1, ...extern("b"), 5, 0]), section(11, [...extern("a"), 5, 1, 0])), /from an interface what is of sort instance: "b"/],

  ["a nested import that is missing", component(nested(types(PROCEDURE), importFunc("f", 0)), instances([0, 0, 0])), /Cannot satisfy import "f" of a nested component: it is missing/],
  ["a nested import of another sort", component(nested(types(PROCEDURE), importFunc("f", 0)), instances([1, 0], [0, 0, 1, ...text("f"), 5, 0])), /Cannot satisfy import "f" of type func: found instance/],
  ["a nested import of another type", component(types(taking(...STRING)), importFunc("g", 0), nested(types(taking(...U32)), importFunc("f", 0)), instances([0, 0, 1, ...text("f"), 1, 0])),
    /^Cannot satisfy import "f" of type func\(x: u32\): found func\(x: string\) \(import section, offset \d+\)$/],
  ["a nested import of a member that is missing", component(nested(types([0x42, 2, 1, ...PROCEDURE, 4, ...extern("m"), 1, 0]), importInstance("a:b/c", 0)), instances([1, 0], [0, 0, 1, ...text("a:b/c"), 5, 0])), /Cannot satisfy import "a:b\/c" "m": it is missing/],
  ["a nested import of a type that is another", component(types([0x70, ...U32]), nested(types([0x70, ...STRING]), section(10, [...extern("t"), 3, 0, 0])), instances([0, 0, 1, ...text("t"), 3, 0])), /import "t" of type list<string>: found list<u32>/],
  ["a nested import of a resource that is a value", component(types(U32), nested(importResource("r")), instances([0, 0, 1, ...text("r"), 3, 0])), /import "r" of type resource: found u32/],
  ["a nested import of another resource", component(importResource("a"), importResource("b"), nested(importResource("r"), section(10, [...extern("s"), 3, 0, 0])), instances([0, 0, 2, ...text("r"), 3, 0, ...text("s"), 3, 1])), /import "s" of type resource a: found resource b/],
  ["a nested import of a component that is a function", component(types(PROCEDURE), importFunc("f", 0), nested(types([0x41, 0]), section(10, [...extern("c"), 4, 0])), instances([0, 0, 1, ...text("c"), 1, 0])), /import "c" of type component: found func/],
  ["an export of another type than its own", component(types(taking(...STRING), PROCEDURE), importFunc("f", 0), exportFunc("g", 0, 1)), /Cannot satisfy export "g" of type func\(\): found func\(x: string\)/],
  ["an async function that is none", component(types(PROCEDURE, [0x43, 0, ...NO_RESULT]), importFunc("f", 0), exportFunc("g", 0, 1)), /type async func\(\): found func\(\)/],

  ["a core module that is none", component(raw(1, [1, 2, 3])), /^Cannot read a core module: Cannot read a module without the header of version 1: header, offset 0 \(core module section, offset 10\)$/],
  ["a core import that is missing", component(raw(1, [...NEEDY]), coreInstances([0, 0, 0])), /Cannot satisfy import "a" "f" of core module 0, func \(i32\) -> \(\): found nothing/],
  ["a core import of another type", component(CORE, raw(1, [...NEEDY]), coreInstances([1, 1, ...text("f"), 0, LONG], [0, 1, 1, ...text("a"), 0x12, 1])), /func \(i32\) -> \(\): found func \(i64\) -> \(\)/],
  ["a core import of another sort", component(CORE, raw(1, [...NEEDY]), coreInstances([1, 1, ...text("f"), 2, 0], [0, 1, 1, ...text("a"), 0x12, 1])), /func \(i32\) -> \(\): found memory 1 \(/],
  ["a core argument twice", component(CORE, coreInstances([0, 0, 2, ...text("a"), 0x12, 0, ...text("a"), 0x12, 0])), /give a name twice: "a"/],
  ["a core bundle with a name twice", component(CORE, coreInstances([1, 2, ...text("f"), 0, 0, ...text("f"), 0, 0])), /give a name twice: "f"/],
  ["a core bundle of a module", component(CORE, coreInstances([1, 1, ...text("f"), 0x11, 0])), /from a core instance what is of sort core module: "f"/],

  ["a lifted function of another type", component(CORE, types(taking(...U32)), canon(lift(LONG, 0))), /as an implementation of func\(x: u32\) of type \(i32\) -> \(\): its type is \(i64\) -> \(\)/],
  ["a lifted string without a memory", component(CORE, types(taking(...STRING)), canon(lift(PAIR, 0))), /that needs a memory without one/],
  ["a lifted string without realloc", component(CORE, types(taking(...STRING)), canon(lift(PAIR, 0, MEMORY))), /that needs realloc without one/],
  ["a lowered string without a memory", component(types(taking(...STRING)), importFunc("f", 0), canon(lower(0))), /that needs a memory without one/],
  ["a lowered result of a string without realloc", component(CORE, types(giving(...STRING)), importFunc("f", 0), canon(lower(0, MEMORY))), /that needs realloc without one/],
  ["realloc of another type", component(CORE, types(PROCEDURE), canon(lift(NOP, 0, [0x04, TAKE]))), /as realloc of type \(i32, i32, i32, i32\) -> \(i32\): its type is \(i32\) -> \(\)/],
  ["post-return of another type", component(CORE, types(giving(...U32)), canon(lift(GIVE, 0, [0x05, LONG]))), /as post-return of type \(i32\) -> \(\): its type is \(i64\)/],
  ["post-return of a lowered function", component(CORE, types(PROCEDURE), importFunc("f", 0), canon(lower(0, [0x05, NOP]))), /lower a function with post-return/],
  ["a memory that is not there", component(CORE, types(PROCEDURE), canon(lift(NOP, 0, [0x03, 1]))), /index 1 of sort core memory: there are 1/],
  ["a memory of 64 bits", component(raw(1, [...MEMORY64]), coreInstances([0, 0, 0]), aliases([0, 2, 1, 0, ...text("m")]), types(PROCEDURE), importFunc("f", 0), canon(lower(0, MEMORY))), /by way of memory of 64 bits/],
  ["a memory of 64 bits, for core functions of 64 bits", component(raw(1, [...MEMORY64]), coreInstances([0, 0, 0]), aliases([0, 2, 1, 0, ...text("m")], [0, 0, 1, 0, ...text("give")]), types(giving(...STRING)), canon(lift(0, 0, MEMORY))), /by way of memory of 64 bits/],
  ["a shared memory", component(raw(1, [...SHARED]), coreInstances([0, 0, 0]), aliases([0, 2, 1, 0, ...text("m")]), types(PROCEDURE), importFunc("f", 0), canon(lower(0, MEMORY))), /by way of shared memory/],
  ["a value that no memory holds", component(types([0x67, ...U32, 0xff, 0xff, 0xff, 0xff, 0x0f], taking(0)), importFunc("f", 1), CORE, canon(lower(0, MEMORY))), /Cannot link a function of type func\(x: list<u32, 4294967295>\): Cannot hold a value that is larger than a memory/],
  ["names that JavaScript cannot tell apart", component(types([0x72, ...vec([[...text("a1"), ...U32], [...text("a-1"), ...U32]])], taking(0)), importFunc("f", 1), canon(lower(0))), /Cannot link a function of type .* apart in JavaScript: a1, a-1/],
  ["a destructor of another type", component(CORE, types([0x3f, 0x7f, 1, NOP])), /as a destructor of type \(i32\) -> \(\): its type is \(\) -> \(\)/],
  ["resource.new of an imported resource", component(importResource("r"), canon([2, 0])), /resource.new on a resource that another component defines: r/],
  ["resource.rep of an imported resource", component(importResource("r"), canon([4, 0])), /resource.rep on a resource that another component defines: r/],
  ["a start function that takes values", component(types(taking(...U32)), importFunc("f", 0), raw(9, [0, 0, 0])), /start a component with a function that takes or gives values/],
];

for (const [what, bytes, message] of ERRORS) {
  Deno.test(`planComponent() refuses ${what}`, () => {
    throws(() => planComponent(bytes), (error: Error) => {
      ok(error instanceof InvalidComponent, error.stack);
      ok(message.test(error.message), error.message);
      return true;
    });
  });
}

/** A tuple of twice the type before, `count` times. */
function doubled(count: number): Bytes[] {
  return Array.from(
    { length: count },
    (_, at) => [0x6f, 2, ...s33(at), ...s33(at)],
  );
}

function optionsDeep(count: number): Bytes[] {
  return Array.from({ length: count }, (_, at) => [0x6b, ...s33(at)]);
}

/** A function that is lifted and lowered `count` times. */
function wrapped(count: number): Uint8Array {
  const wraps: Bytes[] = Array.from(
    { length: count / 2 },
    (_, at) => canon(lift(at === 0 ? NOP : 5 + at, 0), lower(at)),
  );
  return component(CORE, types(PROCEDURE), ...wraps);
}

/** Components that each instantiate the one before `width` times. */
function tower(
  height: number,
  width: number,
  innermost: Bytes = [],
): Uint8Array {
  const levels = Array.from({ length: height - 1 }, (_, at) =>
    nested(
      aliases([4, 2, 1, ...s33(at)]),
      instances(...Array.from({ length: width }, () => [0, 0, 0])),
    ));
  return component(
    nested(innermost),
    ...levels,
    instances([0, ...s33(height - 1), 0]),
  );
}

// deno-fmt-ignore
const BOUNDS: [what: string, bytes: Uint8Array, isFine: boolean, message: RegExp][] = [
  ["8,191 parts in a type", component(types(U32, ...doubled(12))), true, /x/],
  ["16,383 parts in a type", component(types(U32, ...doubled(13))), false, new RegExp(`more than ${TYPE_PARTS_MAX} parts: 16383`)],
  ["10,000 parts of a function type, but not in one", component(types(U32, ...doubled(12), [0x40, 2, ...text("a"), 12, ...text("b"), 12, ...NO_RESULT])), false, /a function type of more than 10000 parts: 16383/],
  ["a type of the greatest depth", component(types(U32, ...optionsDeep(TYPE_DEPTH_MAX - 1))), true, /x/],
  ["a type that is deeper", component(types(U32, ...optionsDeep(TYPE_DEPTH_MAX))), false, /deeper than 64: 65/],
  ["as many core instances as may be", component(CORE, coreInstances(...Array.from({ length: CORE_INSTANCES_MAX - 1 }, () => [0, 0, 0]))), true, /x/],
  ["a core instance more", component(CORE, coreInstances(...Array.from({ length: CORE_INSTANCES_MAX }, () => [0, 0, 0]))), false, /more than 200 core modules/],
  ["a function that is wrapped as often as may be", wrapped(WRAPPING_MAX), true, /x/],
  ["a function that is wrapped more often", wrapped(WRAPPING_MAX + 2), false, /more than 64 times/],
  ["as many components in each other as may be", tower(INSTANTIATION_DEPTH_MAX, 1), true, /x/],
  ["a component in them more", tower(INSTANTIATION_DEPTH_MAX + 1, 1), false, /deeper than 64/],
  ["2 ** 30 instantiations", tower(31, 2), false, /in 2000000 steps/],
  ["a list of a great fixed length", component(types([0x67, ...U32, 0xff, 0xff, 0xff, 0x7f], taking(0)), importFunc("f", 1), CORE, canon(lower(0, MEMORY))), true, /x/],
];

for (const [what, bytes, isFine, message] of BOUNDS) {
  Deno.test(`planComponent() ${isFine ? "takes" : "refuses"} ${what}`, () => {
    if (isFine) return void planComponent(bytes);
    throws(() => planComponent(bytes), { name: "InvalidComponent", message });
  });
}

Deno.test("planComponent() bounds the work of comparing large types", () => {
  const large = [...types(U32, ...doubled(12), taking(12))];
  const again = nested(
    types(U32, ...doubled(12), taking(12)),
    ...Array.from({ length: 50 }, (_, at) => importFunc(`f${at}`, 13)),
  );
  const args = vec(
    Array.from({ length: 50 }, (_, at) => [...text(`f${at}`), 1, 0]),
  );
  const bytes = component(
    large,
    importFunc("f", 13),
    again,
    instances(...Array.from({ length: 50 }, () => [0, 0, ...args])),
  );
  throws(() => planComponent(bytes), /in 2000000 steps/);
});

Deno.test("planComponent() calls start functions in their place", () => {
  const { steps } = planComponent(
    component(
      CORE,
      types(PROCEDURE),
      canon(lift(NOP, 0)),
      raw(9, [0, 0, 0]),
      coreInstances([0, 0, 0]),
    ),
  );
  strictEqual(
    steps.map(({ kind }) => kind).join(),
    "instantiate,start,instantiate",
  );
});

Deno.test("planComponent() needs realloc for parameters that go through memory", () => {
  const many = [
    0x40,
    ...vec(Array.from({ length: 17 }, (_, at) => [...text(`p${at}`), ...U32])),
    ...NO_RESULT,
  ];
  const withOptions = (...options: Bytes[]) =>
    component(CORE, types(many), canon(lift(TAKE, 0, ...options)));
  throws(() => planComponent(withOptions()), /a memory/);
  throws(() => planComponent(withOptions(MEMORY)), /realloc/);
  planComponent(withOptions(MEMORY, WITH_REALLOC));
});

Deno.test("describeComponent() does not look at core modules", () => {
  const bytes = component(
    raw(1, [1, 2, 3]),
    coreInstances([0, 0, 0]),
    types(PROCEDURE),
    canon(lift(9, 0)),
    exportFunc("f", 0),
  );
  strictEqual(describeComponent(bytes), "world {\n  export f: func();\n}\n");
});

Deno.test("describeComponent() bounds the length of a description", () => {
  const bytes = component(
    types(U32, ...doubled(12), taking(12)),
    ...Array.from({ length: 30 }, (_, at) => importFunc(`f${at}`, 13)),
  );
  planComponent(bytes);
  throws(() => describeComponent(bytes), /in 1000000 characters/);
});

Deno.test("planComponent() takes types of any kind that are given as they are asked for", () => {
  // Two resources, types of a function and of an instance, and a list: each is
  // given to a component that asks for the same.
  const shared = types(PROCEDURE, [0x42, 1, 0x00, 0x60, 0, 0], [0x70, ...U32]);
  const asked = [0, 1, 2].map((index) =>
    section(10, [...extern(`t${index}`), 3, 0, index])
  );
  const args = vec([0, 1, 2].map((at) => [...text(`t${at}`), 3, at]));
  const bytes = component(
    shared,
    nested(shared, ...asked),
    instances([0, 0, ...args]),
  );
  strictEqual(planComponent(bytes).componentInstances, 2);
});

Deno.test("describeComponent() tells a second name of a type apart from a use of it", () => {
  const members = [
    [4, ...extern("r"), 3, 1],
    [4, ...extern("s"), 3, 0, 0],
    [1, 0x72, ...vec([[...text("a"), ...U32]])],
    [4, ...extern("p"), 3, 0, 2],
    [0, 0x60, 0, 0],
  ];
  const bytes = component(
    types([0x42, ...vec(members)]),
    importInstance("a:b/c", 0),
    aliases([3, 0, 0, ...text("r")], [3, 0, 0, ...text("p")]),
    section(10, [...extern("used"), 3, 0, 1], [...extern("p"), 3, 0, 2]),
  );
  strictEqual(
    describeComponent(bytes),
    `world {
  import a:b/c: interface {
    type s = r;
    record p { a: u32 }
    resource r;
  }
  use a:b/c.{r as used};
  use a:b/c.{p};
}
`,
  );
});
