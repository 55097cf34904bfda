import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";

import { CanonicalTrap } from "../../../component/canonical/mod.ts";
import { errorOf, FakeGuest } from "../testdata/guest.ts";
import {
  connected,
  here,
  listening,
  newTcp,
  tcp,
  until,
} from "../testdata/sockets.ts";
import {
  bytesOf,
  CLOSED,
  input,
  output,
  withGuest,
} from "../testdata/streams.ts";
import type { Family, SocketAddress } from "./address.ts";
import { SOCKETS_MAX } from "./limits.ts";

const HAS_IPV6 = Deno.networkInterfaces().some(({ address }) =>
  address === "::1"
);

for (const family of ["ipv4", "ipv6"] as const) {
  Deno.test({
    name: `a guest talks to itself over ${family}`,
    // Not every machine has IPv6.
    ignore: family === "ipv6" && !HAS_IPV6,
    fn: () =>
      withGuest(async (guest) => {
        const server = listening(guest, family);
        strictEqual(tcp(guest, "is-listening", server), true);
        strictEqual(tcp(guest, "address-family", server), family);
        const address = tcp(guest, "local-address", server) as SocketAddress;
        deepStrictEqual(address.val.address, here(0, family).val.address);
        strictEqual(
          await errorOf(() => tcp(guest, "accept", server)),
          "would-block",
        );
        const [client, , toServer] = await connected(guest, address);
        await until(guest, "tcp tcp-socket", server);
        const [peer, fromClient] = tcp(guest, "accept", server);
        deepStrictEqual(tcp(guest, "remote-address", client), address);
        deepStrictEqual(
          tcp(guest, "remote-address", peer),
          tcp(guest, "local-address", client),
        );
        await output(
          guest,
          "blocking-write-and-flush",
          toServer,
          bytesOf(5, 7),
        );
        deepStrictEqual(
          await input(guest, "blocking-read", fromClient, 9n),
          bytesOf(5, 7),
        );
        tcp(guest, "shutdown", client, "send");
        deepStrictEqual(
          await errorOf(() => input(guest, "blocking-read", fromClient, 9n)),
          CLOSED,
        );
        deepStrictEqual(
          await errorOf(() => output(guest, "check-write", toServer)),
          CLOSED,
        );
      }),
  });
}

const STATES: readonly [
  name: string,
  work: (guest: FakeGuest) => unknown,
  code: string,
][] = [
  [
    "finish-bind before start-bind",
    (guest) => tcp(guest, "finish-bind", newTcp(guest)),
    "not-in-progress",
  ],
  [
    "finish-connect before start-connect",
    (guest) => tcp(guest, "finish-connect", newTcp(guest)),
    "not-in-progress",
  ],
  [
    "finish-listen before start-listen",
    (guest) => tcp(guest, "finish-listen", newTcp(guest)),
    "not-in-progress",
  ],
  [
    "start-listen of one that is not bound",
    (guest) => tcp(guest, "start-listen", newTcp(guest)),
    "invalid-state",
  ],
  [
    "accept of one that does not listen",
    (guest) => tcp(guest, "accept", newTcp(guest)),
    "invalid-state",
  ],
  [
    "local-address of one that is not bound",
    (guest) => tcp(guest, "local-address", newTcp(guest)),
    "invalid-state",
  ],
  [
    "remote-address of one that is not connected",
    (guest) => tcp(guest, "remote-address", listening(guest)),
    "invalid-state",
  ],
  [
    "shutdown of one that is not connected",
    (guest) => tcp(guest, "shutdown", newTcp(guest), "both"),
    "invalid-state",
  ],
  [
    "start-bind of one that is bound",
    (guest) => tcp(guest, "start-bind", listening(guest), {}, here()),
    "invalid-state",
  ],
  [
    "start-connect of one that listens",
    (guest) => tcp(guest, "start-connect", listening(guest), {}, here(9)),
    "invalid-state",
  ],
  ["start-connect while it is bound", (guest) => {
    const socket = newTcp(guest);
    tcp(guest, "start-bind", socket, {}, here());
    tcp(guest, "start-connect", socket, {}, here(9));
  }, "concurrency-conflict"],
  ["finish-connect before there is a connection", (guest) => {
    const socket = newTcp(guest);
    tcp(guest, "start-connect", socket, {}, here(9));
    tcp(guest, "finish-connect", socket);
  }, "would-block"],
  [
    "set-hop-limit to another",
    (guest) => tcp(guest, "set-hop-limit", newTcp(guest), 9),
    "not-supported",
  ],
  [
    "set-hop-limit to 0",
    (guest) => tcp(guest, "set-hop-limit", newTcp(guest), 0),
    "invalid-argument",
  ],
  [
    "set-listen-backlog-size to 0",
    (guest) => tcp(guest, "set-listen-backlog-size", newTcp(guest), 0n),
    "invalid-argument",
  ],
  [
    "set-keep-alive-count to 0",
    (guest) => tcp(guest, "set-keep-alive-count", newTcp(guest), 0),
    "invalid-argument",
  ],
];

for (const [name, work, code] of STATES) {
  Deno.test(`${name} answers ${code}`, () =>
    withGuest(async (guest) => {
      strictEqual(await errorOf(() => work(guest)), code);
    }));
}

const ADDRESSES: readonly [
  what: string,
  method: "start-bind" | "start-connect",
  family: Family,
  address: SocketAddress,
][] = [
  ["another family", "start-bind", "ipv6", here()],
  ["another family", "start-connect", "ipv6", here(9)],
  ["no port", "start-connect", "ipv4", here(0)],
  ["no address", "start-connect", "ipv4", {
    tag: "ipv4",
    val: { port: 9, address: [0, 0, 0, 0] },
  }],
  ["many machines", "start-connect", "ipv4", {
    tag: "ipv4",
    val: { port: 9, address: [224, 0, 0, 1] },
  }],
  ["all machines", "start-bind", "ipv4", {
    tag: "ipv4",
    val: { port: 9, address: [255, 255, 255, 255] },
  }],
  ["an address of IPv4 within IPv6", "start-connect", "ipv6", {
    tag: "ipv6",
    val: { port: 9, address: [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1] },
  }],
];

for (const [what, method, family, address] of ADDRESSES) {
  Deno.test(`${method} to ${what} answers invalid-argument`, () =>
    withGuest(async (guest) => {
      const socket = newTcp(guest, family);
      strictEqual(
        await errorOf(() => tcp(guest, method, socket, {}, address)),
        "invalid-argument",
      );
    }));
}

Deno.test("a guest without network gets access-denied", () =>
  withGuest(async (guest) => {
    for (const method of ["start-bind", "start-connect"]) {
      const work = () => tcp(guest, method, newTcp(guest), {}, here(9));
      strictEqual(await errorOf(work), "access-denied");
    }
  }, { profile: "sandboxed" }));

Deno.test("finish-bind tells that an address is in use, or is of another machine", () =>
  withGuest(async (guest) => {
    const address = tcp(guest, "local-address", listening(guest));
    const other: SocketAddress = {
      tag: "ipv4",
      val: { port: 0, address: [192, 0, 2, 1] },
    };
    for (
      const [to, code] of [
        [address, "address-in-use"],
        [other, "address-not-bindable"],
      ]
    ) {
      const socket = newTcp(guest);
      tcp(guest, "start-bind", socket, {}, to);
      strictEqual(await errorOf(() => tcp(guest, "finish-bind", socket)), code);
    }
  }));

Deno.test("finish-connect tells that nobody listens, and then there is no socket", () =>
  withGuest(async (guest) => {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const address = here(listener.addr.port);
    listener.close();
    const socket = newTcp(guest);
    tcp(guest, "start-connect", socket, {}, address);
    await until(guest, "tcp tcp-socket", socket);
    strictEqual(
      await errorOf(() => tcp(guest, "finish-connect", socket)),
      "connection-refused",
    );
    strictEqual(
      await errorOf(() => tcp(guest, "start-connect", socket, {}, address)),
      "invalid-state",
    );
  }));

Deno.test("a socket that is bound to no address in particular can connect", () =>
  withGuest(async (guest) => {
    const address = tcp(guest, "local-address", listening(guest));
    const socket = newTcp(guest);
    const anywhere = { tag: "ipv4", val: { port: 0, address: [0, 0, 0, 0] } };
    tcp(guest, "start-bind", socket, {}, anywhere);
    tcp(guest, "finish-bind", socket);
    tcp(guest, "start-connect", socket, {}, address);
    await until(guest, "tcp tcp-socket", socket);
    strictEqual(tcp(guest, "finish-connect", socket).length, 2);
  }));

Deno.test("a process has no more sockets than the bound, and gets one for one that it drops", () =>
  withGuest(async (guest) => {
    const sockets = Array.from({ length: SOCKETS_MAX }, () => newTcp(guest));
    strictEqual(await errorOf(() => newTcp(guest)), "new-socket-limit");
    guest.drop("sockets/tcp tcp-socket", sockets[0]);
    newTcp(guest);
  }));

Deno.test("keep-alive can be turned on, before and after a connection is there", () =>
  withGuest(async (guest) => {
    const server = listening(guest);
    tcp(guest, "set-keep-alive-enabled", server, true);
    const [client] = await connected(
      guest,
      tcp(guest, "local-address", server),
    );
    strictEqual(tcp(guest, "keep-alive-enabled", client), false);
    tcp(guest, "set-keep-alive-enabled", client, true);
    strictEqual(tcp(guest, "keep-alive-enabled", client), true);
    await until(guest, "tcp tcp-socket", server);
    const [peer] = tcp(guest, "accept", server);
    strictEqual(tcp(guest, "keep-alive-enabled", peer), true);
  }));

/** A connection to a peer that is the test's. */
async function withPeer(
  work: (
    guest: FakeGuest,
    // deno-lint-ignore no-explicit-any -- as FakeGuest.call
    connection: any,
    peer: Deno.TcpConn,
  ) => Promise<void>,
): Promise<void> {
  const guest = new FakeGuest();
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const accepted = listener.accept();
  const connection = await connected(guest, here(listener.addr.port));
  const peer = await accepted;
  try {
    await work(guest, connection, peer);
  } finally {
    guest.close();
    listener.close();
    closeQuietly(peer);
  }
}

function closeQuietly(peer: Deno.TcpConn): void {
  try {
    peer.close();
  } catch (error) {
    // The test has closed it already.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

Deno.test("bytes that nobody reads stay with the peer, and those that it does not read with the guest", () =>
  withPeer(async (guest, [, fromPeer, toPeer], peer) => {
    const room: bigint = output(guest, "check-write", toPeer);
    output(guest, "write", toPeer, bytesOf(Number(room)));
    let written = Number(room);
    for (let idle = 0; idle < 100;) {
      const more = Number(output(guest, "check-write", toPeer));
      output(guest, "write", toPeer, bytesOf(more));
      written += more;
      idle = more === 0 ? idle + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve));
    }
    ok(written < 32_000_000, String(written));
    let sent = 0;
    const sending = (async () => {
      for (;;) sent += await peer.write(bytesOf(65_536));
    })().catch(() => {});
    for (let turn = 0; turn < 200; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    ok(sent < 32_000_000, String(sent));
    strictEqual(input(guest, "read", fromPeer, 9n).length, 0);
    guest.close();
    await sending;
  }));

Deno.test("what was written goes out when all handles are dropped, and the connection is closed then", () =>
  withPeer(async (guest, [socket, fromPeer, toPeer], peer) => {
    output(guest, "check-write", toPeer);
    output(guest, "write", toPeer, bytesOf(60_000));
    guest.drop("io/streams output-stream", toPeer);
    guest.drop("io/streams input-stream", fromPeer);
    guest.drop("sockets/tcp tcp-socket", socket);
    const received = await new Response(peer.readable).bytes().catch(() => {});
    strictEqual(received?.length, 60_000);
  }));

Deno.test("a connection that its peer resets fails, by a code of sockets", () =>
  withPeer(async (guest, [, fromPeer, toPeer], peer) => {
    await peer.write(bytesOf(1));
    guest.drop("io/streams input-stream", fromPeer);
    peer.close();
    let error: { tag: string; val?: unknown } | undefined;
    while (error === undefined) {
      try {
        await output(guest, "blocking-write-and-flush", toPeer, bytesOf(4_096));
      } catch (thrown) {
        // It is what the test waits for.
        error = (thrown as { payload: { tag: string } }).payload;
      }
    }
    strictEqual(error.tag, "last-operation-failed");
    strictEqual(
      guest.call("sockets/network network-error-code", error.val),
      "connection-reset",
    );
  }));

Deno.test("shutdown of what comes ends its stream alone", () =>
  withPeer(async (guest, [socket, fromPeer, toPeer], peer) => {
    tcp(guest, "shutdown", socket, "receive");
    deepStrictEqual(
      await errorOf(() => input(guest, "blocking-read", fromPeer, 1n)),
      CLOSED,
    );
    await output(guest, "blocking-write-and-flush", toPeer, bytesOf(3));
    strictEqual(await peer.read(new Uint8Array(9)), 3);
  }));

Deno.test("the end of a process closes its sockets", async () => {
  const guest = new FakeGuest();
  const server = listening(guest);
  const { port } = (tcp(guest, "local-address", server) as SocketAddress).val;
  const first = await Deno.connect({ hostname: "127.0.0.1", port });
  await until(guest, "tcp tcp-socket", server);
  tcp(guest, "accept", server);
  const second = await Deno.connect({ hostname: "127.0.0.1", port });
  await until(guest, "tcp tcp-socket", server);
  tcp(guest, "start-connect", newTcp(guest), {}, here(port));
  guest.close();
  for (const conn of [first, second]) {
    strictEqual(await conn.read(new Uint8Array(1)).catch(() => null), null);
    conn.close();
  }
  const again = Deno.listen({ hostname: "127.0.0.1", port });
  again.close();
});

Deno.test("drop of a tcp-socket before its pollable traps", () =>
  withGuest((guest) => {
    const socket = newTcp(guest);
    tcp(guest, "subscribe", socket);
    throws(() => guest.drop("sockets/tcp tcp-socket", socket), CanonicalTrap);
  }));
