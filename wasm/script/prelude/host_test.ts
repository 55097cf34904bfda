/**
 * Hostile guests: whatever they replace, `__host` stays out of reach.
 *
 * @module
 */

import {
  deepStrictEqual,
  match,
  notStrictEqual,
  ok,
  strictEqual,
} from "node:assert";

import { LIBRARIES, OPS } from "../ops.ts";
import { PRELUDE } from "../prelude.gen.ts";
import { Guest } from "../testdata/guest.ts";

Deno.test("the prelude leaves no trace of __host and __rusm", async () => {
  using guest = await Guest.create();
  deepStrictEqual(
    guest.evaluate(`["__host", "__rusm"].map((name) => name in globalThis)`),
    [false, false],
  );
});

Deno.test("the prelude adds the intended globals and no others", async () => {
  using guest = await Guest.create();
  const names = guest.evaluate(
    `Object.getOwnPropertyNames(globalThis)`,
  ) as string[];
  const native =
    "Object Function Error EvalError RangeError ReferenceError SyntaxError TypeError URIError " +
    "InternalError AggregateError SuppressedError Iterator Array parseInt parseFloat isNaN isFinite " +
    "queueMicrotask decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape Infinity NaN " +
    "undefined eval Number Boolean String Math Reflect Symbol DisposableStack globalThis BigInt Date RegExp " +
    "JSON Proxy Map Set WeakMap WeakSet ArrayBuffer SharedArrayBuffer Uint8ClampedArray Int8Array Uint8Array " +
    "Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array " +
    "Float64Array DataView Promise AsyncDisposableStack WeakRef FinalizationRegistry DOMException btoa atob " +
    "performance";
  const lazy: string[] = Object.values(LIBRARIES).flat();
  deepStrictEqual(
    names.filter((name) => !native.split(" ").includes(name)).toSorted(),
    [
      ...lazy,
      "Crypto",
      "Navigator",
      "Process",
      "authentication",
      "callTimeout",
      "clearInterval",
      "clearTimeout",
      "connect",
      "crypto",
      "files",
      "kv",
      "navigator",
      "process",
      "pubsub",
      "reportError",
      "setInterval",
      "setTimeout",
      "spawn",
      "sse",
      "supervise",
      "websocket",
    ].toSorted(),
  );
});

/**
 * Replaces every function that a script can reach and replace by one that
 * keeps all it is given, then uses every API. What was kept is called with the
 * number of `fail`: that would reach the host if the host's function were
 * among it.
 */
const SPY = `
  const kept = new Set();
  const { apply, construct, ownKeys, getOwnPropertyDescriptor, defineProperty } = Reflect;
  const add = kept.add.bind(kept);
  const seen = new Set(), has = seen.has.bind(seen), mark = seen.add.bind(seen);
  function spyOn(target) {
    if ((typeof target !== "object" && typeof target !== "function") || target === null || has(target)) return;
    mark(target);
    for (const key of ownKeys(target)) {
      const descriptor = getOwnPropertyDescriptor(target, key);
      if (!descriptor.configurable || key === "constructor") continue;
      for (const part of ["value", "get", "set"]) {
        const original = descriptor[part];
        if (typeof original === "object") spyOn(original);
        if (typeof original !== "function") continue;
        spyOn(original.prototype);
        spyOn(original);
        if (part === "value" && original.prototype !== undefined) continue;
        descriptor[part] = function (...args) {
          add(this);
          for (let index = 0; index < args.length; index++) add(args[index]);
          return apply(original, this, args);
        };
      }
      try { defineProperty(target, key, descriptor) } catch {}
    }
  }
  const kinds = [Object, Function, Error, RangeError, TypeError, Array, Map, Set, Promise, String, RegExp,
    Uint8Array, Object.getPrototypeOf(Uint8Array), ArrayBuffer, JSON, Reflect, Symbol, DOMException, Date,
    Object.getPrototypeOf([][Symbol.iterator]()), Object.getPrototypeOf(new Map().entries()),
    Object.getPrototypeOf(function* () {}.prototype), Object.getPrototypeOf(async function () {}),
    Headers, Request, Response, URL, URLSearchParams, TextEncoder, TextDecoder, AbortSignal,
    AbortController, EventTarget, Event, Crypto, crypto, console, files, kv, kv.bucket(""), Process, Math, BigInt, Number,
    WeakMap, WeakRef, FinalizationRegistry, DataView, Symbol, Iterator];
  for (const kind of kinds) { spyOn(kind.prototype); spyOn(kind) }`;

const USE_ALL = `
  console.log("%s", { a: [1] }, new Error("x"), new Headers({ a: "b" }));
  new URL("/b?c=%41", "http://a.test").searchParams.append("x", "y");
  URL.canParse("nope");
  new TextDecoder("latin1").decode(new TextEncoder().encode("é"));
  try { new TextDecoder("nope") } catch (error) { String(error.stack) }
  Math.random(); crypto.randomUUID(); crypto.getRandomValues(new Uint8Array(2));
  process.env.A; Object.keys(process.env); "A" in process.env;
  structuredClone({ a: new Map([[1, new Date()]]) });
  new TextDecoder("big5").decode(new Uint8Array([0x81]), { stream: true });
  new CustomEvent("x", { detail: 1 }).detail;
  const form = new FormData();
  form.append("a", new Blob(["x"]));
  new Response(form).formData().then((form) => [...form]).catch(() => {});
  new Response(new Response("x").body.pipeThrough(new CompressionStream("gzip"))).bytes().catch(() => {});
  ReadableStream.from([new Uint8Array(1)]).pipeTo(new WritableStream()).catch(() => {});
  (async () => { for await (const chunk of new Blob(["x"]).stream()) chunk; })().catch(() => {});
  const [one, other] = new Response("x").body.tee(); other.cancel(); one.getReader({ mode: "byob" }).read(new Uint8Array(1));
  crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"])
    .then((key) => crypto.subtle.sign("HMAC", key, new Uint8Array(1))).catch(() => {});
  fetch("http://a.test", { method: "POST", body: new Blob(["x"]).stream() })
    .then((response) => response.body.getReader().read()).catch(() => {});
  Process.self(); Process.send(1n, "x"); Process.receiveText(1);
  clearTimeout(setTimeout(() => {}, 1)); setTimeout(() => {}, 1);
  const controller = new AbortController();
  fetch("http://a.test", { method: "POST", body: "x", signal: controller.signal }).catch(() => {});
  controller.abort();
  fetch("http://a.test").then((response) => response.text()).catch(() => {});
  files.read("/a").catch(() => {}); files.write("/b", "x").catch(() => {});
  // The host has nothing for most of them.
  const bucket = kv.bucket("b");
  for (const use of [
    () => Process.args(), () => Process.spawn("x"), () => Process.spawnFrom("x", "y"),
    () => Process.monitor(1n), () => Process.demonitor(1, true), () => Process.link(1n),
    () => Process.unlink(1n), () => Process.trapExit(true), () => Process.list(),
    () => Process.info(1n), () => Process.isAlive(1n), () => Process.kill(1n),
    () => Process.register("x"), () => Process.unregister("x"), () => Process.whereis("x"),
    () => Process.setLabel("x"), () => Process.sendAfter(1n, 1, "x"), () => Process.cancelTimer(1),
    () => Process.registerTag("x"), () => Process.unregisterTag("x"),
    () => Process.whereisTag("x"), () => Process.killTag("x"),
    () => Process.supervise("one-for-one", ["x"]), () => Process.exit("x"),
    () => Process.connection(), () => Process.sendText("x"), () => Process.sendBytes(new Uint8Array(1)),
    () => Process.wsClose(), () => Process.sseSend("x", "y", "z", 1),
    () => bucket.get("k"), () => bucket.set("k", "v", { ttlMs: 1 }), () => bucket.delete("k"),
    () => bucket.exists("k"), () => bucket.list({ prefix: "p", after: "a", limit: 1 }),
    () => bucket.compareAndSet("k", null, "v"),
    () => kv.batch([{ op: "set", bucket: "b", key: "k", value: "v" }, { op: "delete", bucket: "b", key: "k" }]),
    () => { const stream = Process.acceptStream(); stream.write("x"); stream.read(); stream.close(); },
    () => { for (const _ of [Process.acceptStream()].map((s) => [s.readAsync(), s.writeAsync("x")])); },
    () => Process.openStream(1n)[Symbol.asyncIterator]().next(),
  ]) try { use() } catch {}`;

/** How many of the functions that a spying guest was handed reach the host. */
async function stolenBySpies(prelude?: string): Promise<number> {
  using guest = await Guest.create(
    `${SPY}
    exports.default = async (request) => {
      ${USE_ALL}
      await request.text();
      globalThis.kept = kept;
      return new Response("x", { headers: { a: "b" } });
    }`,
    {
      prelude,
      env: { A: "1" },
      files: new Map(),
      messages: [new Uint8Array([97])],
      fetch: () => ({ head: {} }),
    },
  );
  guest.handle({ method: "POST" }, new Uint8Array([97]));
  await guest.settle();
  deepStrictEqual([guest.failures.length, guest.replies.length], [0, 1]);
  const functionsCount = guest.evaluate(`
    const functions = [...kept].filter((value) => typeof value === "function");
    for (const each of functions) try { each(${OPS.fail}, "Stolen", "", "") } catch {}
    functions.length`);
  ok(Number(functionsCount) > 10, "the spies saw nothing");
  return stolenCount(guest);
}

function stolenCount(guest: Guest): number {
  return guest.failures.filter(([name]) => name === "Stolen").length;
}

Deno.test("no replaced function is ever handed the host", async () => {
  strictEqual(await stolenBySpies(), 0);
});

Deno.test("a host that was called through a method would be found by the spies", async () => {
  const careless = PRELUDE.replace(
    /try\{return (\w+)\(/,
    "try{return $1.call(void 0,",
  );
  notStrictEqual(careless, PRELUDE);
  ok(await stolenBySpies(careless) > 0);
});

// deno-fmt-ignore
const ATTACKS: [what: string, code: string][] = [
  ["a replaced Function.prototype.call",  `Function.prototype.call = function (...args) { keep(this, ...args) }`],
  ["a replaced Function.prototype.apply", `Function.prototype.apply = function (...args) { keep(this, ...args) }`],
  ["a replaced Array.prototype.push",     `Array.prototype.push = function (...args) { keep(this, ...args) }`],
  ["a replaced Promise.prototype.then",   `Promise.prototype.then = function (...args) { keep(this, ...args) }`],
  ["a replaced Array iterator",           `Array.prototype[Symbol.iterator] = function* () { keep(this) }`],
  ["a replaced JSON",                     `JSON.parse = JSON.stringify = (...args) => { keep(...args) }`],
  ["a setter on Object.prototype",        `for (const key of ["value", "get", "set", "host", "0", "1"])
    Object.defineProperty(Object.prototype, key, { set(value) { keep(this, value) }, configurable: true })`],
  ["a stack formatter",                   `Error.prepareStackTrace = (_, sites) => keep(...sites.map((site) => site.getFunction()))`],
  ["a stack formatter put back",          `Object.defineProperty(Error, "prepareStackTrace", { get: () => (_, sites) => keep(...sites.map((site) => site.getFunction())) })`],
  ["a walk up the callers",               `Object.defineProperty(Object.prototype, "toJSON", { get() { let each = arguments.callee; for (let n = 0; n < 20 && each; n++) { keep(each); each = each.caller } } })`],
  ["a replaced Reflect",                  `Reflect.apply = Reflect.construct = (...args) => keep(...args)`],
  ["a replaced Symbol.asyncIterator",     `Object.defineProperty(Object.prototype, Symbol.asyncIterator, { get() { keep(this) }, configurable: true })`],
  ["a replaced Object.defineProperty",    `Object.defineProperty = Object.defineProperties = Object.assign = (...args) => (keep(...args), args[0])`],
  ["a replaced Object.create",            `Object.create = Object.entries = Object.keys = (...args) => (keep(...args), [])`],
  ["a replaced FinalizationRegistry",     `FinalizationRegistry = class { constructor(...args) { keep(...args) } register(...args) { keep(...args) } }; FinalizationRegistry.prototype.register = (...args) => keep(...args)`],
  ["a replaced Promise",                  `Promise = class extends Promise { constructor(run) { keep(run); super(run) } then(...args) { keep(...args); return super.then(...args) } }`],
  ["a replaced WeakMap and Proxy",        `WeakMap = Map = Proxy = class { constructor(...args) { keep(...args) } }`],
];

/** How often a guest reaches the host after an attack. */
async function stolenBy(attack: string, prelude?: string): Promise<number> {
  using guest = await Guest.create("", { prelude, env: { A: "1" } });
  guest.evaluate(`
    const kept = new Set();
    const { add, forEach } = kept;
    const { apply } = Reflect;
    function keep() {
      for (let index = 0; index < arguments.length; index++) apply(add, kept, [arguments[index]]);
    }
    try { ${attack} } catch {}
    for (const use of [
      () => new URL("nope"),
      () => new URL("http://a.test").searchParams.append("a", "b"),
      () => new TextDecoder("nope"),
      () => console.log({ toJSON: 1 }, [1]),
      () => process.env.A,
      () => Object.keys(process.env),
      () => Math.random(),
      () => crypto.randomUUID(),
      () => setTimeout(() => {}, 1),
      () => fetch("http://a.test"),
      () => Process.self(),
      () => Process.send(1n, "a"),
      () => files.read("/a"),
      () => new TextEncoder().encode("a"),
      () => new Headers({ toString() { return String(new Error("x").stack) } }),
      () => new Response("x").text(),
      () => new Response("x").body.getReader().read(),
      () => new Blob(["x"]).stream().pipeThrough(new CompressionStream("gzip")),
      () => new FormData().append("a", "b"),
      () => crypto.subtle.digest("SHA-256", new Uint8Array(1)),
      () => new CustomEvent("x"),
      () => structuredClone([1]),
      () => new TextDecoder("big5").decode(new Uint8Array(1), { stream: true }),
    ]) try { use() } catch (error) { try { String(error.stack) } catch {} }
    apply(forEach, kept, [(value) => {
      if (typeof value !== "function") return;
      try { value(${OPS.fail}, "Stolen", "", "") } catch {}
    }]);`);
  await guest.settle();
  return stolenCount(guest);
}

for (const [what, attack] of ATTACKS) {
  Deno.test(`the host is out of reach of ${what}`, async () => {
    strictEqual(await stolenBy(attack), 0);
  });
}

Deno.test("a stack formatter would find the host if it were not taken away", async () => {
  const careless = PRELUDE.replace("delete Error.prepareStackTrace", "0");
  notStrictEqual(careless, PRELUDE);
  const attack = ATTACKS.find(([what]) => what === "a stack formatter")?.[1] ??
    "";
  ok(await stolenBy(attack, careless) > 0);
});

Deno.test("an error of the host has its name, its message and no frame but the guest's", async () => {
  using guest = await Guest.create();
  const [name, message, stack, isTypeError] = guest.evaluate(`
    function caller() { return new URL("nope") }
    try { caller() } catch (error) { [error.name, error.message, error.stack, error instanceof TypeError] }
  `) as [string, string, string, boolean];
  deepStrictEqual([name, message, isTypeError], [
    "TypeError",
    "Invalid URL: 'nope'",
    true,
  ]);
  match(
    stack,
    /^ {4}at caller \(guest\.js:\d+:\d+\)\n {4}at <eval> \(guest\.js:\d+:\d+\)\n$/,
  );
});

Deno.test("an unknown label is a RangeError of the guest", async () => {
  using guest = await Guest.create();
  strictEqual(
    guest.evaluate(
      `try { new TextDecoder("nope") } catch (error) { error instanceof RangeError }`,
    ),
    true,
  );
});

Deno.test("an error deep in the prelude still has the guest's frames", async () => {
  using guest = await Guest.create();
  guest.evaluate(`function caller() { structuredClone([[[[[() => {}]]]]]) }
    try { caller() } catch (error) { console.log(error) }`);
  match(guest.logs[0]?.[1] ?? "", /function\n {4}at caller \(guest\.js/);
});
