import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { pairOf, proxyFor, settled } from "../testdata/calls.ts";
import { type Line, Switchboard } from "../testdata/switchboard.ts";
import { serve } from "./service.ts";

async function replyTo(line: Line, text: string): Promise<string[]> {
  const before = line.mail.length;
  line.send("2", text);
  await settled();
  return line.mail.slice(before);
}

const MATH = {
  add: (a: number, b: number) => a + b,
  later: (value: unknown) => Promise.resolve(value),
  nothing: () => {},
  fail() {
    throw new RangeError("Cannot do that");
  },
  reject: () => Promise.reject("no Error"),
  bigint: () => 1n,
  *count(to: number) {
    for (let each = 1; each <= to; each++) yield each;
  },
};

/** What is sent to the service, and what comes back. */
// deno-fmt-ignore
const ANSWERS: readonly (readonly [string, string[]])[] = [
  ['{"op":"add","args":[2,3],"from":"1","ref":1}', ['{"ref":1,"ok":5}']],
  ['{"op":"later","args":["x"],"from":"1","ref":2}', ['{"ref":2,"ok":"x"}']],
  ['{"op":"nothing","args":[],"from":"1","ref":0}', ['{"ref":0,"ok":null}']],
  ['{"op":"nope","args":[],"from":"1","ref":3}', ['{"ref":3,"err":"no such function: nope"}']],
  ['{"op":"constructor","args":[],"from":"1","ref":3}', ['{"ref":3,"err":"no such function: constructor"}']],
  ['{"op":"fail","args":[],"from":"1","ref":4}', ['{"ref":4,"err":"Cannot do that"}']],
  ['{"op":"reject","args":[],"from":"1","ref":5}', ['{"ref":5,"err":"no Error"}']],
  ['{"op":"count","args":[1],"from":"1","ref":6}', ['{"ref":6,"err":"Cannot await what is to be iterated over: count"}']],
  ['{"op":"add","args":[2,3],"from":"1"}', []],
  ['{"op":"add","args":[2,3],"ref":1}', []],
  ['{"op":"add","args":[2,3],"from":"404","ref":1}', []],
  ['{"op":"add","args":7,"from":"1","ref":1}', []],
  ['{"ref":1,"ok":5}', []],
  ['{"__down":"7","reason":"crashed"}', []],
  ['{"op":"__cb","cbref":1,"args":[]}', []],
  ["\u0000\u0001", []],
  ["", []],
];

for (const [text, answers] of ANSWERS) {
  Deno.test(`serve() answers ${text} with ${answers}, and goes on`, async () => {
    const { client } = pairOf(MATH);
    deepStrictEqual(await replyTo(client, text), answers);
    const again = '{"op":"add","args":[1,1],"from":"1","ref":9}';
    deepStrictEqual(await replyTo(client, again), ['{"ref":9,"ok":2}']);
  });
}

Deno.test("serve() answers what has no JSON with a failure", async () => {
  const { proxy } = pairOf(MATH);
  await rejects(proxy.bigint(), { name: "Error" });
});

Deno.test("serve() tells the log of a failure that nobody waits for", async () => {
  const { client, service } = pairOf(MATH);
  deepStrictEqual(await replyTo(client, '{"op":"fail","from":"1"}'), []);
  deepStrictEqual(service.warnings, [
    "Cannot do fail, which nobody waits for: Cannot do that",
  ]);
});

Deno.test("serve() does one request after the other, in order", async () => {
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const { proxy } = pairOf({
    async first() {
      await gate.promise;
      done.push("first");
    },
    second: () => void done.push("second"),
  });
  const both = Promise.all([proxy.first(), proxy.second()]);
  await settled();
  deepStrictEqual(done, []);
  gate.resolve();
  await both;
  deepStrictEqual(done, ["first", "second"]);
});

Deno.test("serve() calls other services meanwhile, and requests wait in order", async () => {
  const { board, client, proxy: adder } = pairOf(MATH);
  const broker = board.add("3");
  const seen: string[] = [];
  const upstream = proxyFor(broker, 2n);
  serve(
    new Map<string, (...args: unknown[]) => unknown>([
      [
        "twice",
        async (
          value,
        ) => (seen.push(`${value}`), await upstream.add(value, value)),
      ],
    ]),
    broker.exchange,
    broker,
    () => {},
  );
  const proxy = proxyFor(client, 3n);
  deepStrictEqual(
    await Promise.all([
      proxy.twice(1),
      proxy.twice(2),
      adder.add(1, 1),
      proxy.twice(3),
    ]),
    [2, 4, 2, 6],
  );
  deepStrictEqual(seen, ["1", "2", "3"]);
});

Deno.test("serve() tells of the ends of processes", async () => {
  const board = new Switchboard();
  const line = board.add("1");
  const downs: string[] = [];
  serve(new Map(), line.exchange, line, (pid) => downs.push(pid));
  line.take('{"__down":"7","reason":"normal"}');
  await settled();
  deepStrictEqual(downs, ["7"]);
});

Deno.test("serve() gives a callback only to who can be called back", async () => {
  const seen: unknown[] = [];
  const { client } = pairOf({
    take: (value: unknown) => void seen.push(value),
  });
  client.send("2", '{"op":"take","args":[{"__cb":1}]}');
  await settled();
  deepStrictEqual(seen, [{ __cb: 1 }]);
});

Deno.test("serve() ends with nobody", async () => {
  const { client, service } = pairOf(MATH);
  client.send("2", '{"op":"fail"}');
  await settled();
  strictEqual(service.isWaiting, true);
});
