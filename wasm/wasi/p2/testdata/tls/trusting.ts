/**
 * A guest and a server that talk through TLS: fails unless both are held back
 * by the other, and the connection ends with what uses it. Run with the
 * authority of the tests in `DENO_CERT`.
 *
 * @module
 */

import { ok } from "node:assert";
import { FakeGuest } from "../guest.ts";
import { http, requestTo, responseOf, send } from "../http.ts";

const [cert, key] = await Promise.all(
  ["here", "key"].map((name) =>
    Deno.readTextFile(new URL(`${name}.pem`, import.meta.url))
  ),
) as [string, string];
const PIECE = new Uint8Array(65_536);
const SECURE = { scheme: "HTTPS", host: "localhost" };

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** A body that the guest does not read stays with the server. */
async function holdServer(guest: FakeGuest): Promise<void> {
  let pulled = 0;
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream({
    pull(controller) {
      pulled += PIECE.length;
      controller.enqueue(PIECE);
    },
    cancel: () => cancelled.resolve(),
  });
  const options = { port: 0, hostname: "127.0.0.1", cert, key, onListen() {} };
  const server = Deno.serve(options, () => new Response(body));
  const request = requestTo(guest, server.addr.port, SECURE);
  const response = await responseOf(guest, send(guest, request));
  for (let count = 0; count < 400; count++) {
    await turn();
    if (count === 200) pulled = 0;
  }
  ok(pulled < 1_000_000, `pulled ${pulled}`);
  guest.drop("http/types incoming-response", response);
  await cancelled.promise;
  await server.shutdown();
}

/** A body that the server does not read stays with the guest. */
async function holdGuest(guest: FakeGuest): Promise<void> {
  using server = Deno.listenTls({ port: 0, hostname: "127.0.0.1", cert, key });
  const request = requestTo(guest, server.addr.port, { ...SECURE, method: "post" });
  const body = http(guest, "[method]outgoing-request.body", request);
  const stream = http(guest, "[method]outgoing-body.write", body);
  send(guest, request);
  using conn = await server.accept();
  await conn.handshake();
  const output = (name: string, ...values: unknown[]) =>
    guest.call(`io/streams [method]output-stream.${name}`, stream, ...values);
  let written = 0;
  for (let idle = 0; idle < 200;) {
    const room = Number(output("check-write"));
    output("write", new Uint8Array(room));
    written += room;
    idle = room === 0 ? idle + 1 : 0;
    await turn();
  }
  ok(written < 32_000_000, `written ${written}`);
  guest.close();
  // Nothing of the connection is left but what is on its way.
  while (await conn.read(PIECE).catch(() => null) !== null);
}

await holdServer(new FakeGuest());
await holdGuest(new FakeGuest());
