import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { record } from "../../testdata/recorder.ts";
import { runLoad } from "../load.ts";
import type { LoadResult } from "../measured.ts";
import { argsOf } from "../testdata/args.ts";
import { serveRaw } from "../testdata/servers.ts";

/** Follows 127.0.0.1 until `enough`, and then is told to stop. */
async function follow(
  port: number,
  enough: Promise<unknown>,
  ...words: readonly string[]
) {
  const next = () => enough.then(() => "SIGINT" as const);
  const { io, stdout } = record("/", {
    listenForStop: () => ({ next, close: () => {} }),
  });
  const url = `http://127.0.0.1:${port}/`;
  const args = argsOf("sse", url, "-d", "1h", "--json", ...words);
  strictEqual(await runLoad(args, io), 130);
  return JSON.parse(stdout()) as LoadResult;
}

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; a=b\r\n\r\n";

Deno.test("sse counts events, and the time between them", async () => {
  const enough = Promise.withResolvers<void>();
  await using server = serveRaw(async ({ read, write }) => {
    match(await read() ?? "", /\r\naccept: text\/event-stream\r\n/);
    await write(`${HEAD}data: a\n\ndata: b\n\n: c\n\n`);
    await write("data: d\n\n");
    await read();
  });
  const { port } = server;
  const run = follow(port, enough.promise, "-c", "2");
  // Both streams have all their events long before.
  setTimeout(enough.resolve, 300);
  const result = await run;
  deepStrictEqual([result.good, result.connected, result.failed], [6, 2, 0]);
  deepStrictEqual([result.gaps!.count, result.latency!.count], [4, 2]);
  strictEqual(result.openMax, 2);
  ok(result.receivedBytes > 0);
});

Deno.test("sse asks again for a stream that ended, from where it was", async () => {
  const requests: string[] = [];
  const enough = Promise.withResolvers<void>();
  await using server = serveRaw(async ({ read, write }, index) => {
    requests.push(await read() ?? "");
    if (index === 2) enough.resolve();
    await write(`${HEAD}retry: 1\nid: ${index}\ndata: a\n\n`);
  });
  const result = await follow(server.port, enough.promise, "-c", "1");
  ok(result.reconnects >= 2);
  strictEqual(result.failed, 0);
  match(requests[1]!, /\r\nlast-event-id: 0\r\n/);
  match(requests[2]!, /\r\nlast-event-id: 1\r\n/);
});

// deno-fmt-ignore
const REFUSALS = [
  ["HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n",                 "status 503"],
  ["HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n",             "Cannot follow a stream of: text/html"],
  ["HTTP/1.1 200 OK\r\n\r\n",                                        "Cannot follow a stream of: "],
  ["",                                                               "Cannot read an answer: the connection was closed"],
] as const;

for (const [text, what] of REFUSALS) {
  Deno.test(`sse counts "${what}" when the server sends ${JSON.stringify(text.slice(0, 40))}`, async () => {
    const enough = Promise.withResolvers<void>();
    await using server = serveRaw(async ({ read, write }, index) => {
      await read();
      await write(text);
      if (index === 2) enough.resolve();
    });
    const { good, errors } = await follow(
      ...[server.port, enough.promise, "-c", "1"] as const,
    );
    strictEqual(good, 0);
    deepStrictEqual(errors.map(({ what }) => what), [what]);
    ok(errors[0]!.count >= 2);
  });
}

Deno.test("sse ends with the time, also when a stream goes on", async () => {
  await using server = serveRaw(async ({ read, write }) => {
    await read();
    await write(`${HEAD}data: a\n\n`);
    await read();
  });
  const { io, stdout } = record("/");
  const url = `http://127.0.0.1:${server.port}/`;
  const args = argsOf("sse", url, "-d", "200ms", "-c", "1", "--json");
  strictEqual(await runLoad(args, io), 0);
  const { good, failed } = JSON.parse(stdout()) as LoadResult;
  deepStrictEqual([good, failed], [1, 0]);
});

Deno.test("sse closes streams that are too many in a later stage", async () => {
  const gone: number[] = [];
  await using server = serveRaw(async ({ read, write }, index) => {
    await read();
    await write(`${HEAD}data: a\n\n`);
    if (await read() === null) gone.push(index);
  });
  const { io, stdout } = record("/");
  const url = `http://127.0.0.1:${server.port}/`;
  const args = argsOf(
    ...["sse", url, "-c", "3", "--stage", "200ms:3", "--stage", "0:1"],
    ...["--stage", "300ms:1", "--json"],
  );
  strictEqual(await runLoad(args, io), 0);
  const { good, failed, connected } = JSON.parse(stdout()) as LoadResult;
  deepStrictEqual([good, failed, connected], [3, 0, 3]);
});
