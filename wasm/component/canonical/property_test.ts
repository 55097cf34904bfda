import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";

import type { FunctionType, ValueType } from "../value_type.ts";
import {
  ComponentError,
  ComponentInstanceState,
  type CoreType,
  type CoreValue,
  flatten,
  type StringEncoding,
} from "./mod.ts";
import {
  type AloneOptions,
  liftExport,
  lowerImport,
} from "./testdata/alone.ts";
import { type Sample, samplesOf, types } from "./testdata/arbitraries.ts";
import { FakeGuest } from "./testdata/fake_guest.ts";
import * as reference from "./testdata/reference.ts";

const RUNS = { numRuns: 400 };
const ENCODINGS = ["utf8", "utf16", "latin1+utf16"] as const;
const encodings = fc.constantFrom<StringEncoding>(...ENCODINGS);

interface Case {
  readonly type: FunctionType;
  readonly params: readonly ValueType[];
  readonly args: readonly Sample[];
  readonly result: Sample | undefined;
}

const cases: fc.Arbitrary<Case> = fc.tuple(
  fc.array(types, { maxLength: 8 }),
  fc.option(types, { nil: undefined }),
).chain(([params, result]) =>
  fc.record({
    type: fc.constant<FunctionType>({
      params: params.map((type, at) => ({ name: `p${at}`, type })),
      result,
      isAsync: false,
    }),
    params: fc.constant(params),
    args: fc.tuple(...params.map(samplesOf)),
    result: result === undefined ? fc.constant(undefined) : samplesOf(result),
  })
);

function optionsOf(guest: FakeGuest): AloneOptions {
  return {
    memory: () => guest.core,
    realloc: (...args) => guest.realloc(...args),
    encoding: guest.encoding,
    instance: new ComponentInstanceState(),
  };
}

// The definitions have integers without a sign.
function coreValues(values: readonly CoreValue[], types: readonly CoreType[]) {
  return types.map((t, at) => ({ t, v: unsigned(values[at]!, t) }));
}

function unsigned(value: CoreValue, type: CoreType): CoreValue {
  if (type === "i32") return (value as number) >>> 0;
  return type === "i64" ? BigInt.asUintN(64, value as bigint) : value;
}

// JavaScript sees integers of the engine with one.
function passed({ t, v }: reference.Value): CoreValue {
  if (t === "i32") return (v as number) | 0;
  return t === "i64" ? BigInt.asIntN(64, v as bigint) : v;
}

function resultTypes({ result }: FunctionType): ValueType[] {
  return result === undefined ? [] : [result];
}

Deno.test("flatten() agrees with the definitions", () => {
  fc.assert(
    fc.property(cases, ({ type, params }) => {
      for (const context of ["lift", "lower"] as const) {
        const wanted = reference.flatten_functype(
          [...params],
          resultTypes(type),
          context,
        );
        deepStrictEqual(flatten(type, context), wanted);
      }
    }),
    RUNS,
  );
});

Deno.test("liftExport() lowers parameters as the definitions do", () => {
  fc.assert(
    fc.property(cases, encodings, ({ type, params, args }, encoding) => {
      const [ours, theirs] = [new FakeGuest(encoding), new FakeGuest(encoding)];
      const core = flatten({ ...type, result: undefined }, "lift").params;
      let got: unknown;
      const lifted = liftExport(
        { ...type, result: undefined },
        optionsOf(ours),
        (...flat) => {
          got = coreValues(flat, core);
        },
      );
      lifted(...args.map(({ js }) => js));
      const specs = args.map(({ spec }) => spec);
      const wanted = reference.lower_flat_values(theirs, 16, specs, [
        ...params,
      ]);
      deepStrictEqual(got, wanted);
      deepStrictEqual(ours.allocations, theirs.allocations);
      deepStrictEqual(ours.used(), theirs.used());
    }),
    RUNS,
  );
});

Deno.test("lowerImport() lifts what the definitions lowered", () => {
  fc.assert(
    fc.property(cases, encodings, ({ type, params, args }, encoding) => {
      const guest = new FakeGuest(encoding);
      const specs = args.map(({ spec }) => spec);
      const flat = reference.lower_flat_values(guest, 16, specs, [...params]);
      let got: unknown;
      const lowered = lowerImport(
        { ...type, result: undefined },
        optionsOf(guest),
        (...values) => {
          got = values;
        },
      );
      lowered(...flat.map(passed));
      deepStrictEqual(got, args.map(({ js }) => js));
    }),
    RUNS,
  );
});

Deno.test("lowerImport() lowers results as the definitions do", () => {
  fc.assert(
    fc.property(cases, encodings, ({ type, result }, encoding) => {
      const [ours, theirs] = [new FakeGuest(encoding), new FakeGuest(encoding)];
      const plain = { ...type, params: [] };
      const lowered = lowerImport(
        plain,
        optionsOf(ours),
        () => answer(type, result),
      );
      const core = flatten(plain, "lower");
      const out = core.params.length === 0 ? [] : [allocate(ours, type)];
      const got = lowered(...out);
      if (core.params.length > 0) {
        allocate(theirs, type);
      }
      const specs = result === undefined ? [] : [result.spec];
      const wanted = reference.lower_flat_values(
        theirs,
        1,
        specs,
        resultTypes(type),
        out[0],
      );
      deepStrictEqual(coreValues([got], core.results), wanted);
      deepStrictEqual(ours.allocations, theirs.allocations);
      deepStrictEqual(ours.used(), theirs.used());
    }),
    RUNS,
  );
});

// A place for the result, as a guest has on its stack.
function allocate(guest: FakeGuest, { result }: FunctionType): number {
  const size = reference.elem_size(result!);
  return guest.realloc(0, 0, reference.alignment(result!), size);
}

function answer(
  { result: type }: FunctionType,
  result: Sample | undefined,
): unknown {
  if (type?.kind !== "result") return result?.js;
  if (result!.js.tag === "err") throw new ComponentError(result!.js.val);
  return result!.js.val;
}

Deno.test("liftExport() lifts results that the definitions lowered", () => {
  fc.assert(
    fc.property(cases, encodings, ({ type, result }, encoding) => {
      const guest = new FakeGuest(encoding);
      const plain = { ...type, params: [] };
      const specs = result === undefined ? [] : [result.spec];
      const lifted = liftExport(plain, optionsOf(guest), () => {
        const flat = reference.lower_flat_values(
          guest,
          1,
          specs,
          resultTypes(type),
        );
        return flat[0] && passed(flat[0]);
      });
      deepStrictEqual(outcome(type, lifted), result?.js);
    }),
    RUNS,
  );
});

function outcome({ result }: FunctionType, lifted: () => unknown): unknown {
  if (result?.kind !== "result") return lifted();
  try {
    return { tag: "ok", val: lifted() };
  } catch (thrown) {
    if (!(thrown instanceof ComponentError)) throw thrown;
    return { tag: "err", val: thrown.payload };
  }
}

Deno.test("lowerImport() traps on the same bytes as the definitions", () => {
  fc.assert(
    fc.property(
      types,
      encodings,
      fc.infiniteStream(fc.nat(255)),
      (type, encoding, noise) => {
        const guest = new FakeGuest(encoding);
        const bytes = guest.memory().subarray(0, 256);
        for (const at of bytes.keys()) {
          bytes[at] = noise.next().value! % 5 === 0 ? 0 : noise.next().value!;
        }
        // Small enough that pointers and lengths are often in range.
        const view = new DataView(guest.core.buffer);
        for (let at = 0; at < 256; at += 4) {
          if (view.getUint8(at + 3) < 128) {
            view.setUint32(
              at,
              view.getUint8(at),
              true,
            );
          }
        }
        const wanted = attempt(
          () => reference.load(guest, 0, type),
          reference.Trap,
        );
        const list: ValueType = {
          kind: "list",
          element: type,
          length: undefined,
        };
        const lowered = {
          params: [{ name: "p", type: list }],
          result: undefined,
          isAsync: false,
        };
        let got: unknown[] = [];
        const call = lowerImport(lowered, optionsOf(guest), (values) => {
          got = [...values];
        });
        const trapped = attempt(() => call(0, 1), WebAssembly.RuntimeError);
        strictEqual(trapped.isTrap, wanted.isTrap);
        if (!trapped.isTrap) strictEqual(got.length, 1);
      },
    ),
    { numRuns: 2_000 },
  );
});

function attempt(
  work: () => unknown,
  trap: new () => Error,
): { isTrap: boolean } {
  try {
    work();
    return { isTrap: false };
  } catch (thrown) {
    if (!(thrown instanceof trap)) throw thrown;
    return { isTrap: true };
  }
}
