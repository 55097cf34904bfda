import { fail, match, strictEqual } from "node:assert";
import { Pid } from "@rusm/otp";
import type { GuestReply } from "@rusm/wasm";
import {
  DATA,
  GOAWAY,
  HEADERS,
  Http2Client,
  PING,
} from "../testdata/http2_client.ts";
import { RawClient } from "../testdata/raw_client.ts";
import { type Guest, reply, waitForEver } from "../testdata/test_node.ts";
import { serve, type TestServer } from "../testdata/test_server.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const OK = '{"status":200,"headers":[]}';

/** A listener whose guest answers when it is let go. */
interface Held extends TestServer {
  /** Resolves when the guest was asked. */
  readonly asked: Promise<void>;
  letGo(): void;
}

function serveHeld(): Held {
  const asked = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const served = serve(async (self, request) => {
    asked.resolve();
    await held.promise;
    reply(self, request);
  });
  return { ...served, asked: asked.promise, letGo: () => held.resolve() };
}

function replyWith(byteCount: number): Guest {
  return ({ runtime }, { from }) => {
    const to: Pid<GuestReply> = Pid.fromBigInt(BigInt(from));
    const body = new Uint8Array(byteCount);
    runtime.send(to, { type: "reply", head: OK, body });
  };
}

// A connection that came just before is reset instead, or closed.
async function untilRefused(url: string): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    try {
      const client = await RawClient.connect(url);
      client.close();
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return;
    }
  }
  fail("Connections are accepted");
}

Deno.test("HttpServer.stop() closes a connection that was used, when its last response has left", async () => {
  const { server, url, clock } = serve();
  const client = await RawClient.connect(url);
  await client.send(GET);
  await client.readUntil("\r\n\r\n");
  const stopped = server.stop();
  clock.advance(60);
  strictEqual(await client.readAll(), "");
  await stopped;
});

Deno.test("HttpServer.stop() says connection: close where a request is in flight, and refuses others", async () => {
  const { server, url, clock, asked, letGo } = serveHeld();
  const client = await RawClient.connect(url);
  await client.send(GET);
  await asked;
  const stopped = server.stop();
  await untilRefused(url);
  letGo();
  match(await client.readUntil("\r\n\r\n"), / 200 [^]*\r\nconnection: close\r/);
  clock.advance(60);
  strictEqual(await client.readAll(), "");
  await stopped;
});

Deno.test("HttpServer.stop() closes a connection as soon as the client has a response that came in pieces", async () => {
  // More than the sockets of both sides hold.
  const byteCount = 40_000_000;
  const { server, url } = serve(replyWith(byteCount));
  const client = await RawClient.connect(url);
  await client.send(GET);
  await client.readUntil("\r\n\r\n");
  const stopped = server.stop();
  // The clock stands still.
  strictEqual((await client.readAll()).length, byteCount);
  await stopped;
});

Deno.test("HttpServer.stop() closes a connection at once whose response in pieces has left before", async () => {
  const { server, url } = serve(replyWith(100_000));
  const client = await RawClient.connect(url);
  await client.send(GET);
  await client.readUntil("\r\n\r\n");
  await client.skip(100_000);
  // When this is answered, the end of the other has been seen.
  const later = await RawClient.connect(url);
  await later.send(GET);
  await later.readUntil("\r\n\r\n");
  later.close();
  await server.stop();
  strictEqual(await client.readAll(), "");
});

/** GOAWAY before it is known which stream is the last: all may be. */
const NONE_IS_LAST = 0x7fff_ffff;

function lastStreamOf(payload: Uint8Array | undefined): number {
  const { buffer, byteOffset } = payload ?? new Uint8Array(4);
  return new DataView(buffer, byteOffset).getUint32(0);
}

Deno.test("HttpServer.stop() sends GOAWAY, answers the streams there are, and closes", async () => {
  const { server, url, asked, letGo } = serveHeld();
  const client = await Http2Client.connect(url);
  await client.get(1);
  await asked;
  const stopped = server.stop();
  const first = await client.next(GOAWAY);
  strictEqual(lastStreamOf(first?.payload), NONE_IS_LAST);
  await client.acknowledge((await client.next(PING))!);
  strictEqual(lastStreamOf((await client.next(GOAWAY))?.payload), 1);
  letGo();
  strictEqual((await client.next(HEADERS))?.stream, 1);
  strictEqual(await client.next(HEADERS, DATA, GOAWAY), undefined);
  await stopped;
  client.close();
});

Deno.test("HttpServer.stop() sends GOAWAY to a client of HTTP/2 that asks for nothing, and closes", async () => {
  const { server, url } = serve();
  const client = await Http2Client.connect(url);
  await client.get(1);
  await client.next(HEADERS);
  const stopped = server.stop();
  await client.next(GOAWAY);
  await client.acknowledge((await client.next(PING))!);
  strictEqual(lastStreamOf((await client.next(GOAWAY))?.payload), 1);
  strictEqual(await client.next(GOAWAY), undefined);
  await stopped;
  client.close();
});

Deno.test("HttpServer.stop() gives a client of HTTP/2 up that does not heed it, and answers it 503", async () => {
  const { server, url, clock, node } = serve();
  const client = await Http2Client.connect(url);
  await client.get(1);
  await client.next(HEADERS);
  const stopped = server.stop();
  await client.next(PING);
  await client.get(3);
  await client.next(HEADERS);
  strictEqual(node.guests.length, 2);
  clock.advance(2_100);
  await stopped;
  await client.get(5);
  strictEqual((await client.next(HEADERS))?.stream, 5);
  strictEqual(node.guests.length, 2);
  client.close();
});

Deno.test("HttpServer.cut() gives a client of HTTP/2 up whose request is in flight", async () => {
  const { server, url, node } = serve((self) => waitForEver(self));
  const client = await Http2Client.connect(url);
  await client.get(1);
  while (node.guests.length === 0) await node.turn();
  const stopped = server.stop();
  await client.next(GOAWAY);
  server.cut();
  await stopped;
  client.close();
  node.runtime.exit(node.guests[0]!, "killed");
});
