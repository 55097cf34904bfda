import {
  deepStrictEqual,
  notStrictEqual,
  strictEqual,
  throws,
} from "node:assert";
import { Pid } from "../pid.ts";
import { Runtime } from "../runtime.ts";
import { Sim } from "../sim.ts";
import { copyOf } from "./copy.ts";

const pid = new Pid(1, 2, 3, 4);

class Point {
  x = 1;
}

// deno-fmt-ignore
const COPIES: [what: string, value: unknown][] = [
  ["primitives", [1, "a", true, null, undefined, 5n]],
  ["a pid",      pid],
  ["records",    { from: pid, nested: { list: [pid, [pid]] } }],
  ["a map",      new Map<unknown, unknown>([[pid, { pid }], ["b", pid]])],
  ["a set",      new Set([pid, { pid }])],
  ["bytes",      new Uint8Array([1, 2])],
  ["a date",     new Date(5)],
  ["an error",   new RangeError("no")],
];

for (const [what, value] of COPIES) {
  Deno.test(`copyOf() copies ${what}`, () => {
    const copy = copyOf(value);
    deepStrictEqual(copy, value);
    notStrictEqual(copy, value);
  });
}

Deno.test("copyOf() makes a record of what has a class", () => {
  deepStrictEqual(copyOf<unknown>(new Point()), { x: 1 });
});

Deno.test("copyOf() keeps what is there twice, and what holds itself", () => {
  const shared = { pid };
  const value: Record<string, unknown> = { one: shared, other: shared };
  value.self = value;
  const copy = copyOf(value);
  strictEqual(copy.self, copy);
  strictEqual(copy.one, copy.other);
  notStrictEqual(copy.one, shared);
});

Deno.test("copyOf() ties no pid to its process", () => {
  const runtime = new Runtime({ host: new Sim().host() });
  const { pid } = runtime.spawn((self) => self.receive());
  strictEqual(copyOf(pid).equals(pid), true);
  notStrictEqual(copyOf(pid), pid);
});

for (const value of [() => {}, { in: [Symbol("no")] }]) {
  Deno.test(`copyOf() throws for a ${typeof value}`, () => {
    throws(() => copyOf<unknown>(value), { name: "DataCloneError" });
  });
}
