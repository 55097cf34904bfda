/** What a host declares, and what components may ask of it. */

import {
  deepStrictEqual,
  match,
  rejects,
  strictEqual,
  throws,
} from "node:assert";

import { LoadFailed } from "../errors.ts";
import { formatFunction } from "./format_type.ts";
import type { HostInterface } from "./host.ts";
import { HOST_INTERFACES } from "./hosts.ts";
import { checkHostInterfaces, HostRegistry } from "./registry.ts";
import { isSameFunction, isSameType } from "./same_type.ts";
import { fixture } from "./testdata/fixture.ts";
import { LocalComponent } from "./testdata/run.ts";
import { componentOf } from "./testdata/source.ts";
import { asyncResource } from "./value_type.ts";
import { trackOf } from "./version.ts";

// deno-fmt-ignore
const TRACKS: [name: string, track: string][] = [
  ["wasi:io/poll@0.2.0", "wasi:io/poll@0.2"],
  ["wasi:io/poll@0.2.12", "wasi:io/poll@0.2"],
  ["wasi:io/poll@0.2", "wasi:io/poll@0.2"],
  ["wasi:io/poll@0.3.0", "wasi:io/poll@0.3"],
  ["wasi:io/poll@0.0.7", "wasi:io/poll@0.0.7"],
  ["wasi:io/poll@1.2.3", "wasi:io/poll@1"],
  ["wasi:io/poll@1", "wasi:io/poll@1"],
  ["wasi:io/poll@10.0.0+build", "wasi:io/poll@10"],
  ["wasi:io/poll@0.2.0-rc-2023-11-10", "wasi:io/poll@0.2.0-rc-2023-11-10"],
  ["wasi:io/poll", "wasi:io/poll"],
  ["run", "run"],
];

for (const [name, track] of TRACKS) {
  Deno.test(`trackOf() tells what is compatible with ${name}`, () => {
    strictEqual(trackOf(name), track);
  });
}

const POLL: HostInterface = {
  name: "test:io/poll@0.2.9",
  wit: `
    /// Something to wait for.
    @since(version = 0.2.0)
    resource pollable {
      ready: func() -> bool; // now
      block: func();
    }
    poll: func(in: list<borrow<pollable>>) -> list<u32>;`,
  functions: { "[method]pollable.ready": () => true },
  suspending: { "[method]pollable.block": () => {}, "poll": () => [] },
  resources: { pollable: {} },
};

const STREAMS: HostInterface = {
  name: "test:io/streams@0.2.9",
  wit: `
    use poll.{pollable};
    use test:io/poll@0.2.0.{pollable as again,};
    type bytes = list<u8>; /* any
      number */
    variant error { closed, %record(string), last(tuple<u8, u16>) }
    flags mode { read, write, }
    enum kind { file, %enum }
    record stat { size: option<u64>, both: result<bytes, kind>, none: result, only: result<_, kind>, four: list<u8, 4> }
    resource input {
      constructor(name: string);
      read: func(max: u64) -> result<bytes, error>;
      close: static func(input: input, other: own<input>);
    }
    resource bare;
    subscribe: func(it: borrow<input>) -> pollable;
    wait: func(it: again, mode: mode) -> stat;`,
  functions: {
    "[constructor]input": () => ({}),
    "[method]input.read": () => new Uint8Array(0),
    "[static]input.close": () => {},
    "subscribe": () => ({}),
    "wait": () => ({}),
  },
  resources: { input: {}, bare: {} },
};

Deno.test("HostRegistry makes the types of an interface of its WIT", () => {
  const registry = new HostRegistry([STREAMS, POLL]);
  const { functions, resources } = registry.typesOf(STREAMS);
  deepStrictEqual(
    [...functions].map(([name, type]) => `${name}: ${formatFunction(type)}`),
    [
      "[constructor]input: func(name: string) -> input",
      "[method]input.read: func(self: borrow<input>, max: u64) -> result<list<u8>, variant { closed, record(string), last(tuple<u8, u16>) }>",
      "[static]input.close: func(input: input, other: input)",
      "subscribe: func(it: borrow<input>) -> pollable",
      "wait: func(it: pollable, mode: flags { read, write }) -> record { size: option<u64>, both: result<list<u8>, enum { file, enum }>, none: result, only: result<_, enum { file, enum }>, four: list<u8, 4> }",
    ],
  );
  const { resources: [pollable] } = {
    resources: [...registry.typesOf(POLL).resources.values()],
  };
  strictEqual(resources.get("pollable"), pollable);
  strictEqual(resources.get("again"), pollable);
  deepStrictEqual(registry.homeOf(pollable!), {
    interface: POLL.name,
    name: "pollable",
  });
  throws(() => registry.homeOf({ name: "other" }), /Cannot find a resource/);
});

Deno.test("checkHostInterfaces() takes what is complete", () => {
  checkHostInterfaces([POLL, STREAMS]);
  checkHostInterfaces(HOST_INTERFACES);
});

const EMPTY = { name: "test:x/y@0.1.0", wit: "" };

// deno-fmt-ignore
const AMISS: [what: string, declared: HostInterface, message: RegExp][] = [
  ["a function is not there", { ...EMPTY, wit: "f: func();" }, /^Cannot give test:x\/y@0.1.0, since declared and given differ: f$/],
  ["a function is not declared", { ...EMPTY, functions: { f: () => {} } }, /differ: f$/],
  ["a function is there twice", { ...EMPTY, wit: "f: func();", functions: { f: () => {} }, suspending: { f: () => {} } }, /differ: f$/],
  ["what shares is not there", { ...EMPTY, sharing: new Set(["f"]) }, /differ: f$/],
  ["a resource is not there", { ...EMPTY, wit: "resource r;" }, /differ: r$/],
  ["a resource is only used", { ...EMPTY, wit: "use test:io/poll.{pollable};", resources: { pollable: {} } }, /differ: pollable$/],
  ["a name stands for nothing", { ...EMPTY, wit: "f: func(x: thing);" }, /Cannot find a type in WIT: thing$/],
  ["an interface is not there", { ...EMPTY, wit: "use a:b/c.{d}; f: func(x: d);" }, /Cannot use an interface that is not given: a:b\/c$/],
  ["what is lent is no resource", { ...EMPTY, wit: "type t = u32; f: func(x: borrow<t>);" }, /Cannot lend in WIT what is no resource: t$/],
  ["a type is left out", { ...EMPTY, wit: "f: func(x: list<_>);" }, /Cannot leave out a type/],
  ["it is no WIT", { ...EMPTY, wit: "f: func() ->;" }, /^Cannot read as WIT: ";"$/],
  ["it has no end", { ...EMPTY, wit: "record r { a: u32" }, /^Cannot read as WIT: ""$/],
  ["a type is there twice", { ...EMPTY, wit: "type t = u8; type t = u8;" }, /Cannot read as WIT/],
  ["a function is written twice", { ...EMPTY, wit: "f: func(); f: func();" }, /Cannot read as WIT/],
  ["it is something else", { ...EMPTY, wit: "world w {}" }, /^Cannot read as WIT: "w \{\}"$/],
];

for (const [what, declared, message] of AMISS) {
  Deno.test(`checkHostInterfaces() throws when ${what}`, () => {
    throws(() => checkHostInterfaces([declared, POLL]), { message });
  });
}

Deno.test("HostRegistry takes no two interfaces that could stand for each other", () => {
  throws(
    () => new HostRegistry([POLL, { ...POLL, name: "test:io/poll@0.2.1" }]),
    /Cannot give two interfaces of compatible names/,
  );
});

Deno.test("a component gets an interface of a compatible version, and what it imports of it alone", async () => {
  const narrow: HostInterface = {
    name: "test:io/poll@0.2.1",
    wit: "resource pollable { ready: func() -> bool; }",
    resources: { pollable: {} },
  };
  const bytes = await componentOf({
    hosts: [narrow],
    main: `(func (export "run"))`,
  });
  const component = await LocalComponent.load(bytes, { hosts: [POLL] });
  strictEqual(await component.run(), "normal");
});

const OTHER: HostInterface = { ...EMPTY, wit: "f: func(x: u32) -> string;" };

// deno-fmt-ignore
const REFUSED: [what: string, wanted: HostInterface, given: HostInterface[], message: string][] = [
  ["an interface that is not there", OTHER, [], "Cannot import an interface that is not there: test:x/y@0.1.0#f"],
  ["an interface of another version", OTHER, [{ ...OTHER, name: "test:x/y@0.2.0" }], "Cannot import an interface that is not there: test:x/y@0.1.0#f"],
  ["a function that is not there", OTHER, [{ ...EMPTY, name: "test:x/y@0.1.7" }], "Cannot import a function that is not there: test:x/y@0.1.0#f (there is test:x/y@0.1.7)"],
  ["another parameter", OTHER, [{ ...OTHER, wit: "f: func(x: s32) -> string;" }], "Cannot import a function of type func(x: s32) -> string as one of type func(x: u32) -> string: test:x/y@0.1.0#f"],
  ["another result", OTHER, [{ ...OTHER, wit: "f: func(x: u32) -> list<u8>;" }], "Cannot import a function of type func(x: u32) -> list<u8> as one of type func(x: u32) -> string: test:x/y@0.1.0#f"],
  ["another name of a parameter", OTHER, [{ ...OTHER, wit: "f: func(y: u32) -> string;" }], "Cannot import a function of type func(y: u32) -> string as one of type func(x: u32) -> string: test:x/y@0.1.0#f"],
  ["a resource that is not there", { ...EMPTY, wit: "resource r;", resources: { r: {} } }, [EMPTY], "Cannot import a resource that is not there: test:x/y@0.1.0#r"],
  ["a method of another resource", { ...EMPTY, wit: "resource r { m: func(); }" }, [{ ...EMPTY, wit: "resource r; resource s { } m: func(); type t = borrow<s>; %other: func(self: t);" }], "Cannot import a function that is not there: test:x/y@0.1.0#[method]r.m (there is test:x/y@0.1.0)"],
  ["a handle of another resource", { ...EMPTY, wit: "resource r; resource s; f: func(x: r);" }, [{ ...EMPTY, wit: "resource r; resource s; f: func(x: s);" }], "Cannot import a function of type func(x: s) as one of type func(x: r): test:x/y@0.1.0#f"],
];

for (const [what, wanted, given, message] of REFUSED) {
  Deno.test(`a component is refused that imports ${what}`, async () => {
    const bytes = await componentOf({
      hosts: [wanted],
      main: `(func (export "run"))`,
    });
    await rejects(LocalComponent.load(bytes, { hosts: given }), (error) => {
      strictEqual((error as Error).message, message);
      return error instanceof LoadFailed;
    });
  });
}

// deno-fmt-ignore
const UNLOADABLE: [what: string, bytes: Uint8Array, message: RegExp][] = [
  ["of preview 3", fixture("async"), /^Cannot link a component that needs preview 3: /],
  ["that is cut off", fixture("actor").slice(0, 500), /offset \d+\)$/],
  ["of an import of a world that is not there", fixture("nested"), /^Cannot import what is not there: log$/],
];

for (const [what, bytes, message] of UNLOADABLE) {
  Deno.test(`a component is refused ${what}`, async () => {
    await rejects(LocalComponent.load(bytes), (error) => {
      match((error as Error).message, message);
      return error instanceof LoadFailed;
    });
  });
}

const ASYNC_TYPES: readonly (readonly [wit: string, type: string])[] = [
  ["go: async func();", "async func()"],
  ["go: func() -> stream<u8>;", "func() -> stream<u8>"],
  ["go: func(a: stream, b: future);", "func(a: stream, b: future)"],
  [
    "enum code { io } go: async func() -> future<result<_, code>>;",
    "async func() -> future<result<_, enum { io }>>",
  ],
];

for (const [wit, type] of ASYNC_TYPES) {
  Deno.test(`HostRegistry reads ${wit}`, () => {
    const declared = { name: "test:a/b@0.3.0", wit };
    const { functions } = new HostRegistry([declared]).typesOf(declared);
    strictEqual(formatFunction(functions.get("go")!), type);
  });
}

const SAME_ASYNC:
  readonly (readonly [one: string, other: string, isSame: boolean])[] = [
    ["go: func() -> stream<u8>;", "go: func() -> stream<u8>;", true],
    ["go: func() -> stream<u8>;", "go: func() -> stream<s8>;", false],
    ["go: func() -> stream<u8>;", "go: func() -> future<u8>;", false],
    ["go: func();", "go: async func();", false],
  ];

for (const [one, other, isSame] of SAME_ASYNC) {
  Deno.test(`isSameFunction() is ${isSame} of ${one} and ${other}`, () => {
    const [first, second] = [one, other].map((wit) => {
      const declared = { name: "test:a/b@0.3.0", wit };
      return new HostRegistry([declared]).typesOf(declared).functions.get(
        "go",
      )!;
    });
    strictEqual(isSameFunction(first!, second!), isSame);
  });
}

Deno.test("isSameType() tells a stream from a resource that is called like one", () => {
  const stream = { kind: "own", resource: asyncResource("stream") } as const;
  const resource = { kind: "own", resource: { name: "stream" } } as const;
  strictEqual(isSameType(stream, resource), false);
  strictEqual(isSameType(resource, stream), false);
});
