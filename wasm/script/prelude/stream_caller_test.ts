import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { pairOf, proxyFor, settled } from "../testdata/calls.ts";
import { Switchboard } from "../testdata/switchboard.ts";

async function all(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const value of values) seen.push(value);
  return seen;
}

/** Values until what the iteration throws. */
async function untilThrown(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const value of values) seen.push(value);
  } catch (error) {
    // What is thrown is what the caller asks for.
    seen.push((error as Error).message);
  }
  return seen;
}

const STREAMS = {
  *count(to: number) {
    for (let each = 1; each <= to; each++) yield each;
  },
  async *slowly(...values: unknown[]) {
    for (const value of values) yield await Promise.resolve(value);
  },
  list: () => [1, 2],
  *odd(): Generator<unknown> {
    yield undefined;
    yield null;
    yield "é".repeat(100_000);
  },
  *break() {
    yield 1;
    throw new Error("broken");
  },
  *unwritable() {
    yield 1n;
  },
  one: () => 1,
  text: () => "text",
  fail() {
    throw new Error("failed");
  },
};

Deno.test("a streaming call gives the values of generators and lists, in order", async () => {
  const { client, proxy } = pairOf(STREAMS);
  deepStrictEqual(await all(proxy.count(3)), [1, 2, 3]);
  deepStrictEqual(await all(proxy.count(0)), []);
  deepStrictEqual(await all(proxy.slowly("a", { b: [] })), ["a", { b: [] }]);
  deepStrictEqual(await all(proxy.list()), [1, 2]);
  deepStrictEqual(await all(proxy.odd()), [null, null, "é".repeat(100_000)]);
  deepStrictEqual([client.mail, client.monitorCount, client.isWaiting], [
    [],
    0,
    false,
  ]);
});

Deno.test("a streaming call is made anew for each iteration", async () => {
  const { proxy } = pairOf(STREAMS);
  const call = proxy.count(2);
  deepStrictEqual([await all(call), await all(call)], [[1, 2], [1, 2]]);
});

/** Operation, and what the iteration ends with, behind its values. */
// deno-fmt-ignore
const FAILURES: readonly (readonly [string, unknown[]])[] = [
  ["nope", ["no such function: nope"]],
  ["fail", ["failed"]],
  ["break", [1, "broken"]],
  ["one", ["Cannot iterate over what is one value: one"]],
  ["text", ["Cannot iterate over what is one value: text"]],
];

for (const [op, seen] of FAILURES) {
  Deno.test(`a streaming call of ${op} ends with ${seen.at(-1)}, and the next is right`, async () => {
    const { client, proxy } = pairOf(STREAMS);
    deepStrictEqual(await untilThrown(proxy[op]()), seen);
    deepStrictEqual(await all(proxy.count(2)), [1, 2]);
    strictEqual(client.acceptCount, 0);
  });
}

Deno.test("a streaming call of what has no JSON fails", async () => {
  const { proxy } = pairOf(STREAMS);
  await rejects(all(proxy.unwritable()));
});

Deno.test("streaming calls of one service and of several do not mix", async () => {
  const { board, client, proxy } = pairOf(STREAMS);
  const other = board.add("3");
  const second = proxyFor(client, 3n);
  const both = Promise.all([
    ...[all(proxy.count(3)), all(second.feed()), all(proxy.slowly("x"))],
    untilThrown(proxy.nope()),
    all(proxy.count(1)),
  ]);
  await settled();
  const stream = (await other.open("1"))!;
  await stream.write('"fed"');
  stream.close();
  deepStrictEqual(await both, [
    ...[[1, 2, 3], ["fed"], ["x"]],
    ["no such function: nope"],
    [1],
  ]);
});

Deno.test("a streaming call that is left ends the generator, behind what waits", async () => {
  const events: string[] = [];
  const { proxy, client } = pairOf({
    async *ticks() {
      try {
        for (let each = 0;; each++) yield each;
      } finally {
        events.push("ended");
      }
    },
  });
  for await (const tick of proxy.ticks()) if (tick === 2) break;
  await settled();
  deepStrictEqual(events, ["ended"]);
  deepStrictEqual([client.monitorCount, client.isWaiting], [0, false]);
});

Deno.test("a streaming call has callbacks, too", async () => {
  const seen: unknown[] = [];
  const { proxy } = pairOf({
    async *copy(report: (value: string) => void) {
      report("begun");
      yield 1;
      report("ending");
    },
  });
  deepStrictEqual(await all(proxy.copy((value: string) => seen.push(value))), [
    1,
  ]);
  deepStrictEqual(seen, ["begun", "ending"]);
});

/** A service that is done by hand. */
function manual() {
  const board = new Switchboard();
  const client = board.add("1");
  return {
    board,
    client,
    service: board.add("2"),
    proxy: proxyFor(client, 2n),
  };
}

Deno.test("a streaming call rejects when the service ends before it has begun", async () => {
  const { board, client, proxy } = manual();
  const values = untilThrown(proxy.feed());
  await settled();
  board.end("2", "crashed");
  deepStrictEqual(await values, [
    "Cannot call feed: the service ended (crashed)",
  ]);
  strictEqual(client.acceptCount, 0);
});

for (const reason of ["crashed", "normal"]) {
  Deno.test(`a streaming call of a service that ends, ${reason}, ends behind its values`, async () => {
    const { board, service, proxy } = manual();
    const values = untilThrown(proxy.feed());
    await settled();
    const stream = (await service.open("1"))!;
    await stream.write("1");
    board.end("2", reason);
    const error = `Cannot call feed: the service ended (${reason})`;
    deepStrictEqual(await values, [1, error]);
  });
}

Deno.test("a streaming call whose time is up gives its stream up, before and behind its begin", async () => {
  for (const isBegun of [true, false]) {
    const { board, client, service, proxy } = manual();
    const values = untilThrown(proxy.withTimeout(1).feed());
    await settled();
    const open = async () => (await service.open("1"))!;
    const early = isBegun ? await open() : undefined;
    await settled();
    board.elapse();
    deepStrictEqual(await values, ["timeout"]);
    const stream = early ?? await open();
    await settled();
    strictEqual(await stream.write("1"), false);
    deepStrictEqual([client.acceptCount, client.isWaiting], [0, false]);
  }
});

Deno.test("a streaming call rejects when it is answered by one value", async () => {
  const { client, proxy } = manual();
  const values = untilThrown(proxy.feed());
  await settled();
  client.take('{"ref":1,"ok":5}');
  deepStrictEqual(await values, [
    "Cannot iterate over feed: it answered one value",
  ]);
  strictEqual(client.acceptCount, 0);
});

Deno.test("a streaming call rejects when a chunk is no JSON", async () => {
  const { service, proxy } = manual();
  const values = all(proxy.feed());
  await settled();
  const stream = (await service.open("1"))!;
  await stream.write("{");
  await rejects(values, SyntaxError);
  strictEqual(await stream.write("1"), false);
});

Deno.test("a streaming call whose arguments have no JSON sends nothing", async () => {
  const { client, service, proxy } = manual();
  await rejects(all(proxy.feed(1n)), TypeError);
  deepStrictEqual([service.mail, client.acceptCount], [[], 0]);
});

Deno.test("a streaming call fails when it is refused without a stream, and the next is right", async () => {
  const { client, service, proxy } = manual();
  const refused = untilThrown(proxy.nope());
  await settled();
  client.take('{"ref":1,"err":"no such function: nope"}');
  deepStrictEqual(await refused, ["no such function: nope"]);
  const values = all(proxy.feed());
  await settled();
  const stream = (await service.open("1"))!;
  await stream.write("1");
  stream.close();
  deepStrictEqual(await values, [1]);
  strictEqual(client.acceptCount, 0);
});
