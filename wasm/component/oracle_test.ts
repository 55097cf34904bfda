/**
 * The same component through the glue that jco makes for it and through our
 * linker: the same values in, the same values out, and traps on the same bytes.
 *
 * jco is installed by `npm ci` in `tests/jco`, and only there.
 */

import { deepStrictEqual, ok } from "node:assert";
import fc from "fast-check";

import { assemble } from "../instrument/testdata/text.ts";
import { samplesOf, types } from "./canonical/testdata/arbitraries.ts";
import { type CoreType, flatten } from "./canonical/mod.ts";
import type { HostInterface } from "./host.ts";
import type { ComponentInstance } from "./instance.ts";
import { partsOf } from "./same_type.ts";
import { LocalComponent } from "./testdata/run.ts";
import { type Made, makeByJco, ORACLE, runGlue } from "./testdata/oracle.ts";
import { WitText } from "./testdata/wit_text.ts";
import type { FunctionType, ValueType } from "./value_type.ts";

const TYPES = 60;
const VALUES = 12;

/** What jco cannot read, and a result, which functions throw. */
function isSupported(type: ValueType): boolean {
  const isKnown = type.kind !== "own" && type.kind !== "borrow" &&
    !(type.kind === "list" && type.length !== undefined);
  return isKnown && partsOf(type).every(isSupported);
}

function functionOf(type: ValueType): FunctionType {
  const params = [{ name: "x", type }];
  return { params, result: type, isAsync: false };
}

/** A module that gives what it takes to the host, and gives back what that answers. */
function echo(type: FunctionType, noise: string, flat: string): string {
  const { params, results } = flatten(type, "lower");
  const isPointer = results.length < flatten(type, "lift").results.length;
  const taken = isPointer ? params.slice(0, -1) : params;
  const list = (types: readonly CoreType[]) => types.join(" ");
  const result = isPointer ? "(result i32)" : `(result ${list(results)})`;
  const call = (values: string) =>
    isPointer
      ? `(call $sink ${values} (i32.const 16)) (i32.const 16)`
      : `(call $sink ${values})`;
  return `(module
    (import "$root" "sink" (func $sink (param ${list(params)}) (result ${
    list(results)
  })))
    (memory (export "memory") 4)
    (data (i32.const 1024) "${noise}")
    (global $next (mut i32) (i32.const 65536))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (i32.and (i32.const -16) (i32.add (global.get $next) (i32.const 15))))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (block (br_if 0 (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
        (drop (memory.grow (i32.add (i32.const 1) (i32.div_u (local.get 3) (i32.const 65536))))))
      (memory.copy (local.get $at) (local.get 0) (local.get 1))
      (local.get $at))
    (func (export "echo") (param ${list(taken)}) ${result}
      ${call(taken.map((_, at) => `(local.get ${at})`).join(" "))})
    (func (export "lie") ${result} ${call(flat)}))`.replaceAll("(result )", "");
}

interface Pair {
  readonly type: ValueType;
  readonly ours: ComponentInstance;
  readonly theirs: Record<string, (...values: unknown[]) => unknown>;
  readonly seen: { ours: unknown; theirs: unknown };
}

async function pairOf(type: ValueType, made: Made): Promise<Pair> {
  const seen: { ours: unknown; theirs: unknown } = {
    ours: undefined,
    theirs: undefined,
  };
  const text = new WitText();
  const name = text.typeName(type);
  const host: HostInterface = {
    name: "$root",
    wit: `${text.definitions} sink: func(x: ${name}) -> ${name};`,
    functions: { sink: (_guest, value) => seen.ours = value },
  };
  const component = await LocalComponent.load(made.component, {
    hosts: [host],
  });
  const sink = (value: unknown) => seen.theirs = value;
  const theirs = await runGlue(made, { sink: { default: sink } });
  return { type, ours: component.instance(), theirs, seen };
}

/** Values without what the two may choose: arrays for lists, and nothing that is undefined. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    return Array.from(value as Uint8Array, plain);
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) =>
    each !== undefined
  );
  return Object.fromEntries(entries.map(([key, each]) => [key, plain(each)]));
}

async function makeAll(
  sampled: readonly { type: ValueType; noise: string; flat: string }[],
): Promise<Made[]> {
  return await makeByJco(
    await Promise.all(sampled.map(async ({ type, noise, flat }) => {
      const text = new WitText();
      const name = text.typeName(type);
      return {
        core: await assemble(echo(functionOf(type), noise, flat)),
        wit: text.world(name),
      };
    })),
  );
}

const supported = types.filter((type) =>
  isSupported(type) && type.kind !== "result"
);

Deno.test({
  name:
    "our linker and jco's glue give a component the same values, and get the same",
  ignore: ORACLE === undefined,
  async fn() {
    const seed = Number(Deno.env.get("SEED") ?? Date.now());
    const sampled = fc.sample(supported, { numRuns: TYPES, seed })
      .map((type) => ({ type, noise: "", flat: constants(type, () => 0) }));
    const made = await makeAll(sampled);
    for (const [at, { type }] of sampled.entries()) {
      const { ours, theirs, seen } = await pairOf(type, made[at]!);
      for (
        const { js } of fc.sample(samplesOf(type), { numRuns: VALUES, seed })
      ) {
        const what = `SEED=${seed} ${JSON.stringify(type)}`;
        const got = await ours.call("echo", js);
        const wanted = theirs["echo"]!(js);
        deepStrictEqual(plain(got), plain(wanted), what);
        deepStrictEqual(plain(seen.ours), plain(seen.theirs), what);
      }
    }
  },
});

// Where the specification takes the bits that count, jco wants the others to be zero.
const STRICTER =
  /flags have extraneous bits|must be between|discriminant for bool/;

// And it takes pointers that are not aligned.
const LAXER = /not aligned/;

/** Core values for all parameters of `sink`, but for that of its result. */
function constants(type: ValueType, next: () => number): string {
  const lowered = flatten(functionOf(type), "lower");
  const lifted = flatten(functionOf(type), "lift");
  const isPointer = lowered.results.length < lifted.results.length;
  const params = isPointer ? lowered.params.slice(0, -1) : lowered.params;
  return params.map((core) => `(${core}.const ${next()})`).join(" ");
}

Deno.test({
  name: "our linker and jco's glue trap on the same bytes",
  ignore: ORACLE === undefined,
  async fn() {
    const seed = Number(Deno.env.get("SEED") ?? Date.now());
    const lies = fc.record({
      type: supported,
      bytes: fc.array(fc.integer({ min: 0, max: 127 }), {
        minLength: 256,
        maxLength: 256,
      }),
      values: fc.array(
        fc.oneof(
          fc.nat(3),
          fc.constant(1024),
          fc.nat({ max: 200 }).map((at) => 1024 + at * 8),
          fc.nat(),
        ),
        { minLength: 17, maxLength: 17 },
      ),
    });
    const sampled = fc.sample(lies, { numRuns: TYPES, seed }).map(
      ({ type, bytes, values }) => {
        let at = 0;
        return {
          type,
          noise: bytes.map((byte, nth) =>
            `\\${
              (nth % 4 > 0 && nth % 8 > 1 ? 0 : byte).toString(16).padStart(
                2,
                "0",
              )
            }`
          ).join(""),
          flat: constants(type, () => values[at++]!),
        };
      },
    );
    const made = await makeAll(sampled);
    let traps = 0;
    for (const [at, { type, flat }] of sampled.entries()) {
      const { ours, theirs, seen } = await pairOf(type, made[at]!);
      const got = await attempt(() => ours.call("lie"));
      const wanted = await attempt(() => theirs["lie"]!());
      if (STRICTER.test(wanted.why) || LAXER.test(got.why)) continue;
      const what = `SEED=${seed} ${JSON.stringify(type)} ${flat}`;
      deepStrictEqual(
        got.isTrap,
        wanted.isTrap,
        `${what} ${got.why} ${wanted.why}`,
      );
      traps += Number(got.isTrap);
      if (!got.isTrap) {
        deepStrictEqual(plain(seen.ours), plain(seen.theirs), what);
      }
    }
    ok(traps < TYPES);
  },
});

async function attempt(
  work: () => unknown,
): Promise<{ isTrap: boolean; why: string }> {
  try {
    await work();
    return { isTrap: false, why: "" };
  } catch (thrown) {
    return { isTrap: true, why: `${thrown} ${(thrown as Error).cause}` };
  }
}
