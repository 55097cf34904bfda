/** Components from their sources: what their plans and descriptions are. */

import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";

import { describeComponent } from "./describe.ts";
import { NeedsPreview3 } from "./errors.ts";
import { formatType } from "./format_type.ts";
import type { ComponentPlan, CoreInstantiation, CoreItem } from "./plan.ts";
import { planComponent } from "./plan_component.ts";
import { fixture, FIXTURES } from "./testdata/fixture.ts";
import { Linked } from "./testdata/link.ts";
import type { ComponentFunction } from "./plan.ts";

function instantiations({ steps }: ComponentPlan): CoreInstantiation[] {
  return steps.filter((step) => step.kind === "instantiate");
}

function exported(plan: ComponentPlan, name: string): ComponentFunction {
  const [interfaceName, member] = name.split("#");
  for (const one of plan.exports) {
    if (one.name !== interfaceName) continue;
    if (one.kind === "function") return one.function;
    if (one.kind === "interface") return one.functions.get(member!)!;
  }
  throw new RangeError(`Cannot find an export: ${name}`);
}

/** A core item as text. */
function show(item: CoreItem): string {
  switch (item.kind) {
    case "export":
      return `module ${item.instance.module} ${item.sort} ${item.name}`;
    case "lower": {
      const { function: callee, componentInstance } = item;
      const what = callee.kind === "lift"
        ? show(callee.core)
        : `${callee.name} ${callee.member ?? ""}`;
      return `lower in ${componentInstance}: ${what}`;
    }
    default:
      return `${item.kind} in ${item.componentInstance}: ${item.resource.name}`;
  }
}

for (const name of FIXTURES) {
  if (name === "async") continue;
  Deno.test(`planComponent() of ${name} can be carried out`, () => {
    const plan = planComponent(fixture(name));
    new Linked(plan);
    // A Worker gets a clone, in which what was one object still is.
    new Linked(structuredClone(plan));
  });
}

Deno.test("planComponent() keeps types, encodings and functions of each kind of value", () => {
  const plan = planComponent(fixture("values"));
  strictEqual(plan.imports.length, 0);
  const functions = plan.exports.filter((one) => one.kind === "function");
  strictEqual(functions.length, 25);
  for (const { name, function: callee } of functions) {
    const { params: [first], result } = callee.type;
    if (result !== undefined) {
      strictEqual(formatType(first!.type), formatType(result), name);
    }
  }
  const string = exported(plan, "string");
  ok(string.kind === "lift");
  const { encoding, memory, realloc, postReturn } = string.options;
  deepStrictEqual([
    encoding,
    ...[memory, realloc, postReturn].map((item) => show(item!)),
  ], [
    "utf16",
    "module 0 memory memory",
    "module 0 func realloc",
    "module 0 func none",
  ]);
  const latin = exported(plan, "latin");
  strictEqual(latin.kind === "lift" && latin.options.encoding, "latin1+utf16");
  deepStrictEqual(exported(plan, "variant").type.result, {
    kind: "variant",
    cases: [
      { name: "dot", type: undefined },
      { name: "line", type: { kind: "u64" } },
      { name: "name", type: { kind: "string" } },
    ],
  });
  strictEqual(new Linked(plan).call(exported(plan, "u32"), 7), 7);
});

Deno.test("planComponent() knows whose resources are whose", () => {
  const plan = planComponent(fixture("resources"));
  const [store, users] = plan.imports;
  ok(store?.kind === "interface" && users?.kind === "interface");
  const bucket = store.resources.get("bucket");
  strictEqual(users.resources.get("bucket"), bucket);
  deepStrictEqual(users.functions.get("take")!.params, [
    { name: "b", type: { kind: "own", resource: bucket } },
  ]);
  deepStrictEqual([...store.functions.keys()], [
    "[constructor]bucket",
    "[method]bucket.size",
    "[static]bucket.count",
  ]);
  const [cursor] = plan.resources;
  strictEqual(cursor?.resource.name, "cursor");
  strictEqual(show(cursor.destructor!), "module 1 func drop");
  strictEqual(cursor.componentInstance, 0);
  const main = instantiations(plan)[2]!;
  deepStrictEqual(main.imports.map(({ item }) => show(item)), [
    "lower in 0: test:res/store@0.1.0 [constructor]bucket",
    "lower in 0: test:res/store@0.1.0 [method]bucket.size",
    "lower in 0: test:res/store@0.1.0 [static]bucket.count",
    "lower in 0: test:res/users take",
    "resource.drop in 0: bucket",
    "resource.new in 0: cursor",
    "resource.rep in 0: cursor",
    "resource.drop in 0: cursor",
  ]);
  const open = exported(plan, "test:res/scan#open").type;
  ok(open.result?.kind === "own" && open.result.resource === cursor.resource);
});

Deno.test("planComponent() puts components that lie in each other into one list", () => {
  const plan = planComponent(fixture("nested"));
  strictEqual(plan.componentInstances, 7);
  deepStrictEqual(instantiations(plan).map(({ module }) => module), [
    0,
    1,
    0,
    1,
    0,
    1,
    2,
  ]);
  const caller = instantiations(plan)[6]!;
  strictEqual(show(caller.imports[0]!.item), "lower in 6: module 1 func add");
  // Each instance of the one module is one of its own.
  const [first, second] = [instantiations(plan)[1]!, instantiations(plan)[3]!];
  const memoryOf = ({ imports: [log] }: CoreInstantiation) =>
    log?.item.kind === "lower" ? log.item.options.memory?.instance : undefined;
  strictEqual(memoryOf(first), instantiations(plan)[0]);
  strictEqual(memoryOf(second), instantiations(plan)[2]);
  const linked = new Linked(plan);
  strictEqual(linked.call(exported(plan, "add"), 2, 3), 5);
  strictEqual(
    linked.call(exported(plan, "test:nested/math@1.0.0-rc.1#double"), 21),
    42,
  );
});

Deno.test("planComponent() leaves out a shim of which the host gives all", () => {
  const plan = planComponent(fixture("actor"));
  strictEqual(plan.modules.length, 1);
  const [main, ...rest] = instantiations(plan);
  deepStrictEqual(rest, []);
  deepStrictEqual(main!.imports.map(({ item }) => show(item)), [
    "lower in 0: test:actor/mailbox@0.1.0 own-pid",
    "lower in 0: test:actor/mailbox@0.1.0 receive",
    "lower in 0: test:actor/mailbox@0.1.0 send",
    "lower in 0: test:actor/mailbox@0.1.0 info-of",
    "lower in 0: test:actor/mailbox@0.1.0 open",
    "resource.drop in 0: session",
    "lower in 0: test:actor/types@0.1.0 [method]session.read",
    "lower in 0: log ",
  ]);
  const receive = main!.imports[1]!.item;
  ok(receive.kind === "lower");
  // The memory of the very module that imports it.
  strictEqual(receive.options.memory?.instance, main);
  strictEqual(show(receive.options.realloc!), "module 0 func cabi_realloc");
  const linked = new Linked(plan);
  linked.call(exported(plan, "run"));
  deepStrictEqual(linked.log, [["receive", 0], ["own-pid"], [
    "send",
    0n,
    0,
    0,
  ]]);
});

Deno.test("planComponent() keeps a shim that another module is called by", () => {
  const plan = planComponent(fixture("command"));
  strictEqual(plan.modules.length, 4);
  const [shim, main, adapter, fixup] = instantiations(plan);
  deepStrictEqual(shim!.imports, []);
  deepStrictEqual(main!.imports.map(({ item }) => show(item)), [
    `module ${shim!.module} func 0`,
    `module ${shim!.module} func 1`,
  ]);
  // What the host gives goes past the shim all the same.
  const items = adapter!.imports.map(({ item }) => item);
  ok(!items.some((item) => item.kind === "export" && item.instance === shim));
  strictEqual(fixup!.imports.length, 13);
});

Deno.test("planComponent() refuses what needs preview 3, by name", () => {
  throws(() => planComponent(fixture("async")), (error: Error) => {
    ok(error instanceof NeedsPreview3);
    deepStrictEqual(error.features, [
      "stream",
      "future",
      "stream.new",
      "async lift",
      "callback",
    ]);
    strictEqual(
      error.message,
      "Cannot link a component that needs preview 3: stream, future, stream.new, async lift, callback",
    );
    return true;
  });
});

const DESCRIPTIONS: [name: typeof FIXTURES[number], text: string][] = [
  [
    "resources",
    `world {
  import test:res/store@0.1.0: interface {
    variant error { missing, other(string) }
    resource bucket {
      constructor(name: string);
      size: func() -> result<u64, error>;
      count: static func() -> u32;
    }
  }
  import test:res/users: interface {
    use test:res/store@0.1.0.{bucket};
    take: func(b: bucket);
  }
  export test:res/scan: interface {
    resource cursor {
      next: func() -> u32;
    }
    open: func(bucket: borrow<bucket>) -> cursor;
  }
  export close: func(bucket: bucket);
}
`,
  ],
  [
    "nested",
    `world {
  import log: func(text: string);
  export test:nested/math@1.0.0-rc.1: interface {
    double: func(x: u32) -> u32;
  }
  export add: func(both: tuple<u32, u32>) -> u32;
}
`,
  ],
  [
    "async",
    `world {
  import feed: func(bytes: stream<u8>) -> future<string>;
  export run: func() -> u32;
}
`,
  ],
  [
    "actor",
    `world {
  import test:actor/types@0.1.0: interface {
    type pid = u64;
    record info { pid: u64, label: option<string>, trap-exit: bool }
    resource session {
      read: func(max: u32) -> result<list<u8>, string>;
    }
  }
  import test:actor/mailbox@0.1.0: interface {
    use test:actor/types@0.1.0.{session};
    type pid = u64;
    use test:actor/types@0.1.0.{info};
    own-pid: func() -> u64;
    receive: func() -> list<u8>;
    send: func(to: u64, message: list<u8>);
    info-of: func(of: u64) -> option<info>;
    open: func() -> session;
  }
  import log: func(text: string);
  export run: func();
  export greet: func(name: string) -> string;
}
`,
  ],
];

for (const [name, text] of DESCRIPTIONS) {
  Deno.test(`describeComponent() of ${name} is WIT`, () => {
    strictEqual(describeComponent(fixture(name)), text);
  });
}

Deno.test("describeComponent() names types that the world itself exports", () => {
  const text = describeComponent(fixture("values"));
  ok(text.startsWith("world {\n  record point { left-edge: s32, y: s32 }\n"));
  ok(text.includes("  export record: func(x: point) -> point;\n"));
  ok(text.includes("  enum color { red, light-blue }\n"));
});
