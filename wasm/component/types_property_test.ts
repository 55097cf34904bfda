/** Types made at random: written by an encoder of the tests, and read again. */

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";

import { describeComponent } from "./describe.ts";
import { formatFunction } from "./format_type.ts";
import { planComponent } from "./plan_component.ts";
import { isSameFunction } from "./same_type.ts";
import {
  component,
  extern,
  section,
  TypeWriter,
  u32,
} from "./testdata/encode.ts";
import { functionTypes } from "./testdata/generate.ts";
import type { FunctionType, ResourceType } from "./value_type.ts";

const THING: ResourceType = { name: "thing" };

/** A component that imports a resource, and functions of the types given. */
function importing(...types: FunctionType[]): Uint8Array {
  const writer = new TypeWriter(1, new Map([[THING, 0]]));
  const imports = types.map((type, at) => [
    ...extern(`f${at}`),
    0x01,
    ...u32(writer.function(type)),
  ]);
  return component(
    section(10, [...extern("thing"), 0x03, 0x01]),
    section(7, ...writer.definitions),
    section(10, ...imports),
  );
}

Deno.test("planComponent() gives any type of a function as it was written", () => {
  fc.assert(
    fc.property(functionTypes(THING), (type) => {
      const [, imported] = planComponent(importing(type)).imports;
      deepStrictEqual(imported, { kind: "function", name: "f0", type });
    }),
    { numRuns: 300 },
  );
});

Deno.test("isSameFunction() agrees with structure, and formatFunction() with it", () => {
  const types = functionTypes(THING);
  fc.assert(
    fc.property(types, types, (one, other) => {
      const copy = structuredClone(one);
      // A clone has a resource of its own, which is another type.
      const text = formatFunction(one);
      strictEqual(
        isSameFunction(one, copy),
        !JSON.stringify(one).includes('"resource"'),
      );
      const isSame = text === formatFunction(other);
      strictEqual(isSameFunction(one, other), isSame);
    }),
    { numRuns: 300 },
  );
});

Deno.test("describeComponent() writes the type of any import", () => {
  fc.assert(
    fc.property(functionTypes(THING), (type) => {
      const text = describeComponent(importing(type));
      ok(text.includes(`  import f0: ${formatFunction(type)};\n`));
    }),
    { numRuns: 100 },
  );
});
