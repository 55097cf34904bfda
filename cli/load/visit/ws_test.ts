import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { record } from "../../testdata/recorder.ts";
import { runLoad } from "../load.ts";
import type { LoadResult } from "../measured.ts";
import { argsOf } from "../testdata/args.ts";
import { serveHttp, serveRaw } from "../testdata/servers.ts";

async function load(...words: readonly string[]) {
  const { io, stdout } = record("/");
  const code = await runLoad(argsOf(...words, "--json"), io);
  return { code, result: JSON.parse(stdout()) as LoadResult };
}

/** Echoes what comes, and keeps the first of it. */
function serveEcho() {
  const seen: (string | ArrayBuffer)[] = [];
  const server = serveHttp((request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (seen.length === 0) seen.push(data);
      socket.send(data);
    };
    return response;
  });
  return { seen, server };
}

Deno.test("ws sends the next message of a connection when the last came back", async () => {
  const { seen, server } = serveEcho();
  await using _ = server;
  const url = `ws://127.0.0.1:${server.port}/`;
  const { code, result } = await load(
    ...["ws", url, "-n", "100", "-c", "4", "--size", "300"],
  );
  deepStrictEqual([code, result.good, result.failed], [0, 100, 0]);
  deepStrictEqual([result.connected, result.latency!.count], [4, 100]);
  strictEqual(seen[0], "x".repeat(300));
});

Deno.test("ws sends messages of bytes when they are due", async () => {
  const { seen, server } = serveEcho();
  await using _ = server;
  const url = `ws://127.0.0.1:${server.port}/`;
  const { code, result } = await load(
    ...["ws", url, "-n", "20", "-c", "2", "--rate", "200", "--binary"],
    ...["--body", "abc"],
  );
  deepStrictEqual([code, result.good, result.loop], [0, 20, "open"]);
  deepStrictEqual(seen[0], Uint8Array.from([97, 98, 99]).buffer);
  ok(result.seconds > 0.09);
});

const ACCEPT = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
const UPGRADE = "upgrade: websocket\r\nconnection: upgrade\r\n";
const AGREED = `HTTP/1.1 101 Switching\r\n${UPGRADE}${ACCEPT}\r\n`;
const ECHO = "\x81\x02ok";

Deno.test("ws answers a ping with what is in it before the message that it waits for", async () => {
  let pong = "";
  await using server = serveRaw(async ({ read, write }) => {
    match(await read() ?? "", /^GET \/ HTTP\/1\.1\r\n/);
    await write(AGREED);
    await read();
    await write("\x89\x03abc");
    const frame = [...await read() ?? ""].map((char) => char.charCodeAt(0));
    const mask = frame.slice(2, 6);
    pong = frame.slice(6)
      .map((byte, at) => String.fromCharCode(byte ^ mask[at & 3]!)).join("");
    strictEqual(frame[0], 0x8a);
    await write(ECHO);
  });
  const url = `ws://127.0.0.1:${server.port}/`;
  const { result } = await load("ws", url, "-n", "1", "-c", "1");
  deepStrictEqual([result.good, pong], [1, "abc"]);
});

const REFUSALS = [
  ["HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "status 404"],
  ["", "Cannot read an answer: the connection was closed"],
  [
    `HTTP/1.1 101 Switching\r\n${UPGRADE}\r\n`,
    "Cannot use a WebSocket that was not agreed on",
  ],
  [`${AGREED}\x88\x02\x03\xe9`, "closed by the server with 1001"],
  [`${AGREED}\xff\xff`, "Cannot read a frame that begins with: 255, 255"],
] as const;

for (const [text, what] of REFUSALS) {
  Deno.test(`ws counts "${what}" when the server sends ${JSON.stringify(text.slice(-20))}`, async () => {
    await using server = serveRaw(async ({ read, write }) => {
      await read();
      await write(text);
      if (text !== "") await read();
    });
    const url = `ws://127.0.0.1:${server.port}/`;
    const { code, result } = await load("ws", url, "-n", "2", "-c", "1");
    deepStrictEqual([code, result.good], [1, 0]);
    deepStrictEqual(result.errors, [{ what, count: 2 }]);
  });
}
