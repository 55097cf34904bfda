import { deepStrictEqual, match, strictEqual } from "node:assert";

import {
  Guest,
  type GuestOptions,
  type PartialHead,
} from "../testdata/guest.ts";

const decoder = new TextDecoder();

/** A body as text: the guest may leave its encoding to the host. */
function textOf(
  body: Uint8Array | string | null | undefined,
): string | null | undefined {
  return body instanceof Uint8Array ? decoder.decode(body) : body;
}

/** Answers one request with a component; gives the reply, as text, or the failure. */
async function answer(
  component: string,
  head?: PartialHead,
  body?: Uint8Array,
  options?: GuestOptions,
) {
  using guest = await Guest.create(component, options);
  guest.handle(head, body);
  guest.drain();
  const [reply] = guest.replies;
  const [failure] = guest.failures;
  strictEqual(guest.replies.length + guest.failures.length, 1);
  return {
    head: reply?.[0],
    text: textOf(reply?.[1]),
    failure: failure &&
      { name: failure[0], message: failure[1], stack: failure[2] },
  };
}

// deno-fmt-ignore
const HANDLERS: [what: string, component: string][] = [
  ["a default function",             `exports.default = () => new Response("hi")`],
  ["an async default function",      `exports.default = async () => { await null; return new Response("hi") }`],
  ["a default object with fetch",    `exports.default = { text: "hi", fetch() { return new Response(this.text) } }`],
  ["a default instance with fetch",  `exports.default = new (class { #text = "hi"; fetch() { return new Response(this.#text) } })()`],
  ["a fetch",                        `exports.fetch = () => new Response("hi")`],
  ["a module with getters",          `Object.defineProperty(exports, "default", { get: () => () => new Response("hi") })`],
  ["a module that is a function",    `module.exports = () => new Response("hi")`],
  ["a function with a default",      `module.exports = Object.assign(() => {}, { default: () => new Response("hi") })`],
  ["a replaced module",              `module.exports = { default: () => new Response("hi") }`],
  ["a default function before fetch", `exports.fetch = () => { throw 1 }; exports.default = () => new Response("hi")`],
  ["a fetch beside another default", `exports.default = { a: 1 }; exports.fetch = () => new Response("hi")`],
];

for (const [what, component] of HANDLERS) {
  Deno.test(`handle() calls ${what}`, async () => {
    deepStrictEqual(await answer(component), {
      head: {
        status: 200,
        headers: [["content-type", "text/plain;charset=UTF-8"]],
      },
      text: "hi",
      failure: undefined,
    });
  });
}

for (
  const component of [
    ``,
    `exports.default = 1`,
    `exports.default = { fetch: 1 }`,
    `exports.handle = () => {}`,
    `module.exports = null`,
  ]
) {
  Deno.test(`handle() fails when there is no handler: ${component}`, async () => {
    const { failure } = await answer(component);
    deepStrictEqual(failure, {
      name: "TypeError",
      message:
        "Cannot find a handler: export default a function (request) or an object with fetch",
      stack: "",
    });
  });
}

Deno.test("handle() gives the request and its context", async () => {
  const { text, failure } = await answer(
    `exports.default = async (request, context) => Response.json({
      url: request.url, method: request.method, headers: [...request.headers],
      isRequest: request instanceof Request, aborted: request.signal.aborted,
      text: await request.text(), context })`,
    {
      method: "POST",
      url: "https://a.test/b?c=d",
      headers: [["x", "1"], ["x", "2"], ["cookie", "a=b"]],
      params: [["id", "7"], ["__proto__", "8"]],
      action: "show",
    },
    new TextEncoder().encode("é"),
  );
  strictEqual(failure, undefined);
  const context = JSON.parse(
    '{"params":{"id":"7","__proto__":"8"},"action":"show"}',
  );
  deepStrictEqual(JSON.parse(text ?? ""), {
    url: "https://a.test/b?c=d",
    method: "POST",
    headers: [["cookie", "a=b"], ["x", "1, 2"]],
    isRequest: true,
    aborted: false,
    text: "é",
    context,
  });
});

Deno.test("handle() replies with status, headers and bytes", async () => {
  const { head, text } = await answer(`exports.default = () => {
    const headers = new Headers({ "X-B": "2", "content-type": "a/b" });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    return new Response(new Uint8Array([0x68, 0xc3, 0xa9]), { status: 418, headers });
  }`);
  deepStrictEqual(head, {
    status: 418,
    headers: [
      ["content-type", "a/b"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["x-b", "2"],
    ],
  });
  strictEqual(text, "hé");
});

Deno.test("handle() replies with a null body", async () => {
  const { head, text } = await answer(
    `exports.default = () => new Response(null, { status: 204 })`,
  );
  deepStrictEqual([head, text], [{ status: 204, headers: [] }, null]);
});

Deno.test("handle() waits for what the handler waits for", async () => {
  const { text } = await answer(
    `exports.default = async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return new Response(await files.readText("/a"));
  }`,
    {},
    undefined,
    { files: new Map([["/a", new TextEncoder().encode("late")]]) },
  );
  strictEqual(text, "late");
});

// deno-fmt-ignore
const ANSWERS: [answer: string, what: string][] = [
  [`undefined`,             "undefined"],
  [`null`,                  "null"],
  [`"hi"`,                  '"hi"'],
  [`({ status: 200 })`,     "{ status: 200 }"],
  [`Object.create(Response.prototype)`, "Response {}"],
  [`[..."x".repeat(300)]`,  `[\n${`  "x",\n`.repeat(28)}`],
];

for (const [value, what] of ANSWERS) {
  Deno.test(`handle() fails when the answer is ${value}`, async () => {
    const { failure } = await answer(`exports.default = () => ${value}`);
    strictEqual(failure?.name, "TypeError");
    strictEqual(
      failure?.message.startsWith(
        `Cannot answer with a value that is no Response: got ${what}`,
      ),
      true,
    );
    strictEqual((failure?.message.length ?? 0) < 300, true);
  });
}

Deno.test("handle() fails when the answer's body was used", async () => {
  const { failure } = await answer(`exports.default = async () => {
    const response = new Response("x");
    await response.text();
    return response;
  }`);
  deepStrictEqual([failure?.name, failure?.message], [
    "TypeError",
    "Cannot read a body a second time",
  ]);
});

Deno.test("handle() fails when the answer is Response.error()", async () => {
  const { failure } = await answer(`exports.default = () => Response.error()`);
  strictEqual(failure?.message, "Cannot answer with Response.error()");
});

// deno-fmt-ignore
const THROWN: [thrown: string, name: string, message: RegExp][] = [
  [`new RangeError("no")`,                    "RangeError",   /^no$/],
  [`new DOMException("no", "AbortError")`,    "AbortError",   /^no$/],
  [`new (class Mine extends Error { name = "Mine" })("no")`, "Mine", /^no$/],
  [`"text"`,                                  "Error",        /^Thrown value is no Error: "text"$/],
  [`undefined`,                               "Error",        /^Thrown value is no Error: undefined$/],
  [`{ a: 1 }`,                                "Error",        /^Thrown value is no Error: \{ a: 1 \}$/],
  [`Object.assign(new Error(), { get message() { throw 1 } })`, "Error", /^$|^Thrown value cannot be described$/],
  [`Object.defineProperty(new Error(), "message", { get() { throw 1 } })`, "Error", /^Thrown value cannot be described$/],
  [`new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 } })`,   "Error", /^Thrown value cannot be described$/],
  [`Object.assign(new Error("a"), { name: Symbol("x") })`,                "Symbol(x)", /^a$/],
];

for (const [thrown, name, message] of THROWN) {
  for (const how of ["", "async "]) {
    Deno.test(`handle() fails when ${how}it throws ${thrown}`, async () => {
      const { failure } = await answer(`exports.default = ${how}() => {
        const thrown = (() => { try { return ${thrown} } catch { return new Error() } })();
        throw thrown;
      }`);
      strictEqual(failure?.name, name);
      match(failure.message, message);
    });
  }
}

Deno.test("handle() fails with the guest's frames only", async () => {
  const { failure } = await answer(`
    exports.default = function handler(request) { return inner(request) };
    function inner(request) { new Headers("x") }`);
  strictEqual(
    failure?.stack.replaceAll(/:\d+:\d+/g, ""),
    "    at inner (component.js)\n    at handler (component.js)\n",
  );
});

Deno.test("run() calls the default function without arguments", async () => {
  using guest = await Guest.create(`exports.default = async (...args) => {
    await null;
    console.log(args.length);
  }`);
  guest.enter("run");
  deepStrictEqual([guest.logs, guest.doneCount, guest.failures], [
    [[2, "0"]],
    1,
    [],
  ]);
});

Deno.test("run() calls a module that is a function", async () => {
  using guest = await Guest.create(`module.exports = () => console.log("hi")`);
  guest.enter("run");
  deepStrictEqual([guest.logs, guest.doneCount], [[[2, "hi"]], 1]);
});

Deno.test("run() waits before it is done", async () => {
  using guest = await Guest.create(
    `exports.default = () => new Promise((resolve) => setTimeout(resolve, 5))`,
  );
  guest.enter("run");
  strictEqual(guest.doneCount, 0);
  guest.drain();
  strictEqual(guest.doneCount, 1);
});

for (
  const component of [
    ``,
    `exports.default = { fetch() {} }`,
  ]
) {
  Deno.test(`run() fails when there is no function: ${component}`, async () => {
    using guest = await Guest.create(component);
    guest.enter("run");
    deepStrictEqual(guest.failures, [[
      "TypeError",
      "Cannot run the component: export a function, or one as default",
      "",
    ]]);
    strictEqual(guest.doneCount, 0);
  });
}

Deno.test("run() fails when the function rejects", async () => {
  using guest = await Guest.create(
    `exports.default = async () => { throw new RangeError("no") }`,
  );
  guest.enter("run");
  deepStrictEqual(guest.failures.map(([name, message]) => [name, message]), [[
    "RangeError",
    "no",
  ]]);
  strictEqual(guest.doneCount, 0);
});

/** What a component exports, and what it can do: whether it answers, its functions, what it runs as. */
// deno-fmt-ignore
const ABILITIES: readonly (readonly [component: string, answers: boolean, functions: string[], runs: string | null])[] = [
  [``,                                                            false, [],            null],
  [`exports.default = 1`,                                         false, [],            null],
  [`exports.default = () => {}`,                                  true,  [],            "worker"],
  [`module.exports = () => {}`,                                   true,  [],            "worker"],
  [`exports.default = { fetch() {} }`,                            true,  [],            null],
  [`exports.fetch = () => {}`,                                    true,  ["fetch"],     "service"],
  [`exports.show = () => {}; exports.list = function* () {}`,     false, ["show", "list"], "service"],
  [`exports.limit = 3; exports.show = () => {}`,                  false, ["show"],      "service"],
  [`exports.default = () => {}; exports.show = () => {}`,         true,  ["show"],      "service"],
  [`exports.default = websocket({ message() {} })`,               false, [],            "websocket"],
  [`exports.default = sse({})`,                                   false, [],            "sse"],
  [`exports.default = sse({}); exports.show = () => {}`,          false, ["show"],      "sse"],
  [`exports.default = authentication(() => null)`,                false, [],            "authentication"],
  [`exports.default = { kind: "sse", begin() {} }`,               false, [],            null],
  [`Object.defineProperty(exports, "show", { get: () => () => {}, enumerable: true })`, false, ["show"], "service"],
];

for (const [component, answers, functions, runs] of ABILITIES) {
  Deno.test(`component() tells what this can do: ${component}`, async () => {
    using guest = await Guest.create(component);
    deepStrictEqual(guest.abilities, { answers, functions, runs });
  });
}

Deno.test("component() tells what a component does, whatever it has replaced", async () => {
  using guest = await Guest.create(
    `JSON.stringify = () => "{}"; Object.prototype.toJSON = () => undefined;`,
  );
  strictEqual(guest.abilities, undefined);
});

// deno-fmt-ignore
const ACTIONS: readonly (readonly [component: string, action: string | null, text: string])[] = [
  [`exports.show = (request, { params, action }) => new Response(action + params.id)`, "show", "show7"],
  [`exports.show = () => new Response("named"); exports.default = () => new Response("default")`, "show", "named"],
  [`exports.show = () => new Response("named"); exports.default = () => new Response("default")`, null, "default"],
  [`exports.default = (_, { action }) => new Response(action)`, "toString", "toString"],
];

for (const [component, action, text] of ACTIONS) {
  Deno.test(`handle() answers ${action} with ${text}`, async () => {
    const params: [string, string][] = [["id", "7"]];
    const answered = await answer(component, { action, params });
    strictEqual(answered.text, text);
  });
}

Deno.test("handle() fails when there is no such function", async () => {
  const { failure } = await answer(`exports.show = () => {}`, {
    action: "list",
  });
  strictEqual(
    failure?.message,
    "Cannot find a handler: export a function named list",
  );
});
