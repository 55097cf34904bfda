import { deepStrictEqual, match, strictEqual } from "node:assert";
import type { Pid } from "@rusm/otp";
import type { GuestMessage } from "../../message.ts";
import { LocalComponent } from "../../testdata/local.ts";
import { DECIDING_MAX } from "./deciding.ts";

const REQUEST = {
  ...{ method: "GET", path: "/a", query: "b=1", remoteAddr: "127.0.0.1:9" },
  headers: [["authorization", "Bearer key"], ["authorization", "other"]],
};

/** A process of the hook that `code` is, and whoever asks it. */
async function withHook(
  code: string,
  test: (hook: Hook) => Promise<void>,
): Promise<readonly string[]> {
  const component = await LocalComponent.bake(
    `exports.default = authentication(${code});`,
  );
  strictEqual(component.image.abilities.runs, "authentication");
  const { pid } = component.spawn();
  const asker = component.runtime.spawn<Uint8Array>(async (self) => {
    const send = (text: string) => component.runtime.send(pid, text);
    const next = async () => decoder.decode(await self.receive());
    await test({ send, next, from: `${self.pid.toBigInt()}`, pid });
  });
  strictEqual(await asker.join(), "normal");
  component.runtime.kill(pid);
  await component.pool.allBack();
  return component.lines;
}

const decoder = new TextDecoder();

interface Hook {
  readonly from: string;
  readonly pid: Pid<GuestMessage>;
  send(text: string): boolean;
  next(): Promise<string>;
}

function question(
  from: string,
  callId: string,
  request: unknown = REQUEST,
): string {
  const replyTo = { pid: from, callId };
  return JSON.stringify({ fn: "authenticate", args: [request], replyTo });
}

/** What a hook does, and what it answers. */
// deno-fmt-ignore
const ANSWERS: readonly (readonly [code: string, answer: string])[] = [
  [`() => ({ allow: { tenant: "acme" } })`,   `{"allow":{"tenant":"acme"}}`],
  [`async () => ({ allow: {} })`,             `{"allow":{}}`],
  [`() => undefined`,                         "null"],
  [`() => null`,                              "null"],
  [`() => () => 1`,                           "null"],
  [`() => ({ deny: "no" })`,                  `{"deny":"no"}`],
  [`() => { throw new Error("no key") }`,     "null"],
  [`() => Promise.reject(1)`,                 "null"],
  [`() => 1n`,                                "null"],
  [`(request) => ({ allow: { is: request.header("Authorization") } })`, `{"allow":{"is":"Bearer key"}}`],
  [`(request) => ({ allow: { is: String(request.header("cookie")) } })`, `{"allow":{"is":"null"}}`],
  [`({ method, path, query, remoteAddr }) => ({ allow: { is: [method, path, query, remoteAddr].join() } })`,
    `{"allow":{"is":"GET,/a,b=1,127.0.0.1:9"}}`],
];

for (const [code, answer] of ANSWERS) {
  Deno.test(`authentication() answers ${answer} when it is made of ${code}`, () =>
    withHook(code, async ({ send, next, from }) => {
      send(question(from, "call-1"));
      strictEqual(await next(), `call-1:${answer}`);
    }).then(() => {}));
}

Deno.test("authentication() says in the log why it denied, and goes on", async () => {
  const code = `({ path }) => {
    if (path === "/bad") throw new Error("no key");
    return { allow: {} };
  }`;
  const lines = await withHook(code, async ({ send, next, from }) => {
    send(question(from, "1", { ...REQUEST, path: "/bad" }));
    send(question(from, "2"));
    deepStrictEqual([await next(), await next()], ["1:null", '2:{"allow":{}}']);
  });
  match(lines.join(), /^Denied a request: no key$/);
});

Deno.test("authentication() ignores all that is no question", () =>
  withHook(`() => ({ allow: {} })`, async ({ send, next, from }) => {
    const { headers, ...bare } = REQUEST;
    for (
      const text of [
        ...["", "{", "null", "1", "{}", `{"replyTo":null}`],
        question("x", "1"),
        question(from, "1", null),
        question(from, "1", bare),
        question(from, "1", { ...bare, headers: [null] }),
        question(from, "1", { ...bare, headers: [["a", 1]] }),
        question(from, "1", { ...bare, headers, path: 1 }),
        question(from, "1").replace("authenticate", "other"),
        `{"op":"authenticate","args":[],"from":"${from}","ref":1}`,
        `{"__down":"1","reason":"normal"}`,
      ]
    ) send(text);
    send(question(from, "last"));
    strictEqual(await next(), 'last:{"allow":{}}');
  }).then(() => {}));

// All wait until as many as may be have begun, and a moment longer.
const COUNTING = `(() => {
  const waiting = [];
  let count = 0;
  let most = 0;
  return async () => {
    most = Math.max(most, ++count);
    if (waiting.length < ${DECIDING_MAX}) {
      await new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length < ${DECIDING_MAX}) return;
        setTimeout(() => waiting.forEach((resolve) => resolve()), 20);
      });
    }
    count--;
    return { allow: { most: String(most) } };
  };
})()`;

Deno.test("authentication() decides over many requests at once, and not over all", () =>
  withHook(COUNTING, async ({ send, next, from }) => {
    const ids = Array.from({ length: 2 * DECIDING_MAX }, (_, at) => `${at}`);
    for (const id of ids) send(question(from, id));
    const answers: string[] = [];
    for (const _ of ids) answers.push(await next());
    const seen = answers.map((answer) => answer.split(":", 1)[0]);
    deepStrictEqual(new Set(seen), new Set(ids));
    match(answers.at(-1)!, new RegExp(`"most":"${DECIDING_MAX}"`));
  }).then(() => {}));

Deno.test("authentication() refuses what is no function", async () => {
  const component = await LocalComponent.bake(`
    try { authentication({}); } catch ({ name }) { console.log(name); }
    exports.default = () => {};`);
  deepStrictEqual(component.lines, ["TypeError"]);
});
