import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import fc from "fast-check";

import { PAGE_BYTES } from "../instrument/memory_cap.ts";
import { STACK_ROOM_BYTES } from "../limits.ts";
import { LocalComponent, NOBODY, ROOMY } from "../testdata/local.ts";
import {
  bake,
  type Image,
  isRestorable,
  restore,
  restoreNew,
  type Span,
  zerosOf,
} from "./image.ts";
import { LIBRARIES } from "./ops.ts";
import { GuestThrew } from "./guest_error.ts";
import { Vm } from "./vm.ts";
import { VmPool } from "./vm_pool.ts";

/** All that a guest finds besides the language's own syntax. */
const GLOBALS =
  `AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array
  BigUint64Array Boolean Crypto DOMException DataView Date DisposableStack Error EvalError
  FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array
  Int8Array InternalError Iterator JSON Map Math NaN Navigator Number Object Process Promise Proxy RangeError
  ReferenceError Reflect RegExp Set SharedArrayBuffer String SuppressedError Symbol
  SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array
  Uint8ClampedArray WeakMap WeakRef WeakSet atob authentication btoa callTimeout clearInterval clearTimeout connect
  crypto decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval files globalThis isFinite
  isNaN kv navigator parseFloat parseInt performance process pubsub queueMicrotask reportError setInterval
  setTimeout spawn sse supervise undefined unescape websocket`.split(/\s+/);

/** What `code` gives in a process, as text. */
async function inGuest(code: string): Promise<string> {
  const component = await LocalComponent.bake(
    `exports.default = () => console.log(String(${code}))`,
  );
  strictEqual(await component.run(), "normal");
  return component.lines[0]!;
}

Deno.test("bake() gives a guest these globals and no others", async () => {
  const names = await inGuest(
    "Reflect.ownKeys(globalThis).filter((k) => typeof k === 'string')",
  );
  const lazy = Object.values(LIBRARIES).flat();
  deepStrictEqual(
    names.split(",").toSorted(),
    [...GLOBALS, ...lazy].toSorted(),
  );
});

for (
  const name of [
    "Deno",
    "WebAssembly",
    "Worker",
    "Atomics",
    "__host",
    "__rusm",
    "std",
    "os",
    "self",
    "window",
    "global",
  ]
) {
  Deno.test(`bake() gives a guest no ${name}`, async () => {
    const code =
      `[typeof ${name}, "${name}" in globalThis, typeof Function("return this")().${name}]`;
    strictEqual(await inGuest(code), "undefined,false,undefined");
  });
}

for (const specifier of ["node:fs", "fs", "npm:ws", "./a.js"]) {
  Deno.test(`bake() gives a component no module ${specifier}`, async () => {
    const code =
      `(() => { try { require("${specifier}"); } catch (error) { return error; } })()`;
    strictEqual(
      await inGuest(code),
      `TypeError: Cannot import "${specifier}": a component has no Node APIs`,
    );
  });
}

Deno.test("bake() gives processes an environment that is empty, and only that of a process", async () => {
  strictEqual(
    await inGuest(
      "[Object.keys(process), Object.keys(process.env), process.env.PATH]",
    ),
    "env,,",
  );
});

// deno-fmt-ignore
const LOADS: [name: string, bundle: string, error: RegExp][] = [
  ["does not parse", "let let", /^SyntaxError: /],
  ["throws", "throw new RangeError('far')", /^RangeError: far$/],
  ["throws text", "throw 'no'", /^thrown: no$/],
  ["rejects", "Promise.reject(new TypeError('later'))", /^TypeError: later$/],
  ["rejects in a job", "(async () => { await 0; throw new TypeError('later') })()", /^TypeError: later$/],
  ["imports", "import 'node:fs'", /^SyntaxError: /],
  ["requires", "require('node:fs')", /^TypeError: Cannot import "node:fs"/],
  ["asks for time", "setTimeout(() => {}, 1)", /^TypeError: Cannot do this while a component loads, only in its functions: timerStart in guest$/],
  ["asks for network", "fetch('http://a.test/')", /^TypeError: Cannot do this while a component loads, only in its functions: fetchStart in guest$/],
  ["asks for its pid", "Process.self()", /^TypeError: Cannot do this while a component loads, only in its functions: self in guest$/],
  ["waits", "Process.receive()", /^TypeError: Cannot do this while a component loads, only in its functions: receive in guest$/],
  ["recurses", "(function f() { f() })()", /^RangeError: Maximum call stack size exceeded$/],
  ["nests", "eval('['.repeat(1e5))", /^RangeError: Maximum call stack size exceeded$/],
  ["hoards", "const a = []; for (;;) a.push(new ArrayBuffer(1e5))", /^InternalError: out of memory$/],
  ["has a getter that throws as its export", "Object.defineProperty(exports, 'default', { get() { throw new RangeError('x') } })", /^RangeError: x$/],
];

for (const [name, bundle, error] of LOADS) {
  Deno.test(`bake() refuses a component that ${name}`, async () => {
    await rejects(LocalComponent.bake(bundle), (thrown: GuestThrew) => {
      ok(thrown instanceof GuestThrew, String(thrown));
      ok(error.test(thrown.message), thrown.message);
      ok(!/file:|wasm:/.test(thrown.error.stack), thrown.error.stack);
      return true;
    });
  });
}

Deno.test("bake() hands on what the component logs", async () => {
  const component = await LocalComponent.bake(
    "console.error('one'); console.log('two');",
  );
  deepStrictEqual(component.logs, [[0, "one"], [2, "two"]]);
});

Deno.test("bake() runs the jobs that the component started", async () => {
  const component = await LocalComponent.bake(
    "let n = 0; Promise.resolve().then(() => n++).then(() => n++); exports.default = () => console.log(n);",
  );
  await component.run();
  deepStrictEqual(component.lines, ["2"]);
});

Deno.test("bake() makes parts in shared memory that do not touch and hold all that is not zero", async () => {
  const { parts, pages } = (await LocalComponent.bake("exports.a = 1")).image;
  let end = -1;
  for (const { at, bytes } of parts) {
    ok(at > end && bytes.buffer instanceof SharedArrayBuffer);
    end = at + bytes.length;
  }
  ok(end <= pages * PAGE_BYTES);
});

Deno.test("bake() is the same each time, for the same component", async () => {
  const bundle = "exports.default = () => new Response('x')";
  const images = [
    await bake("guest", bundle, ROOMY, () => {}),
    await bake("guest", bundle, ROOMY, () => {}),
  ];
  const [one, other] = images.map(({ entry, pages, stackPointer }) => ({
    ...{ entry, pages, stackPointer },
  }));
  deepStrictEqual(one, other);
});

Deno.test("restore() undoes everything but growth, which isRestorable() tells", async () => {
  const { image } = await LocalComponent.bake("exports.default = () => {}");
  const vm = new Vm(image.module, NOBODY);
  restore(vm, image);
  strictEqual(isRestorable(vm, image), true);
  const memory = new Uint8Array(vm.memory.buffer);
  const before = memory.slice();
  // Nothing of QuickJS points to what is between: see the tests of `VmPool`.
  memory.fill(0xaa, 0, STACK_ROOM_BYTES);
  memory.fill(0xaa, image.initial[0]![0]);
  vm.stackPointer = 16;
  restore(vm, image);
  ok(memory.every((byte, at) => byte === before[at]));
  strictEqual(vm.stackPointer, image.stackPointer);
  vm.memory.grow(1);
  strictEqual(isRestorable(vm, image), false);
});

Deno.test("restore() zeroes what lies between the parts, before them and behind", async () => {
  const { image } = await LocalComponent.bake("");
  const vm = new Vm(image.module, NOBODY);
  const bytes = new Uint8Array(16).fill(7);
  const memory = () => new Uint8Array(vm.memory.buffer);
  const [[dataAt]] = image.initial as [Span];
  const parts = [256, STACK_ROOM_BYTES - 16, dataAt, dataAt + 4096]
    .map((at) => ({ at, bytes }));
  restore(vm, image);
  memory().fill(0xaa, 0, STACK_ROOM_BYTES);
  memory().fill(0xaa, dataAt);
  const zeros = zerosOf(parts, memory().length, dataAt);
  restore(vm, { ...image, parts, zeros });
  const places = [...memory().entries()].filter(([, byte]) => byte !== 0);
  deepStrictEqual(
    places,
    parts.flatMap(({ at }) =>
      [...bytes].map((byte, index) => [at + index, byte])
    ),
  );
});

Deno.test("restoreNew() makes of a new instance what restore() makes of any", async () => {
  const { image } = await LocalComponent.bake("exports.default = () => {}");
  const [one, other] = [0, 1].map(() => new Vm(image.module, NOBODY));
  restore(one!, image);
  restoreNew(other!, image);
  const [, expected] = [one!, other!].map((vm) => memoryOf(vm));
  ok(memoryOf(one!).every((byte, at) => byte === expected![at]));
  strictEqual(other!.stackPointer, image.stackPointer);
});

Deno.test("restoreNew() zeroes what a new instance has and the image has not", async () => {
  const { image } = await LocalComponent.bake("");
  const vm = new Vm(image.module, NOBODY);
  ok(memoryOf(vm).some((byte) => byte !== 0));
  restoreNew(vm, { ...image, parts: [] });
  ok(memoryOf(vm).every((byte) => byte === 0));
});

function memoryOf({ memory }: Vm): Uint8Array {
  return new Uint8Array(memory.buffer);
}

Deno.test("bake() leaves nothing in the image of what was freed", async () => {
  const freed = "exports.n = ['ab', 'cd'].join('').repeat(9_000).length";
  const { image } = await LocalComponent.bake(freed);
  const held = await LocalComponent.bake(
    `${freed}; kept = ${freed.slice(12, -7)}`,
  );
  strictEqual(hasText(image, TRACE), false);
  strictEqual(hasText(held.image, TRACE), true);
});

// What is shorter can be left at the end of a piece.
const TRACE = "abcd".repeat(16);

function hasText({ parts }: Image, text: string): boolean {
  const latin1 = new TextDecoder("latin1");
  return parts.some(({ bytes }) =>
    latin1.decode(new Uint8Array(bytes)).includes(text)
  );
}

Deno.test("bake() holds the source of a component's function once", async () => {
  const body = `/*${"x".repeat(50_000)}*/`;
  const sizes = await Promise.all(["", body].map(async (text) => {
    const { image } = await LocalComponent.bake(
      `exports.default = () => { ${text} }`,
    );
    return image.parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }));
  ok(sizes[1]! - sizes[0]! < 2 * body.length, `${sizes}`);
});

/** Tokens that make parsers work, right and wrong. */
const TOKENS = [
  ...["{", "}", "(", ")", "[", "]", "`", "${", "'", '"', "/", "*", "\\", "\n"],
  ...["=>", "...", "?.", "#", "@", "<!--", "-->", ";", ",", ":", "=", "+", "-"],
  ...[
    "let ",
    "class ",
    "function",
    "async ",
    "await ",
    "yield ",
    "import",
    "export ",
  ],
  ...[
    "exports.default",
    "module",
    "0x",
    "1e999",
    "9n",
    "\\u{110000}",
    "a",
    "b",
  ],
  ...[
    "\0",
    "\ufeff",
    "\u2028",
    "\ud800",
    "é",
    "𝒳",
    "/(?<a>.)/v",
    "with(a)",
    "eval(",
  ],
];

const source = fc.oneof(
  fc.array(fc.constantFrom(...TOKENS), { maxLength: 40 }).map((list) =>
    list.join("")
  ),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "binary-ascii", maxLength: 200 }),
);

Deno.test("bake() of any text gives an image or GuestThrew", async () => {
  await fc.assert(
    fc.asyncProperty(source, async (bundle) => {
      try {
        await LocalComponent.bake(bundle);
      } catch (thrown) {
        ok(thrown instanceof GuestThrew, String(thrown));
      }
    }),
    { numRuns: 150 },
  );
});

// deno-fmt-ignore
const HUGE: [name: string, bundle: string][] = [
  ["text", `exports.a = "${"x".repeat(1e6)}"`],
  ["number", `exports.a = ${"9".repeat(1e5)}`],
  ["big integer", `exports.a = ${"9".repeat(1e4)}n`],
  ["array", `exports.a = [${"1,".repeat(1e4)}]`],
  ["pattern", `exports.a = /${"a?".repeat(1e4)}/`],
  ["name", `var ${"n".repeat(1e5)} = 1`],
  ["comment", `/*${"*".repeat(1e6)}*/`],
  ["line of operators", `exports.a = ${"1+".repeat(1e4)}1`],
  ["source", `exports.a = 1;\n`.repeat(1e4)],
];

for (const [name, bundle] of HUGE) {
  Deno.test(`bake() takes or refuses a huge ${name}`, async () => {
    try {
      const { image } = await LocalComponent.bake(bundle);
      ok(new VmPool(image).take(NOBODY));
    } catch (thrown) {
      ok(thrown instanceof GuestThrew, String(thrown));
    }
  });
}

// deno-fmt-ignore
const NAMES = ["", "a b", "ä/..", "rusm:prelude", "x\0y", "n".repeat(1e4)];

for (const name of NAMES) {
  Deno.test(`bake() takes the name ${JSON.stringify(name.slice(0, 20))}`, async () => {
    const component = await LocalComponent.bake(
      "exports.default = () => { throw new Error('x'); }",
      ROOMY,
      name,
    );
    const reason = await component.run();
    strictEqual(typeof reason === "string" ? reason : reason.type, "crashed");
  });
}
