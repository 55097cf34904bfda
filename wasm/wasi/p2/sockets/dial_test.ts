import { deepStrictEqual, ok, strictEqual } from "node:assert";

import { errorOf, type FakeGuest } from "../testdata/guest.ts";
import { connected, here, newTcp, tcp, until } from "../testdata/sockets.ts";
import {
  bytesOf,
  CLOSED,
  input,
  output,
  withGuest,
} from "../testdata/streams.ts";

const HAS_IPV6 = Deno.networkInterfaces().some(({ address }) =>
  address === "::1"
);

Deno.test({
  name: "a socket of IPv6 takes no peers of IPv4",
  ignore: !HAS_IPV6,
  fn: () =>
    withGuest(async (guest) => {
      const server = newTcp(guest, "ipv6");
      const anywhere = { ...here(0, "ipv6").val, address: Array(8).fill(0) };
      tcp(guest, "start-bind", server, {}, { tag: "ipv6", val: anywhere });
      tcp(guest, "finish-bind", server);
      tcp(guest, "start-listen", server);
      tcp(guest, "finish-listen", server);
      const { port } = tcp(guest, "local-address", server).val;
      const stranger = await Deno.connect({ hostname: "127.0.0.1", port });
      const peer = await Deno.connect({ hostname: "::1", port });
      await until(guest, "tcp tcp-socket", server);
      const [socket] = tcp(guest, "accept", server);
      deepStrictEqual(
        tcp(guest, "remote-address", socket).val.port,
        peer.localAddr.port,
      );
      strictEqual(
        await stranger.read(new Uint8Array(1)).catch(() => null),
        null,
      );
      stranger.close();
      peer.close();
    }),
});

Deno.test("a guest that may reach a name reaches the addresses that it finds by it", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  const network = [`localhost:${port}`];
  await withGuest(async (guest) => {
    const connect = () =>
      tcp(guest, "start-connect", newTcp(guest), {}, here(port));
    strictEqual(await errorOf(connect), "access-denied");
    const found = guest.call(
      "sockets/ip-name-lookup resolve-addresses",
      {},
      "LocalHost",
    );
    await until(guest, "ip-name-lookup resolve-address-stream", found);
    const [socket] = await connected(guest, here(port));
    deepStrictEqual(tcp(guest, "remote-address", socket), here(port));
    const other = () =>
      tcp(guest, "start-connect", newTcp(guest), {}, here(port + 1));
    strictEqual(await errorOf(other), "access-denied");
  }, { network });
  listener.close();
});

Deno.test({
  name:
    "a guest reaches addresses that its capability names, in their usual form",
  ignore: !HAS_IPV6,
  fn: async () => {
    const listener = Deno.listen({ port: 0, hostname: "::1" });
    const { port } = listener.addr;
    const network = [`[::1]:${port}`];
    await withGuest((guest) => connected(guest, here(port, "ipv6")), {
      network,
    });
    listener.close();
  },
});

/** A socket that is bound to `address` and connects to `port`. */
async function connecting(
  guest: FakeGuest,
  address: readonly number[],
  port: number,
  // deno-lint-ignore no-explicit-any -- as FakeGuest.call
): Promise<any> {
  const socket = newTcp(guest);
  const local = { tag: "ipv4", val: { port: 0, address } };
  tcp(guest, "start-bind", socket, {}, local);
  tcp(guest, "finish-bind", socket);
  const from = tcp(guest, "local-address", socket);
  tcp(guest, "start-connect", socket, {}, here(port));
  await until(guest, "tcp tcp-socket", socket);
  return [socket, from];
}

Deno.test("a socket connects from the address that it is bound to", async () => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const accepted = listener.accept();
  await withGuest(async (guest) => {
    const [socket, from] = await connecting(
      guest,
      [127, 0, 0, 1],
      listener.addr.port,
    );
    tcp(guest, "set-keep-alive-enabled", socket, true);
    const [, toPeer] = tcp(guest, "finish-connect", socket);
    const peer = await accepted;
    deepStrictEqual(tcp(guest, "local-address", socket), from);
    strictEqual(peer.remoteAddr.port, from.val.port);
    await output(guest, "blocking-write-and-flush", toPeer, bytesOf(4_000));
    tcp(guest, "shutdown", socket, "send");
    strictEqual((await new Response(peer.readable).bytes()).length, 4_000);
  });
});

Deno.test("a socket that is bound to an address reads what its peer sends after the end of its own", async () => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const accepted = listener.accept();
  await withGuest(async (guest) => {
    const [socket] = await connecting(
      guest,
      [127, 0, 0, 1],
      listener.addr.port,
    );
    const [fromPeer] = tcp(guest, "finish-connect", socket);
    const peer = await accepted;
    tcp(guest, "shutdown", socket, "send");
    strictEqual(await peer.read(new Uint8Array(1)), null);
    await peer.write(bytesOf(3));
    deepStrictEqual(
      await input(guest, "blocking-read", fromPeer, 9n),
      bytesOf(3),
    );
    peer.close();
    deepStrictEqual(
      await errorOf(() => input(guest, "blocking-read", fromPeer, 9n)),
      CLOSED,
    );
  });
});

Deno.test("bytes that a bound socket's guest does not read stay with the peer", async () => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const accepted = listener.accept();
  await withGuest(async (guest) => {
    const [socket] = await connecting(
      guest,
      [127, 0, 0, 1],
      listener.addr.port,
    );
    const [fromPeer] = tcp(guest, "finish-connect", socket);
    input(guest, "read", fromPeer, 1n);
    using peer = await accepted;
    let sent = 0;
    const sending = (async () => {
      for (;;) sent += await peer.write(bytesOf(65_536));
    })().catch(() => {});
    for (let turn = 0; turn < 200; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    ok(sent < 32_000_000, String(sent));
    guest.close();
    await sending;
  });
});

Deno.test("finish-connect of a bound socket tells why there is no connection", () =>
  withGuest(async (guest) => {
    const [socket] = await connecting(guest, [127, 0, 0, 1], 1);
    strictEqual(
      await errorOf(() => tcp(guest, "finish-connect", socket)),
      "connection-refused",
    );
  }));

Deno.test("a bound socket whose peer resets it fails, by a code of sockets", async () => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const accepted = listener.accept();
  await withGuest(async (guest) => {
    const [socket] = await connecting(
      guest,
      [127, 0, 0, 1],
      listener.addr.port,
    );
    const [, toPeer] = tcp(guest, "finish-connect", socket);
    (await accepted).close();
    const write = () =>
      output(guest, "blocking-write-and-flush", toPeer, bytesOf(4_096));
    // The first may still find room on the way.
    const error = await errorOf(async () => {
      for (;;) await write();
    }) as { readonly val: unknown };
    strictEqual(
      guest.call("sockets/network network-error-code", error.val),
      "connection-reset",
    );
  });
});
