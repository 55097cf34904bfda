import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";

import { promising, suspending } from "../../fiber.ts";
import { assemble } from "../../testdata/wat.ts";
import type { ValueType } from "../value_type.ts";
import {
  ComponentError,
  ComponentInstanceState,
  type CoreFunction,
  flatten,
  TypeMismatch,
} from "./mod.ts";
import {
  type AloneOptions,
  liftExport,
  lowerImport,
} from "./testdata/alone.ts";
import { FakeGuest } from "./testdata/fake_guest.ts";
import {
  func,
  listOf,
  optionsFor,
  primitive,
  STRING,
  traps,
  trapsGuest,
  U32,
} from "./testdata/functions.ts";

const RESULT: ValueType = { kind: "result", ok: U32, error: STRING };
const FLAGS: ValueType = { kind: "flags", names: ["read-only", "b"] };
const ENUM: ValueType = { kind: "enum", names: ["a", "b"] };
const U8 = primitive("u8");

// What has not the type, and how that is told.
// deno-fmt-ignore
const MISMATCHES: readonly (readonly [ValueType, unknown, string])[] = [
  [primitive("bool"), 1, "a bool: 1"],
  [primitive("s8"), 128, "an s8: 128"],
  [primitive("s8"), -129, "an s8: -129"],
  [U8, -1, "a u8: -1"],
  [U8, 256, "a u8: 256"],
  [primitive("s16"), 2 ** 15, "an s16: 32768"],
  [primitive("u16"), 1.5, "a u16: 1.5"],
  [primitive("s32"), 2 ** 31, "an s32: 2147483648"],
  [U32, -1, "a u32: -1"],
  [U32, 2 ** 32, "a u32: 4294967296"],
  [U32, NaN, "a u32: NaN"],
  [U32, 1n, "a u32: 1"],
  [U32, undefined, "a u32: undefined"],
  [U32, "1", "a u32: 1"],
  [primitive("s64"), 1, "an s64: 1"],
  [primitive("s64"), 2n ** 63n, "an s64: 9223372036854775808"],
  [primitive("u64"), -1n, "a u64: -1"],
  [primitive("f32"), "1", "an f32: 1"],
  [primitive("f64"), null, "an f64: null"],
  [primitive("char"), "", "a char: "],
  [primitive("char"), "ab", "a char: ab"],
  [primitive("char"), "\ud800", "a char: \ud800"],
  [primitive("char"), 65, "a char: 65"],
  [STRING, 65, "a string: 65"],
  [listOf(U8), "abc", "a list: abc"],
  [listOf(U8), new DataView(new ArrayBuffer(1)), "a list: object"],
  [listOf(U8), [256], "a u8: 256"],
  [listOf(U8), new Uint16Array([256]), "a u8: 256"],
  [{ kind: "list", element: U8, length: 2 }, [1], "a list of 2: a list of 1"],
  [{ kind: "tuple", types: [U8, U8] }, [1], "a tuple of 2: object"],
  [{ kind: "record", fields: [{ name: "a-b", type: U8 }] }, null, "a record: null"],
  [{ kind: "record", fields: [{ name: "a-b", type: U8 }] }, {}, "a u8: undefined"],
  [FLAGS, true, "a set of flags: true"],
  [FLAGS, { readOnly: 1 }, "a flag: 1"],
  [ENUM, "c", "one of a, b: c"],
  [ENUM, 0, "one of a, b: 0"],
  [{ kind: "variant", cases: [{ name: "a", type: U8 }] }, "a", "a variant: a"],
  [{ kind: "variant", cases: [{ name: "a", type: U8 }] }, { tag: "b" }, "one of a: b"],
  [{ kind: "tuple", types: [RESULT] }, [{ tag: "error" }], "one of ok, err: error"],
];

for (const [type, value, told] of MISMATCHES) {
  Deno.test(`liftExport() refuses to lower as ${type.kind} what is not ${told}`, () => {
    let calls = 0;
    const options = optionsFor();
    const lifted = liftExport(func([type]), options, () => calls++);
    throws(() => lifted(value), (thrown: Error) => {
      return thrown instanceof TypeMismatch &&
        thrown.message === `Cannot lower what is not ${told}`;
    });
    // That was the host's mistake: the guest can be called.
    options.instance.enter();
    strictEqual(options.instance.mayLeave, true);
    strictEqual(calls, 0);
  });
}

Deno.test("lowerImport() ends the guest when the host answers with another type", () => {
  for (const type of [func([], U32), func([U32], ENUM)]) {
    const options = optionsFor();
    const lowered = lowerImport(type, options, () => "1");
    throws(
      () => lowered(1),
      ({ cause }: Error) => cause instanceof TypeMismatch,
    );
    traps(() => options.instance.enter(), /Cannot enter/);
  }
});

Deno.test("lowerImport() and liftExport() refuse to allocate without realloc", () => {
  const options: AloneOptions = { ...optionsFor(), realloc: undefined };
  const many = func(Array.from({ length: 17 }, () => U32));
  throws(
    () => lowerImport(func([], STRING), options, () => ""),
    /without realloc$/,
  );
  throws(
    () => liftExport(func([listOf(U8)]), options, () => {}),
    /without realloc$/,
  );
  throws(() => liftExport(many, options, () => {}), /without realloc$/);
  lowerImport(func([STRING]), options, () => {});
  liftExport(func([], STRING), options, () => {});
});

// Names that would not be keys of their own.
for (
  const names of [["__proto__"], ["a_b"], ["a", "a"], ["a-1", "a1"], ["aB"], [
    "",
  ]]
) {
  Deno.test(`flatten() refuses fields named ${names.join(" and ")}`, () => {
    const fields = names.map((name) => ({ name, type: U8 }));
    throws(
      () => flatten(func([{ kind: "record", fields }]), "lift"),
      TypeError,
    );
  });
}

Deno.test("flatten() refuses what is larger than a memory, and is quick about it", () => {
  let type: ValueType = U32;
  for (let at = 0; at < 24; at++) type = { kind: "tuple", types: [type, type] };
  strictEqual(flatten(func([type]), "lift").params.length, 1);
  for (let at = 0; at < 8; at++) type = { kind: "tuple", types: [type, type] };
  throws(() => flatten(func([type]), "lift"), /larger than a memory/);
});

Deno.test("lowerImport() calls the host with any number of scalars", () => {
  for (let arity = 0; arity <= 8; arity++) {
    const types = Array.from({ length: arity }, () => primitive("s32"));
    const args = [...types.keys()].map((at) => at - 3);
    let got: unknown[] = [];
    const host = (...all: number[]) => {
      got = all;
      return all.length;
    };
    strictEqual(
      lowerImport(func(types, U32), optionsFor(), host)(...args),
      arity,
    );
    deepStrictEqual(got, args);
    strictEqual(
      liftExport(func(types, U32), optionsFor(), host)(...args),
      arity,
    );
    deepStrictEqual(got, args);
  }
});

Deno.test("lowerImport() and liftExport() choose the bits of a NaN", () => {
  const guest = new FakeGuest();
  const floats = new Uint32Array(guest.memory().buffer, 0, 2);
  floats.set([0x7fc12345, 0x3f800000]);
  let bits: number[] = [];
  const lowered = lowerImport(
    func([listOf(primitive("f32"))]),
    optionsFor(guest),
    (list) => {
      bits = [...new Uint32Array(list.buffer)];
    },
  );
  lowered(0, 2);
  deepStrictEqual(bits, [0x7fc00000, 0x3f800000]);
  const list = new Float64Array(
    new BigUint64Array([0x7ff8000000000001n, 1n]).buffer,
  );
  const lifted = liftExport(
    func([listOf(primitive("f64"))]),
    optionsFor(guest),
    (pointer) => {
      deepStrictEqual([
        ...new BigUint64Array(guest.memory().buffer, pointer, 2),
      ], [0x7ff8000000000000n, 1n]);
    },
  );
  lifted(list);
});

for (const encoding of ["utf8", "utf16", "latin1+utf16"] as const) {
  Deno.test(`liftExport() replaces half of a pair, in ${encoding}`, () => {
    const options = optionsFor(new FakeGuest(encoding));
    let got: unknown;
    const lowered = lowerImport(func([STRING]), options, (text) => got = text);
    const lifted = liftExport(func([STRING]), options, (...flat) => {
      lowered(...flat);
    });
    lifted("a\ud83d");
    strictEqual(got, "a\ufffd");
  });
}

Deno.test("lowerImport() answers a result from what the host returns or throws", () => {
  const guest = new FakeGuest();
  const type = func([U32], RESULT);
  const half = lowerImport(type, optionsFor(guest), (value: number) => {
    if (value % 2 === 0) return value / 2;
    throw new ComponentError("odd");
  });
  half(8, 16);
  half(7, 32);
  const words = new Uint32Array(guest.memory().buffer);
  deepStrictEqual([...words.slice(4, 6)], [0, 4]);
  deepStrictEqual([words[8], words[10]], [1, 3]);
  const broken = lowerImport(type, optionsFor(), () => {
    throw new RangeError("Cannot halve");
  });
  throws(
    () => broken(1, 16),
    ({ cause }: Error) => cause instanceof RangeError,
  );
});

Deno.test("lowerImport() ends the guest on a ComponentError that its type does not provide for", () => {
  const lowered = lowerImport(func([STRING]), optionsFor(), () => {
    throw new ComponentError(1);
  });
  throws(
    () => lowered(0, 0),
    ({ cause }: Error) => cause instanceof ComponentError,
  );
});

Deno.test("liftExport() lifts, and then cleans up with what the guest returned", () => {
  const guest = new FakeGuest();
  guest.memory().set([
    1,
    0,
    0,
    0,
    16,
    0,
    0,
    0,
    3,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    98,
    97,
    100,
  ]);
  const cleaned: unknown[] = [];
  const options: AloneOptions = {
    ...optionsFor(guest),
    postReturn: (pointer) => {
      cleaned.push(pointer, options.instance.mayLeave);
      guest.memory().fill(0);
    },
  };
  const lifted = liftExport(func([], RESULT), options, () => 0);
  throws(
    lifted,
    (thrown) => thrown instanceof ComponentError && thrown.payload === "bad",
  );
  strictEqual(lifted(), 0);
  deepStrictEqual(cleaned, [0, false, 0, false]);
});

Deno.test("liftExport() traps when the guest is called while it runs", () => {
  const options = optionsFor();
  const again: CoreFunction = liftExport(
    func([STRING]),
    options,
    () => inner(),
  );
  const inner = liftExport(func([]), options, () => {});
  traps(() => again("a"), /Cannot enter/);
});

Deno.test("lowerImport() traps when the guest calls out while it allocates or cleans up", () => {
  for (const type of [func([]), func([STRING])]) {
    const guest = new FakeGuest();
    const options = optionsFor(guest);
    const out = lowerImport(type, options, () => {});
    const allocate = guest.realloc;
    guest.realloc = (...args) => {
      out();
      return allocate(...args);
    };
    throws(
      () => liftExport(func([STRING]), options, () => {})("a"),
      WebAssembly.RuntimeError,
    );
    options.instance.reset();
    const cleaning: AloneOptions = { ...options, postReturn: () => out() };
    trapsGuest(liftExport(func([]), cleaning, () => {}), /Cannot leave/);
  }
});

// A guest whose realloc grows its memory, and which echoes what it is given.
const ECHO = `(module
  (import "host" "upper" (func $upper (param i32 i32 i32)))
  (import "host" "count" (func $count (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 1024))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (memory.copy (global.get $next) (local.get 0)
      (select (local.get 1) (local.get 3) (i32.lt_u (local.get 1) (local.get 3))))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get 3))))
  (func (export "echo") (param i32 i32) (result i32)
    (call $upper (local.get 0) (local.get 1) (i32.const 16))
    (i32.const 16))
  (func (export "count") (param i32) (result i32)
    (call $count (call $count (local.get 0)))))`;

interface Echo {
  readonly memory: WebAssembly.Memory;
  readonly realloc: (...all: number[]) => number;
  readonly echo: (...all: number[]) => number;
  readonly count: (...all: number[]) => number;
}

const UPPER = func([STRING], STRING);
const COUNT = func([U32], U32);

async function echoing(
  wrap: (lowered: CoreFunction) => WebAssembly.ImportValue,
  upper: (text: string) => unknown,
  count: (value: number) => unknown,
) {
  const options: AloneOptions = {
    memory: () => guest.memory,
    realloc: (...args) => guest.realloc(...args),
    encoding: "utf8",
    instance: new ComponentInstanceState(),
  };
  const host = {
    upper: wrap(lowerImport(UPPER, options, upper)),
    count: wrap(lowerImport(COUNT, options, count)),
  };
  const module = new WebAssembly.Module(await assemble(ECHO));
  const { exports } = new WebAssembly.Instance(module, { host });
  const guest = exports as unknown as Echo;
  return { guest, options };
}

Deno.test("lowerImport() and liftExport() work when realloc grows the memory", async () => {
  const { guest, options } = await echoing(
    (lowered) => lowered,
    (text) => text.toUpperCase(),
    (value) => value + 1,
  );
  const echo = liftExport(UPPER, options, guest.echo);
  for (const text of ["", "a", "straße", "é".repeat(100), "x".repeat(5_000)]) {
    strictEqual(echo(text), text.toUpperCase());
  }
  strictEqual(liftExport(COUNT, options, guest.count)(1), 3);
});

Deno.test("lowerImport() and liftExport() wait when the guest runs on a fiber", async () => {
  const { guest, options } = await echoing(
    suspending,
    (text) => Promise.resolve(text.toUpperCase()),
    (value) => Promise.resolve(value + 1),
  );
  const echo = liftExport(UPPER, options, promising(guest.echo));
  const pending = echo("straße");
  traps(() => echo("again"), /Cannot enter/);
  strictEqual(await pending, "STRASSE");
  strictEqual(await liftExport(COUNT, options, promising(guest.count))(1), 3);
});

Deno.test("liftExport() rejects when a promise of the host does, and closes the instance", async () => {
  const { guest, options } = await echoing(
    suspending,
    () => Promise.reject(new Error("Cannot shout")),
    () => Promise.resolve("1"),
  );
  const echo = liftExport(UPPER, options, promising(guest.echo));
  await rejects(
    echo("a") as Promise<unknown>,
    ({ cause }: Error) => String(cause).includes("shout"),
  );
  traps(() => echo("a"), /Cannot enter/);
  options.instance.reset();
  const count = liftExport(COUNT, options, promising(guest.count));
  await rejects(
    count(1) as Promise<unknown>,
    ({ cause }: Error) => cause instanceof TypeMismatch,
  );
  traps(() => count(1), /Cannot enter/);
});

Deno.test("liftExport() awaits the cleaning up of a guest on a fiber, and results", async () => {
  const cleaned: unknown[] = [];
  const options: AloneOptions = {
    ...optionsFor(),
    postReturn: (pointer) =>
      Promise.resolve().then(() => cleaned.push(pointer)),
  };
  const lifted = liftExport(
    func([], RESULT),
    options,
    () => Promise.resolve(16),
  );
  strictEqual(await lifted(), 0);
  deepStrictEqual(cleaned, [16]);
  const failing = lowerImport(
    func([U32], RESULT),
    options,
    () => Promise.reject(new ComponentError("no")),
  );
  strictEqual(await failing(1, 16), undefined);
  await rejects(lifted() as Promise<unknown>, ComponentError);
});

Deno.test("lowerImport() leaves the memory alone when the instance was reset while it waited", async () => {
  for (const settle of ["resolve", "reject"] as const) {
    const guest = new FakeGuest();
    const options = optionsFor(guest);
    for (const type of [func([], STRING), func([], U32)]) {
      const waiting = Promise.withResolvers<unknown>();
      const lowered = lowerImport(type, options, () => waiting.promise);
      const pending = lowered(16);
      options.instance.reset();
      waiting[settle]("secret");
      await rejects(pending, WebAssembly.RuntimeError);
      deepStrictEqual(guest.allocations, []);
      deepStrictEqual(guest.memory().slice(0, 64), new Uint8Array(64));
      strictEqual(options.instance.mayEnter, true);
    }
  }
});

Deno.test("liftExport() leaves the instance alone when it was reset while it waited", async () => {
  for (const settle of ["resolve", "reject"] as const) {
    const options = optionsFor();
    for (const type of [func([]), func([], STRING)]) {
      const waiting = Promise.withResolvers<unknown>();
      const pending = liftExport(type, options, () => waiting.promise)();
      options.instance.reset();
      options.instance.enter();
      waiting[settle](0);
      await rejects(pending as Promise<unknown>);
      strictEqual(options.instance.mayEnter, false);
      strictEqual(options.instance.mayLeave, true);
      options.instance.reset();
    }
  }
});

Deno.test("lowerImport() makes traps that a guest cannot catch", () => {
  // (module (import "h" "f" (func)) (func (export "run") (try_table (catch_all 0) (call 0))))
  // deno-fmt-ignore
  const module = new WebAssembly.Module(Uint8Array.of(
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0,
    2, 7, 1, 1, 0x68, 1, 0x66, 0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 1,
    10, 12, 1, 10, 0, 0x1f, 0x40, 1, 2, 0, 0x10, 0, 0x0b, 0x0b,
  ));
  const options = optionsFor();
  options.instance.mayLeave = false;
  const f = lowerImport(func([]), options, () => {});
  const { run } = new WebAssembly.Instance(module, { h: { f } }).exports;
  throws(run as () => void, WebAssembly.RuntimeError);
});
