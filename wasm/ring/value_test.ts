import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { Pid } from "@rusm/otp";
import fc from "fast-check";

import { PLAIN_DEPTH_MAX } from "./limits.ts";
import { ValueReader } from "./value_reader.ts";
import { ValueWriter } from "./value_writer.ts";

function crossed(value: unknown): unknown {
  const writer = new ValueWriter();
  writer.write(value);
  return new ValueReader(writer.bytes.slice(0, writer.length)).read();
}

Deno.test("a value crosses as structuredClone() copies it", () => {
  const value = fc.anything({
    ...{ withBigInt: true, withDate: true, withMap: true, withSet: true },
    ...{ withTypedArray: true, withSparseArray: true, withBoxedValues: true },
    withNullPrototype: false,
  });
  fc.assert(
    fc.property(value, (sent) => {
      deepStrictEqual(crossed(sent), structuredClone(sent));
    }),
    { numRuns: 500 },
  );
});

Deno.test("a record crosses as it is, also when its shape is known", () => {
  const key = fc.constantFrom(
    ...["type", "to", "from", "watcher", "ref", "inbox", "part", "bytes"],
    ...["entry", "request", "metadata", "trace", "kind", "__proto__"],
  );
  const record = fc.uniqueArray(fc.tuple(key, fc.anything()), {
    selector: ([key]) => key,
    maxLength: 5,
  }).map((entries) => Object.fromEntries(entries));
  fc.assert(
    fc.property(record, (sent) => {
      const got = crossed(sent) as object;
      deepStrictEqual(got, structuredClone(sent));
      deepStrictEqual(Object.keys(got), Object.keys(sent));
    }),
    { numRuns: 500 },
  );
});

Deno.test("long text of bytes crosses as it is, from shared memory too", () => {
  const bytes = fc.uint8Array({ minLength: 20, maxLength: 200 })
    .map((all) => String.fromCharCode(...all));
  fc.assert(fc.property(bytes, (sent) => {
    strictEqual(crossed(sent), sent);
    const writer = new ValueWriter();
    writer.write(sent);
    const shared = new Uint8Array(new SharedArrayBuffer(writer.length));
    shared.set(writer.bytes.subarray(0, writer.length));
    strictEqual(new ValueReader(shared).read(), sent);
  }));
});

Deno.test("text crosses with every unit", () => {
  const text = fc.string({ unit: "binary", size: "medium" });
  const units = fc.array(fc.nat(0xffff), { size: "medium" })
    .map((all) => String.fromCharCode(...all));
  fc.assert(fc.property(fc.oneof(text, units), (sent) => {
    strictEqual(crossed(sent), sent);
  }));
});

Deno.test("short text crosses as it is, whatever was read before it", () => {
  // Few letters: many of them look alike.
  const words = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "ÿ") }));
  fc.assert(fc.property(words, (sent) => {
    deepStrictEqual(crossed(sent), sent);
  }));
});

const pid = new Pid(3, 255, 2 ** 45 + 7, 2 ** 50 + 1);

const cycle: Record<string, unknown> = { pid };
cycle.self = cycle;
const shared = { pid };
const deep = nested(PLAIN_DEPTH_MAX + 5);

function nested(depth: number): unknown {
  return depth === 0 ? pid : { pid, next: [nested(depth - 1)] };
}

class Instance {
  pid = pid;
}

// What holds a pid, and where.
// deno-fmt-ignore
const HOLDERS: [name: string, value: unknown, find: (value: never) => unknown][] = [
  ["a pid itself", pid, (value) => value],
  ["an object", { a: pid }, ({ a }: { a: unknown }) => a],
  ["arrays in arrays", [[pid]], ([[it]]: [[unknown]]) => it],
  ["the keys of a map", new Map([[pid, 1]]), (map: Map<unknown, unknown>) => [...map.keys()][0]],
  ["the values of a map", new Map([[1, pid]]), (map: Map<unknown, unknown>) => map.get(1)],
  ["a set", new Set([pid]), (set: Set<unknown>) => [...set][0]],
  ["a cycle", cycle, ({ self }: { self: { pid: unknown } }) => self.pid],
  ["an object that is there twice", [shared, shared], ([, second]: { pid: unknown }[]) => second!.pid],
  ["what is nested deeply", deep, ({ next: [{ pid }] }: { next: { pid: unknown }[] } & { next: [{ pid: unknown }] }) => pid],
  ["an array with a hole", [, pid], ([, it]: unknown[]) => it],
  ["an array with a name", Object.assign([1], { pid }), (value: { pid: unknown }) => value.pid],
  ["an instance of a class", new Instance(), (value: Instance) => value.pid],
  ["beside an expression", { re: /x/, pid }, (value: { pid: unknown }) => value.pid],
  ["a map beside an expression", [/x/, new Map([[pid, pid]])], ([, map]: [unknown, Map<unknown, unknown>]) => map.get([...map.keys()][0])],
  ["a set beside an expression", [/x/, new Set([pid])], ([, set]: [unknown, Set<unknown>]) => [...set][0]],
  ["the cause of an error", new Error("x", { cause: pid }), (error: Error) => error.cause],
  ["under the key __proto__", JSON.parse('{"__proto__":{"a":1}}'), () => pid],
];

for (const [name, value, find] of HOLDERS) {
  Deno.test(`a pid stays a pid in ${name}`, () => {
    const got = find(crossed(value) as never);
    ok(got instanceof Pid);
    ok(got.equals(pid));
  });
}

Deno.test("what looks like a pid does not become one", () => {
  const sent = { re: /x/, node: 0, scheduler: 1, serial: 2, alias: 0 };
  strictEqual(crossed(sent) instanceof Pid, false);
});

Deno.test("one object that is there twice is one on the other side", () => {
  const [first, second] = crossed([shared, shared]) as unknown[];
  strictEqual(first, second);
});

Deno.test("a record of a hundred parts is looked at as one of three is", () => {
  const parts = Array.from({ length: 100 }, () => ({}));
  const got = crossed([...parts, parts[0], parts[99]]) as unknown[];
  strictEqual(got[100], got[0]);
  strictEqual(got[101], got[99]);
});

Deno.test("the key __proto__ is a key like others", () => {
  const sent = JSON.parse('{"__proto__":{"a":1}}');
  const got = crossed(sent) as object;
  strictEqual(Object.getPrototypeOf(got), Object.prototype);
  deepStrictEqual(Object.keys(got), ["__proto__"]);
});

const boom = {
  get it(): never {
    throw new Error("Mine");
  },
};

const UNCOPIED: [name: string, value: unknown][] = [
  ["a function", () => 1],
  ["a symbol", Symbol("s")],
  ["a promise", Promise.resolve()],
  ["a getter that throws", boom],
  ["a proxy of a function", new Proxy(() => 1, {})],
  ["a proxy of bytes", new Proxy(new Uint8Array(1), {})],
  ["headers", new Headers()],
  ["a port", AbortSignal.abort()],
  ["a weak map", new WeakMap()],
  ["shared memory", new SharedArrayBuffer(1)],
];

for (const [name, value] of UNCOPIED) {
  Deno.test(`ValueWriter.write() throws for ${name}, and writes nothing of it`, () => {
    const writer = new ValueWriter();
    writer.write("before");
    const { length } = writer;
    throws(() => writer.write({ a: [1, value] }));
    strictEqual(writer.length, length);
    writer.write("behind");
    const reader = new ValueReader(writer.bytes.slice(0, writer.length));
    deepStrictEqual([reader.read(), reader.read()], ["before", "behind"]);
  });
}
