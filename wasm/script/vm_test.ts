import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import {
  ERROR_LENGTH_MAX,
  MEBIBYTE,
  STACK_BYTES_MAX,
  STEPS_PER_INTERRUPT,
} from "../limits.ts";
import { NOBODY } from "../testdata/local.ts";
import type { HostValue } from "./ops.ts";
import { quickjs } from "./quickjs.ts";
import { GuestOutOfMemory, GuestStopped, GuestThrew } from "./guest_error.ts";
import { type Bridge, Vm } from "./vm.ts";

const MEMORY_BYTES_MAX = 8 * MEBIBYTE;

/** An instance with nothing in it but `host`, which calls `bridge`. */
async function open(bridge: Partial<Bridge> = {}): Promise<Vm> {
  const calm = { ...NOBODY, interrupt: () => false };
  const vm = new Vm(await quickjs(MEMORY_BYTES_MAX), { ...calm, ...bridge });
  vm.initialize(MEMORY_BYTES_MAX - MEBIBYTE, STACK_BYTES_MAX);
  vm.setProperty(vm.global(), "host", vm.hostFunction("host"));
  return vm;
}

async function evaluate(vm: Vm, code: string): Promise<HostValue> {
  return vm.lift(await vm.evaluate(code, "test.js"));
}

const value = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string().map((text) => `${text}\0${text}`),
  fc.uint8Array(),
  fc.double(),
  fc.constantFrom<HostValue>(null, undefined, "", -0, 2 ** 53),
);

Deno.test("Vm.lift() undoes Vm.lower()", async () => {
  const vm = await open();
  fc.assert(fc.property(value, (original) => {
    const inside = vm.lower(original);
    deepStrictEqual(vm.lift(inside), original);
    vm.free(inside);
  }));
});

Deno.test("Vm.lift() gives copies of exactly the bytes of a view", async () => {
  const vm = await open();
  const code = "new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 4)";
  const inside = await vm.evaluate(code, "test.js");
  const bytes = vm.lift(inside) as Uint8Array;
  deepStrictEqual(bytes, Uint8Array.of(2, 3, 4));
  bytes.fill(9);
  deepStrictEqual(vm.lift(inside), Uint8Array.of(2, 3, 4));
});

for (const code of ["true", "Symbol()", "5n"]) {
  Deno.test(`Vm.lift() refuses ${code}`, async () => {
    const vm = await open();
    await rejects(evaluate(vm, code), TypeError);
  });
}

// Each is an odd view that a guest can make; none may reach outside its memory.
// deno-fmt-ignore
const VIEWS: [name: string, code: string, bytes: number[]][] = [
  ["a detached one", "const a = new Uint8Array(8); a.buffer.transfer(); a", []],
  ["one out of bounds", "const b = new ArrayBuffer(8, { maxByteLength: 8 }); const a = new Uint8Array(b, 4, 4); b.resize(2); a", []],
  ["one with a false length", "class Lie extends Uint8Array { get length() { return 1e9; } get byteLength() { return 1e9; } } new Lie([1, 2])", [1, 2]],
];

for (const [name, code, expected] of VIEWS) {
  Deno.test(`Vm.lift() of a view, ${name}, gives [${expected}] or ends the guest`, async () => {
    const vm = await open();
    try {
      deepStrictEqual([...await evaluate(vm, code) as Uint8Array], expected);
    } catch (thrown) {
      ok(thrown instanceof GuestOutOfMemory, String(thrown));
    }
  });
}

Deno.test("Vm.lower() throws GuestOutOfMemory for what the memory has no room for", async () => {
  const vm = await open();
  const large = new Uint8Array(MEMORY_BYTES_MAX);
  throws(() => vm.lower(large), GuestOutOfMemory);
  throws(() => vm.lower("x".repeat(MEMORY_BYTES_MAX)), GuestOutOfMemory);
  strictEqual(await evaluate(vm, "1 + 1"), 2);
});

Deno.test("Vm.evaluate() throws what the guest threw, with its own frames", async () => {
  const vm = await open();
  await rejects(
    vm.evaluate("function f() {\n  throw new TypeError('no');\n}\nf()", "a.js"),
    (thrown: GuestThrew) => {
      deepStrictEqual(
        [thrown.error.name, thrown.error.message],
        ["TypeError", "no"],
      );
      ok(/^ *at f \(a\.js:2:\d+\)\n/.test(thrown.error.stack));
      return thrown instanceof GuestThrew;
    },
  );
});

// deno-fmt-ignore
const THROWN: [code: string, name: string, message: string][] = [
  ["throw 5", "thrown", "5"],
  ["throw 'no'", "thrown", "no"],
  ["throw undefined", "thrown", "undefined"],
  ["throw null", "thrown", "null"],
  ["throw 5n", "thrown", "5"],
  ["throw Symbol('s')", "thrown", "a symbol"],
  ["throw {}", "Error", ""],
  ["throw { name: 5, message: {} }", "Error", ""],
  ["throw { get name() { throw 1; }, get message() { throw 2; }, stack: 3 }", "Error", ""],
  ["throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } })", "Error", ""],
  ["throw Object.create(null)", "Error", ""],
  ["throw function f() {}", "f", ""],
  ["throw { name: 'N', message: 'm' }", "N", "m"],
];

for (const [code, name, message] of THROWN) {
  Deno.test(`Vm.evaluate() describes ${code}`, async () => {
    const vm = await open();
    await rejects(
      vm.evaluate(code, "test.js"),
      (thrown: GuestThrew) => {
        deepStrictEqual(thrown.error, { name, message, stack: "" });
        return true;
      },
    );
  });
}

Deno.test("Vm.evaluate() cuts what a guest throws", async () => {
  const vm = await open();
  const code = `const long = "x".repeat(1e6);
    const error = new Error(long); error.name = long; error.stack = long;
    throw error`;
  await rejects(vm.evaluate(code, "test.js"), ({ error }: GuestThrew) => {
    const cut = `${"x".repeat(ERROR_LENGTH_MAX)}…`;
    deepStrictEqual(error, { name: cut, message: cut, stack: cut });
    return true;
  });
});

// deno-fmt-ignore
const TRAPS: [name: string, code: string][] = [
  ["deep JSON", "JSON.parse('['.repeat(1e5))"],
  ["a deep source", "eval('('.repeat(1e5))"],
  ["a deep array", "let a = [1]; for (let i = 0; i < 3e4; i++) a = [a]; a.flat(Infinity)"],
];

for (const [name, code] of TRAPS) {
  Deno.test(`Vm.evaluate() throws GuestThrew without host frames for ${name}`, async () => {
    const vm = await open();
    await rejects(vm.evaluate(code, "test.js"), ({ error }: GuestThrew) => {
      strictEqual(error.name, "RangeError");
      strictEqual(error.message, "Maximum call stack size exceeded");
      ok(!/wasm:|file:/.test(error.stack), error.stack);
      return true;
    });
  });
}

Deno.test("Vm throws name and message of a host's error in the guest, and nothing else", async () => {
  const vm = await open({
    call: () => {
      throw new RangeError("Too far");
    },
  });
  const code = `try { host(1) } catch (error) {
    [error.name, error.message, error.stack, error instanceof Error].join()
  }`;
  const seen = String(await evaluate(vm, code));
  ok(seen.startsWith("RangeError,Too far,"), seen);
  ok(seen.endsWith(",true"), seen);
  ok(!/file:|\.ts/.test(seen), seen);
});

Deno.test("Vm throws in the guest what a host's promise was rejected with", async () => {
  const vm = await open({ call: () => Promise.reject(new TypeError("Late")) });
  const code = "try { host(1) } catch (error) { `${error}` }";
  strictEqual(await evaluate(vm, code), "TypeError: Late");
});

Deno.test("Vm suspends the guest while a host's promise is pending", async () => {
  const { promise, resolve } = Promise.withResolvers<HostValue>();
  const vm = await open({ call: (op) => op === 1 ? promise : "at once" });
  const result = evaluate(vm, "host(2) + ', ' + host(1)");
  resolve("later");
  strictEqual(await result, "at once, later");
});

Deno.test("Vm lets no guest catch GuestStopped, and runs its finally no more", async () => {
  const calls: number[] = [];
  const vm = await open({
    call(op): never {
      calls.push(op);
      throw new GuestStopped();
    },
  });
  const code = "try { host(1) } catch { host(2) } finally { host(3) }";
  await rejects(vm.evaluate(code, "test.js"), GuestStopped);
  deepStrictEqual(calls, [1]);
});

Deno.test("Vm asks whether the guest may go on every STEPS_PER_INTERRUPT steps", async () => {
  let count = 0;
  const vm = await open({ interrupt: () => (count++, false) });
  await vm.evaluate("for (let n = 0; n < 90_000; n++);", "test.js");
  // A turn of a loop is one step or two, and the first question comes at once.
  const expected = 90_000 / STEPS_PER_INTERRUPT;
  ok(count >= expected && count <= 2 * expected + 1, `${count} questions`);
});

Deno.test("Vm lets no guest catch an interrupt", async () => {
  let polls = 0;
  const vm = await open({ interrupt: () => ++polls > 3 });
  const code = "for (;;) { try { for (;;); } catch {} finally { continue; } }";
  await rejects(vm.evaluate(code, "test.js"), GuestThrew);
  strictEqual(polls >= 4, true);
});

Deno.test("Vm.call() runs every promise reaction that follows", async () => {
  const seen: HostValue[] = [];
  const vm = await open({ call: (_op, [arg]) => void seen.push(arg) });
  const code = "(async (n) => { await 0; await 0; host(0, n); })";
  const fn = await vm.evaluate(code, "test.js");
  vm.free(await vm.call(fn, vm.lower(7)));
  deepStrictEqual(seen, [7]);
  strictEqual(vm.isJobPending, false);
});

Deno.test("Vm.unhandledRejection() tells the oldest, and none that was handled late", async () => {
  const vm = await open();
  const run = async (code: string) => {
    vm.free(await vm.call(await vm.evaluate(code, "test.js")));
    return (await vm.unhandledRejection())?.message;
  };
  const handled = "() => { const p = Promise.reject(1); p.catch(() => {}); }";
  strictEqual(await run(handled), undefined);
  const late =
    "async () => { const p = Promise.reject(1); await 0; p.catch(() => {}); }";
  strictEqual(await run(late), undefined);
  // The first promise is garbage at once: its address must not be taken for
  // that of the second, which is handled.
  strictEqual(
    await run(
      "() => { Promise.reject('first'); Promise.reject(2).catch(() => {}); Promise.reject(3); }",
    ),
    "first",
  );
  vm.forget();
  strictEqual(await vm.unhandledRejection(), undefined);
});

Deno.test("Vm.evaluateBytecode() runs what Vm.compile() made in another instance", async () => {
  const bytecode = await (await open()).compile(
    "let a = 6; a * 7",
    "a.js",
    "kept",
  );
  const vm = await open();
  strictEqual(vm.lift(await vm.evaluateBytecode(bytecode)), 42);
});

Deno.test("Vm.compile() throws GuestThrew for what is no script", async () => {
  const vm = await open();
  await rejects(
    vm.compile("let let", "a.js", "kept"),
    ({ error }: GuestThrew) => error.name === "SyntaxError",
  );
});

Deno.test("Vm keeps its guest in UTC, and its clock on the host's", async () => {
  const vm = await open();
  strictEqual(await evaluate(vm, "new Date(0).getTimezoneOffset()"), 0);
  const before = Date.now();
  const now = await evaluate(vm, "Date.now()") as number;
  ok(now >= before - 1 && now <= Date.now() + 1);
});

for (const code of ["import('a')", "import('file:///etc/passwd')"]) {
  Deno.test(`Vm has no modules: ${code} is rejected`, async () => {
    const vm = await open();
    const fn = await vm.evaluate(`() => { ${code}; }`, "test.js");
    vm.free(await vm.call(fn));
    strictEqual((await vm.unhandledRejection())?.name, "ReferenceError");
  });
}
