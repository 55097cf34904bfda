import { deepStrictEqual, strictEqual } from "node:assert";
import { record } from "../../testdata/recorder.ts";
import { runLoad } from "../load.ts";
import type { LoadResult } from "../measured.ts";
import { argsOf } from "../testdata/args.ts";
import { serveHttp, serveRaw } from "../testdata/servers.ts";

async function load(...words: readonly string[]) {
  const { io, stdout } = record("/");
  const code = await runLoad(argsOf("conn", ...words, "--json"), io);
  return { code, result: JSON.parse(stdout()) as LoadResult };
}

function answer(request: Request): Response {
  if (request.headers.get("upgrade") === null) return new Response("hello");
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onopen = () => {};
  return response;
}

for (const scheme of ["tcp", "http", "ws"]) {
  Deno.test(`conn makes connections of ${scheme}: one after the other`, async () => {
    await using server = serveHttp(answer);
    const url = `${scheme}://127.0.0.1:${server.port}/`;
    const { code, result } = await load(url, "-n", "30", "-c", "3");
    deepStrictEqual([code, result.good, result.failed], [0, 30, 0]);
    deepStrictEqual([result.connected, result.latency!.count], [30, 30]);
  });

  Deno.test(`conn holds connections of ${scheme}: when it is told to`, async () => {
    await using server = serveHttp(answer);
    const url = `${scheme}://127.0.0.1:${server.port}/`;
    const { code, result } = await load(
      url,
      "--hold",
      "-d",
      "200ms",
      "-c",
      "5",
    );
    deepStrictEqual([code, result.good, result.failed], [0, 5, 0]);
    deepStrictEqual([result.openMax, result.connected], [5, 5]);
  });
}

Deno.test("conn makes as many as it holds when they are due, and no more", async () => {
  await using server = serveHttp(answer);
  const url = `tcp://127.0.0.1:${server.port}/`;
  const { code, result } = await load(
    ...[url, "--hold", "-d", "300ms", "-c", "5", "--rate", "100"],
  );
  deepStrictEqual([code, result.good, result.unsent], [0, 5, 0]);
  strictEqual(result.openMax, 5);
});

Deno.test("conn counts connections that are held and end", async () => {
  await using server = serveRaw(async () => {});
  const url = `tcp://127.0.0.1:${server.port}/`;
  const { result } = await load(url, "--hold", "-n", "4", "-c", "2");
  strictEqual(result.good, 4);
  deepStrictEqual(result.errors, [{ what: "closed by the server", count: 4 }]);
});

Deno.test("conn counts an answer that is not a good one", async () => {
  await using server = serveHttp(() => new Response("", { status: 503 }));
  const url = `http://127.0.0.1:${server.port}/`;
  const { code, result } = await load(url, "-n", "4", "-c", "2");
  strictEqual(code, 1);
  deepStrictEqual(result.errors, [{ what: "status 503", count: 4 }]);
});

Deno.test("conn gives up a server that accepts and does not answer", async () => {
  await using server = serveRaw(async ({ read }) => {
    while (await read() !== null);
  });
  const url = `http://127.0.0.1:${server.port}/`;
  const { code, result } = await load(
    ...[url, "-n", "2", "-c", "2", "--timeout", "50ms"],
  );
  strictEqual(code, 1);
  deepStrictEqual(result.errors, [{ what: "no answer in time", count: 2 }]);
});
