import { strictEqual } from "node:assert";
import { withChild } from "./child.ts";
import { connect, type Connection } from "./connection.ts";
import { OPCODE, RawWebSocket } from "./frames.ts";
import { manifestOf } from "./served.ts";
import { socketsManifest } from "./sockets.ts";

const FILES_MAX = 150;

Deno.test("serve listens again when connections have used up all files", async () => {
  const manifest = manifestOf("healthy");
  await withChild(manifest, FILES_MAX, async ({ url, logged, stop }) => {
    const connections = await flood(Number(url.port));
    await logged(/ error +Lost a listener: .*Too many open files/);
    await logged(/ warn +Listens again: http:/);
    for (const connection of connections) connection.close();
    const response = await fetch(url);
    strictEqual(await response.text(), "seen 1");
    strictEqual((await stop()).code, 0);
  });
});

Deno.test("serve listens again for WebSockets, though nothing tells that it is deaf", async () => {
  // The node ends the connections itself: whoever closes them as they are
  // accepted leaves it files enough.
  await withChild(
    socketsManifest("handshake_timeout_ms = 1000"),
    FILES_MAX,
    async ({ url, logged, stop }) => {
      const connections = await flood(Number(url.port));
      await logged(/ warn +Listens again: ws:/);
      for (const connection of connections) connection.close();
      using socket = await RawWebSocket.open(Number(url.port));
      await socket.send(OPCODE.text, "still");
      strictEqual(await socket.next(), "text still");
      strictEqual((await stop()).code, 0);
    },
  );
});

/** Opens more connections than the process can have, and says nothing on them. */
async function flood(port: number): Promise<Connection[]> {
  const attempts = Array.from({ length: FILES_MAX }, () => connect(port));
  const opened = await Promise.allSettled(attempts);
  return opened
    .filter((result) => result.status === "fulfilled")
    .map(({ value }) => value);
}
