import { deepStrictEqual, ok, strictEqual } from "node:assert";
import type { Crash } from "@rusm/otp";

import { ERROR_LENGTH_MAX } from "../limits.ts";
import type { GuestReply } from "../message.ts";
import { LocalComponent } from "../testdata/local.ts";

async function crashOf(bundle: string): Promise<Crash> {
  const reason = await (await LocalComponent.bake(bundle)).run() as Crash;
  strictEqual(reason.type, "crashed");
  return reason;
}

async function answerOf(handler: string): Promise<GuestReply | Crash> {
  const component = await LocalComponent.bake(`exports.default = ${handler}`);
  return await component.ask() as GuestReply | Crash;
}

Deno.test("ScriptProcess crashes with name, message and stack of what is thrown", async () => {
  const { name, message, stack } = await crashOf(`
    function inner() { throw new TypeError("no good"); }
    exports.default = function outer() { inner(); };`);
  deepStrictEqual([name, message], ["TypeError", "no good"]);
  const frames = stack!.trim().split("\n").map((line) => line.trim());
  deepStrictEqual(frames.map((frame) => frame.replace(/:\d+\)$/, ")")), [
    "at inner (guest.js:2)",
    "at outer (guest.js:3)",
  ]);
});

Deno.test("ScriptProcess keeps the lines of the bundle in its stacks", async () => {
  const { stack } = await crashOf(
    `exports.default = () => {\n\n\n\n  throw new Error("x");\n};`,
  );
  ok(/guest\.js:5:/.test(stack!), stack);
});

// deno-fmt-ignore
const CRASHES: [name: string, code: string, crash: Partial<Crash>][] = [
  ["a rejection that nobody handles", "() => { Promise.reject(new RangeError('far')); }", { name: "RangeError", message: "far" }],
  ["a rejection that nobody handles, of which nothing can be read", "() => { Promise.reject({ get name() { for (;;); } }); }", { name: "Error", message: "" }],
  ["a rejection in a later job", "async () => { await 0; Promise.reject(new RangeError('far')); await 0; }", { name: "RangeError", message: "far" }],
  ["an async function that throws", "async () => { await 0; throw new SyntaxError('odd'); }", { name: "SyntaxError", message: "odd" }],
  ["a timer's callback that throws", "() => new Promise(() => { setTimeout(() => { throw new EvalError('t'); }, 0); })", { name: "EvalError", message: "t" }],
  ["an error of the guest's own class", "() => { class Mine extends Error { name = 'Mine'; } throw new Mine('m'); }", { name: "Mine", message: "m" }],
  ["text", "() => { throw 'no'; }", { name: "Error", message: 'Thrown value is no Error: "no"' }],
  ["nothing", "() => { throw undefined; }", { name: "Error", message: "Thrown value is no Error: undefined" }],
  ["a proxy that throws all the time", "() => { const handler = new Proxy({}, { get() { throw 1; } }); throw new Proxy(new Error('x'), handler); }", { name: "Error", message: "Thrown value cannot be described" }],
  ["getters that throw", "() => { throw Object.defineProperty(new Error(), 'message', { get() { throw 2; } }); }", { name: "Error", message: "Thrown value cannot be described" }],
  ["a promise that nothing settles", "() => new Promise(() => {})", { name: "Error", message: "Cannot go on: the function awaits what nothing will settle" }],
  ["a thenable that never answers", "() => ({ then() {} })", { name: "Error", message: "Cannot go on: the function awaits what nothing will settle" }],
  ["a promise that nothing settles, after a timer", "async () => { await new Promise((r) => setTimeout(r, 0)); await new Promise(() => {}); }", { name: "Error", message: "Cannot go on: the function awaits what nothing will settle" }],
];

for (const [name, code, { name: class_, message }] of CRASHES) {
  Deno.test(`ScriptProcess crashes from ${name}`, async () => {
    const crash = await crashOf(`exports.default = ${code}`);
    deepStrictEqual([crash.name, crash.message], [class_, message]);
    ok(!/rusm:prelude|file:|wasm:/.test(crash.stack ?? ""), crash.stack);
  });
}

Deno.test("ScriptProcess ends normally when a rejection is handled late in its turn", async () => {
  const component = await LocalComponent.bake(`exports.default = async () => {
    const rejected = Promise.reject(new Error("late"));
    await 0;
    await 0;
    rejected.catch(() => {});
  }`);
  strictEqual(await component.run(), "normal");
});

Deno.test("ScriptProcess cuts the texts of a crash", async () => {
  const { name, message, stack } = await crashOf(`exports.default = () => {
    const error = new Error("m".repeat(1e6));
    error.name = "n".repeat(1e6);
    error.stack = "s".repeat(1e6);
    throw error;
  }`);
  for (const text of [name, message, stack!]) {
    strictEqual(text.length, ERROR_LENGTH_MAX + 1);
  }
});

Deno.test("ScriptProcess ends normally when its function returns, whatever it returns", async () => {
  for (const value of ["undefined", "5", "{}", "Promise.resolve(7)"]) {
    const bundle = `exports.default = () => (${value})`;
    strictEqual(await (await LocalComponent.bake(bundle)).run(), "normal");
  }
});

Deno.test("ScriptProcess replies with head and body, and ends normally", async () => {
  const reply = await answerOf(
    "() => new Response('hé', { status: 201, headers: { 'x-a': 'b' } })",
  ) as GuestReply;
  strictEqual(new TextDecoder().decode(reply.body!), "hé");
  const { status, headers } = JSON.parse(reply.head);
  strictEqual(status, 201);
  ok(
    headers.some(([name, value]: string[]) => name === "x-a" && value === "b"),
  );
});

Deno.test("ScriptProcess gives the guest the body of a request", async () => {
  const component = await LocalComponent.bake(
    "exports.default = async (request) => new Response(await request.bytes())",
  );
  const body = crypto.getRandomValues(new Uint8Array(50_000));
  const reply = await component.ask(body) as GuestReply;
  deepStrictEqual(reply.body, body);
});

// deno-fmt-ignore
const NO_REPLIES: [answer: string, handler: string, message: RegExp][] = [
  ["nothing", "() => {}", /no Response: got undefined$/],
  ["a number", "() => 5", /no Response: got 5$/],
  ["text", "async () => 'hi'", /no Response: got "hi"$/],
  ["an object that only looks like one", "() => ({ __proto__: Response.prototype, status: 200 })", /no Response/],
  ["an object with all that one has", "() => ({ status: 200, headers: new Headers(), body: null, constructor: Response, [Symbol.toStringTag]: 'Response' })", /no Response/],
  ["a proxy of one", "() => new Proxy(new Response('x'), {})", /no Response/],
  ["a lot of text", "() => 'x'.repeat(1e6)", /no Response: got "x+$/],
];

for (const [answer, handler, message] of NO_REPLIES) {
  Deno.test(`ScriptProcess crashes with a TypeError when the handler answers ${answer}`, async () => {
    const crash = await answerOf(handler) as Crash;
    strictEqual(crash.name, "TypeError");
    ok(message.test(crash.message), crash.message);
    ok(crash.message.length < 400, `${crash.message.length}`);
  });
}

Deno.test("ScriptProcess crashes when the component exports no function", async () => {
  const component = await LocalComponent.bake("exports.other = 1");
  const run = await component.run() as Crash;
  const asked = await component.ask() as Crash;
  strictEqual(
    run.message,
    "Cannot run the component: export a function, or one as default",
  );
  ok(asked.message.startsWith("Cannot find a handler"), asked.message);
});

Deno.test("ScriptProcess does no more once it has replied", async () => {
  const component = await LocalComponent.bake(`exports.default = () => {
    setTimeout(() => console.log("timer"), 0);
    const spin = async () => { for (;;) await 0; };
    setTimeout(spin, 0);
    spin();
    return new Response("done");
  }`);
  const reply = await component.ask() as GuestReply;
  strictEqual(new TextDecoder().decode(reply.body!), "done");
  deepStrictEqual(component.lines, []);
});

// deno-fmt-ignore
const ENDS: [name: string, code: string, reason: string][] = [
  ["has replied", "() => { const wait = async () => { for (let i = 0; i < 20; i++) await 0; Process.receive(); }; wait(); return new Response('x'); }", "reply"],
  ["has returned", "() => { const wait = async () => { for (let i = 0; i < 20; i++) await 0; Process.receive(); }; wait(); }", "normal"],
  ["has crashed", "() => { const wait = async () => { for (let i = 0; i < 20; i++) await 0; Process.receive(); }; wait(); throw new Error('x'); }", "crashed"],
];

for (const [name, code, expected] of ENDS) {
  Deno.test(`ScriptProcess that ${name} cannot wait for messages`, async () => {
    const component = await LocalComponent.bake(`exports.default = ${code}`);
    const end = expected === "reply"
      ? await component.ask()
      : await component.run();
    strictEqual(typeof end === "string" ? end : end.type, expected);
  });
}

Deno.test("ScriptProcess counts the first of reply, done and fail", async () => {
  const component = await LocalComponent.bake(`exports.default = () => {
    setTimeout(() => { throw new Error("too late"); }, 0);
    Promise.reject(new Error("as well")).catch(() => {});
    return new Response("first");
  }`);
  strictEqual((await component.ask() as GuestReply).type, "reply");
});
