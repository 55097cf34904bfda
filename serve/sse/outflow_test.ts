import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { UNSENT_BYTES } from "../limits.ts";
import { Deadlines } from "../listen/deadlines.ts";
import { paceResponse } from "../listen/pacing.ts";
import { TestClock } from "../testdata/test_clock.ts";
import { GzipChunks } from "./gzip.ts";
import { Outflow, StreamCut } from "./outflow.ts";

/** An outflow, its client, and what is told of it. */
function open() {
  const told: string[] = [];
  const outflow = new Outflow({
    drained: () => void told.push("drained"),
    ended: () => void told.push("ended"),
    gone: () => void told.push("gone"),
  });
  const reader = outflow.body.getReader();
  const decoder = new TextDecoder();
  const next = async () => {
    const { value } = await reader.read();
    return value && decoder.decode(value);
  };
  return { outflow, reader, next, told };
}

const LARGE = "x".repeat(UNSENT_BYTES + 1);

Deno.test("Outflow sends what was written in one turn in one chunk", async () => {
  const { outflow, next } = open();
  const first = next();
  await turn();
  outflow.write("a");
  outflow.write("b");
  strictEqual(await first, "ab");
  const second = next();
  outflow.write("c");
  strictEqual(await second, "c");
});

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("Outflow.write() says when there is no room, and drained when there is again", async () => {
  const { outflow, next, told } = open();
  deepStrictEqual(
    [outflow.write("a"), outflow.write(LARGE), outflow.write("b")],
    [true, false, false],
  );
  deepStrictEqual(told, []);
  strictEqual(await next(), `a${LARGE}b`);
  deepStrictEqual([told, outflow.write("c")], [["drained"], true]);
});

Deno.test("Outflow.end() ends behind what was written, and takes no more", async () => {
  const { outflow, next, told } = open();
  outflow.write("a");
  outflow.end();
  outflow.write("b");
  deepStrictEqual(told, []);
  strictEqual(await next(), "a");
  deepStrictEqual([await next(), told], [undefined, ["ended"]]);
  outflow.end();
  outflow.cut();
  strictEqual(told.length, 1);
});

Deno.test("Outflow.end() ends one that waits for something to send", async () => {
  const { outflow, next, told } = open();
  const first = next();
  await turn();
  outflow.end();
  deepStrictEqual([await first, told], [undefined, ["ended"]]);
});

Deno.test("Outflow.cut() ends with an error, and tells nobody", async () => {
  const { outflow, next, told } = open();
  const first = next();
  outflow.write("a");
  outflow.cut();
  await rejects(first, StreamCut);
  deepStrictEqual([outflow.write("b"), told], [true, []]);
});

Deno.test("Outflow tells that the client has gone, and drops what waits", async () => {
  const { outflow, reader, told } = open();
  outflow.write("a");
  await reader.cancel();
  outflow.write("b");
  outflow.end();
  outflow.look(1, 0);
  await turn();
  deepStrictEqual(told, ["gone"]);
});

Deno.test("Outflow.look() sends a comment when nothing was sent for so long", async () => {
  const { outflow, next } = open();
  outflow.write("a");
  // Its client is behind, and hears of it when it has caught up.
  outflow.look(0, 10);
  outflow.look(20, 10);
  strictEqual(await next(), "a");
  const second = next();
  await turn();
  for (const nowMs of [30, 39]) outflow.look(nowMs, 10);
  await turn();
  outflow.look(40, 10);
  strictEqual(await second, ": ping\n\n");
  const third = next();
  await turn();
  for (const nowMs of [45, 54]) outflow.look(nowMs, 10);
  outflow.write("b");
  strictEqual(await third, "b");
});

Deno.test("Outflow compresses with what it is given, up to the end", async () => {
  const outflow = new Outflow(
    { drained() {}, ended() {}, gone() {} },
    new GzipChunks(),
  );
  outflow.write("hello");
  outflow.end();
  const inflated = outflow.body.pipeThrough(new DecompressionStream("gzip"));
  strictEqual(await new Response(inflated).text(), "hello");
});

/** The body of a response that is held to a pace of a second, and what is told of it. */
function paced() {
  const { outflow, reader, next, told } = open();
  reader.releaseLock();
  const clock = new TestClock();
  const deadlines = new Deadlines(clock, 80);
  const response = new Response(outflow.body);
  const same = paceResponse(response, {
    ...{ deadlines, stallMsMax: 1_000 },
    stalled: () => void told.push("stalled"),
    ended: (bytes) => void told.push(`sent ${bytes}`),
  });
  strictEqual(same, response);
  const taker = response.body!.getReader();
  return { outflow, taker, next, told, clock, deadlines };
}

Deno.test("an Outflow that is paced waits for who writes, as long as it takes", async () => {
  const { outflow, taker, told, clock, deadlines } = paced();
  const read = taker.read();
  await turn();
  clock.advance(1e6);
  outflow.write("abc");
  strictEqual((await read).value?.length, 3);
  outflow.end();
  strictEqual((await taker.read()).done, true);
  deepStrictEqual([told, deadlines.count], [["sent 3", "ended"], 0]);
});

Deno.test("an Outflow that is paced fails when its client takes nothing", async () => {
  const { outflow, taker, told, clock, deadlines } = paced();
  const read = taker.read();
  await turn();
  outflow.write("abc");
  await read;
  outflow.write("d");
  clock.advance(999);
  deepStrictEqual(told, []);
  clock.advance(81);
  deepStrictEqual(told, ["stalled", "sent 3", "gone"]);
  strictEqual(deadlines.count, 0);
  await rejects(taker.read(), { name: "TimeoutError" });
  clock.advance(1e6);
  strictEqual(told.length, 3);
});

Deno.test("an Outflow that is paced has not ended before its last piece is taken", async () => {
  const { outflow, taker, told, clock } = paced();
  const read = taker.read();
  await turn();
  outflow.write("abc");
  outflow.end();
  await read;
  await turn();
  deepStrictEqual(told, []);
  clock.advance(1_080);
  deepStrictEqual(told, ["stalled", "sent 3", "gone"]);
});

Deno.test("an Outflow that is paced tells that its client has gone, or that it was cut", async () => {
  const [one, other] = [paced(), paced()];
  await one.taker.cancel();
  deepStrictEqual([one.told, one.deadlines.count], [["sent 0", "gone"], 0]);
  other.outflow.cut();
  deepStrictEqual([other.told, other.deadlines.count], [["sent 0"], 0]);
});
