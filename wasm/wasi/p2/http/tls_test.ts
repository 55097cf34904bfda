import { deepStrictEqual, ok } from "node:assert";

import { failureOf, requestTo, send } from "../testdata/http.ts";
import { withGuest } from "../testdata/streams.ts";

const TLS = new URL("../testdata/tls/", import.meta.url);

/** A server that reads one message, answers with `bytes`, and closes. */
function answering(bytes: readonly number[]): Deno.TcpListener {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  (async () => {
    using conn = await listener.accept();
    await conn.read(new Uint8Array(4_096));
    await conn.write(Uint8Array.from(bytes));
  })();
  return listener;
}

// Records of TLS: an alert is 21, a handshake 22.
// deno-fmt-ignore
const ANSWERS: readonly (readonly [what: string, bytes: readonly number[], code: unknown])[] = [
  ["an alert",              [21, 3, 3, 0, 2, 2, 40],   { tag: "TLS-alert-received", val: { alertId: 40, alertMessage: "HandshakeFailure" } }],
  ["an unknown name",       [21, 3, 3, 0, 2, 2, 112],  { tag: "TLS-alert-received", val: { alertId: 112, alertMessage: "UnrecognisedName" } }],
  ["the end",               [],                        { tag: "connection-terminated" }],
  ["a record too long",     [22, 3, 3, 255, 255],      { tag: "TLS-protocol-error" }],
];

for (const [what, bytes, code] of ANSWERS) {
  Deno.test(`a guest is told when ${what} answers its handshake`, () =>
    withGuest(async (guest) => {
      using server = answering(bytes);
      const { port } = server.addr;
      const request = requestTo(guest, port, { scheme: "HTTPS" });
      deepStrictEqual(await failureOf(guest, send(guest, request)), code);
    }));
}

Deno.test("a guest is told that nobody knows a server through TLS, or listens there", () =>
  withGuest(async (guest) => {
    const away = { scheme: "HTTPS", host: "no-such-host.invalid" };
    deepStrictEqual(
      await failureOf(guest, send(guest, requestTo(guest, 443, away))),
      {
        tag: "DNS-error",
        val: { rcode: "ENOTFOUND", infoCode: undefined },
      },
    );
    const closed = requestTo(guest, 1, { scheme: "HTTPS" });
    deepStrictEqual(await failureOf(guest, send(guest, closed)), {
      tag: "connection-refused",
    });
  }));

Deno.test("the end of a process ends its handshakes", async () => {
  const silent = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  await withGuest(async (guest) => {
    const request = requestTo(guest, silent.addr.port, { scheme: "HTTPS" });
    send(guest, request);
    const conn = await silent.accept();
    await conn.read(new Uint8Array(4_096));
    guest.close();
    while (await conn.read(new Uint8Array(4_096)) !== null);
    conn.close();
  });
  silent.close();
});

// In a process of its own, which trusts the authority of the tests.
Deno.test("a server through TLS is read and written no faster than the guest goes", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL("trusting.ts", TLS).pathname],
    env: { DENO_CERT: new URL("authority.pem", TLS).pathname, NO_COLOR: "1" },
  }).output();
  ok(success, new TextDecoder().decode(stderr));
});
