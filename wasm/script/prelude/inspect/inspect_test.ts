import { deepStrictEqual, match, strictEqual } from "node:assert";

import { Guest } from "../../testdata/guest.ts";

/** Values that are shown as `Deno.inspect` shows them. */
const SAME: Record<string, () => unknown> = {
  "undefined": () => undefined,
  "null": () => null,
  "-0": () => -0,
  "a bigint": () => 1n,
  "a symbol": () => Symbol("x"),
  "text": () => "a\nb",
  "text with double quotes": () => 'a"b',
  "text with both quotes": () => `a'"b`,
  "text with all quotes": () => "a'\"`b",
  "an empty object": () => ({}),
  "an object": () => ({ a: 1, "b-c": "d", 2: null, [Symbol("s")]: undefined }),
  "an object without prototype": () => Object.create(null),
  "accessors": () => ({
    get a() {
      return 1;
    },
    set b(_: unknown) {
      // Never called.
    },
    get c() {
      return 1;
    },
    set c(_) {
      // Never called.
    },
  }),
  "hidden properties": () => Object.defineProperty({}, "a", { value: 1 }),
  "an instance": () =>
    new (class Point {
      x = 1;
    })(),
  "an empty instance": () => new (class Point {})(),
  "a tagged object": () => ({ [Symbol.toStringTag]: "T" }),
  "an instance of a tagged class": () =>
    new (class A {
      get [Symbol.toStringTag]() {
        return "B";
      }
    })(),
  "an empty array": () => [],
  "an array": () => [1, "a", [true]],
  "an array with one hole": () => [1, , 3],
  "an array with holes at the end": () => [1, , ,],
  "an array with properties": () => Object.assign([1], { x: 2 }),
  "an instance of a kind of array": () => new (class Stack extends Array {})(2),
  "a typed array": () => new Uint8Array([1, 2]),
  "a map": () => new Map<unknown, unknown>([["a", { b: 1 }], [{}, new Map()]]),
  "a set": () => new Set([1, "a"]),
  "a date": () => new Date(0),
  "a wrong date": () => new Date(NaN),
  "an expression": () => /a\/b/g,
  "boxed values": () => [Object(1), Object("s"), Object(false)],
  "functions":
    () => [function f() {}, () => {}, async function g() {}, function* h() {}],
  "a function with properties": () => Object.assign(function f() {}, { a: 1 }),
  "classes": () => {
    class A {}
    return [A, class B extends A {}, class {}];
  },
  "a generator": () => (function* () {})(),
  "namespaces": () => [Math, JSON],
  "a cycle": () => {
    const cycle: { self?: unknown; list: unknown[] } = { list: [] };
    cycle.self = cycle;
    cycle.list.push(cycle);
    return [cycle];
  },
  "two cycles": () => {
    const inner: unknown[] = [];
    inner.push(inner);
    const outer: unknown[] = [inner];
    outer.push(outer);
    return outer;
  },
  "one object twice": () => {
    const shared = { a: 1 };
    return [shared, shared];
  },
  "deep arrays": () => [1, [2, [3, [4, [5, [6, [7]]]]]]],
  "deep objects": () => ({ a: { b: { c: { d: { e: { f: 1 } } } } } }),
  "deep instances": () => [[[[[
    new (class Deep {
      a = 1;
    })(),
  ]]]]],
  "long objects": () => ({
    a: "x".repeat(40),
    b: ["y".repeat(40), { c: "z".repeat(70) }],
  }),
  "objects at the width of a line": () =>
    [50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62].map((count) => ({
      a: "x".repeat(count),
    })),
  "parameters": () => new URLSearchParams("a=1&b="),
};

for (const [name, make] of Object.entries(SAME)) {
  Deno.test(`inspect() shows ${name} as Deno does`, async () => {
    using guest = await Guest.create();
    guest.evaluate(`"use strict"; console.dir((${make})())`);
    strictEqual(guest.logs[0]?.[1], Deno.inspect(make()));
  });
}

/** Values that are shown in another way than `Deno.inspect` does, and why. */
const OTHER: Record<string, { code: string; text: string; why: string }> = {
  "a long array": {
    code: "[1, 2, 3, 4, 5, 6, 7]",
    text: "[ 1, 2, 3, 4, 5, 6, 7 ]",
    why: "there are no columns",
  },
  "a promise": {
    code: "Promise.resolve(1)",
    text: "Promise {}",
    why: "a script cannot see its state",
  },
  "a weak map": {
    code: "new WeakMap()",
    text: "WeakMap {}",
    why: "a script cannot see its entries",
  },
  "a proxy": {
    code:
      "new Proxy({}, { ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) })",
    text: "{ a: 1 }",
    why: "a script cannot see its target",
  },
  "headers": {
    code: "new Headers({ a: 'b' })",
    text: 'Headers { "a" => "b" }',
    why: "all that is iterable is shown in one way",
  },
  "a response": {
    code: "new Response('x', { status: 404 })",
    text:
      'Response {\n  type: "default",\n  url: "",\n  redirected: false,\n  status: 404,\n  ok: false,\n  statusText: "",\n  headers: Headers { "content-type" => "text/plain;charset=UTF-8" },\n  bodyUsed: false\n}',
    why: "members stand in their order",
  },
  "an array of more than 100": {
    code: "Array(103).fill(0)",
    text: `[\n${"  0,\n".repeat(100)}  ... 3 more items\n]`,
    why: "there are no columns",
  },
  "a map of more than 100": {
    code:
      "new Map(Array.from({ length: 101 }, (_, index) => [index, 0])).size && new Set(Array.from({ length: 101 }, (_, index) => index))",
    text: `Set(101) {\n${
      Array.from({ length: 100 }, (_, index) => `  ${index},\n`).join("")
    }  ... 1 more item\n}`,
    why: "Deno shows them all",
  },
};

for (const [name, { code, text, why }] of Object.entries(OTHER)) {
  Deno.test(`inspect() shows ${name} in its own way: ${why}`, async () => {
    using guest = await Guest.create();
    guest.evaluate(`console.dir(${code})`);
    strictEqual(guest.logs[0]?.[1], text);
  });
}

Deno.test("inspect() shows an error with the guest's stack, cause and properties", async () => {
  using guest = await Guest.create();
  guest.evaluate(`function make() {
    return Object.assign(new RangeError("no", { cause: new Error("why") }), { code: 7 });
  }
  console.log({ error: make() })`);
  strictEqual(
    guest.logs[0]?.[1],
    `{
  error: RangeError: no
      at make (guest.js:2:60)
      at <eval> (guest.js:4:24) {
    code: 7,
    [cause]: Error: why
        at make (guest.js:2:60)
        at <eval> (guest.js:4:24)
  }
}`,
  );
});

Deno.test("inspect() shows all errors of an aggregate", async () => {
  using guest = await Guest.create();
  guest.evaluate(`console.log(new AggregateError([1, "a"], "all"))`);
  match(
    guest.logs[0]?.[1] ?? "",
    /^AggregateError: all\n.*\[errors\]: \[ 1, "a" \]\n\}$/s,
  );
});

Deno.test("inspect() shows an error of the prelude without its frames", async () => {
  using guest = await Guest.create();
  guest.evaluate(
    `try { new Headers("x") } catch (error) { console.log(error) }`,
  );
  deepStrictEqual(guest.logs, [[
    2,
    "TypeError: Cannot make headers of a string\n    at <eval> (guest.js:1:11)",
  ]]);
});
