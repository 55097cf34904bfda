import { deepStrictEqual, strictEqual } from "node:assert";

import { errorOf } from "../testdata/guest.ts";
import { connected, here, newTcp, tcp, until } from "../testdata/sockets.ts";
import { withGuest } from "../testdata/streams.ts";

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
