import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { Socket } from "node:dgram";

import { CanonicalTrap } from "../../../component/canonical/mod.ts";
import { errorOf, type FakeGuest } from "../testdata/guest.ts";
import { here, newUdp, udp, until } from "../testdata/sockets.ts";
import { bytesOf, withGuest } from "../testdata/streams.ts";
import type { SocketAddress } from "./address.ts";
import {
  DATAGRAM_BYTES_MAX,
  DATAGRAMS_SENDING_MAX,
  SOCKETS_MAX,
} from "./limits.ts";

/** A socket that is bound, and where. */
async function bound(
  guest: FakeGuest,
  // deno-lint-ignore no-explicit-any -- as FakeGuest.call
): Promise<[socket: any, address: SocketAddress]> {
  const socket = newUdp(guest);
  udp(guest, "udp-socket.start-bind", socket, {}, here());
  await until(guest, "udp udp-socket", socket);
  udp(guest, "udp-socket.finish-bind", socket);
  return [socket, udp(guest, "udp-socket.local-address", socket)];
}

/** Sends one datagram. */
function sendOne(
  guest: FakeGuest,
  stream: unknown,
  data: Uint8Array,
  remoteAddress?: SocketAddress,
): Promise<bigint> {
  udp(guest, "outgoing-datagram-stream.check-send", stream);
  const list = [{ data, remoteAddress }];
  return udp(guest, "outgoing-datagram-stream.send", stream, list);
}

async function receiveOne(guest: FakeGuest, stream: unknown): Promise<unknown> {
  await until(guest, "udp incoming-datagram-stream", stream);
  return udp(guest, "incoming-datagram-stream.receive", stream, 1n);
}

Deno.test("two sockets send each other datagrams", () =>
  withGuest(async (guest) => {
    const [one, oneAddress] = await bound(guest);
    const [other, otherAddress] = await bound(guest);
    const [fromOther, toOther] = udp(
      guest,
      "udp-socket.stream",
      one,
      undefined,
    );
    const [fromOne, toOne] = udp(guest, "udp-socket.stream", other, oneAddress);
    deepStrictEqual(
      udp(guest, "incoming-datagram-stream.receive", fromOne, 9n),
      [],
    );
    strictEqual(await sendOne(guest, toOther, bytesOf(3), otherAddress), 1n);
    deepStrictEqual(await receiveOne(guest, fromOne), [
      { data: bytesOf(3), remoteAddress: oneAddress },
    ]);
    strictEqual(await sendOne(guest, toOne, bytesOf(0)), 1n);
    deepStrictEqual(await receiveOne(guest, fromOther), [
      { data: bytesOf(0), remoteAddress: otherAddress },
    ]);
    deepStrictEqual(udp(guest, "udp-socket.remote-address", other), oneAddress);
    strictEqual(udp(guest, "udp-socket.address-family", other), "ipv4");
  }));

Deno.test("a stream for one peer leaves out others", () =>
  withGuest(async (guest) => {
    const [one, oneAddress] = await bound(guest);
    const [other, otherAddress] = await bound(guest);
    const [stranger] = await bound(guest);
    const [fromOne] = udp(guest, "udp-socket.stream", other, oneAddress);
    const [, fromStranger] = udp(
      guest,
      "udp-socket.stream",
      stranger,
      undefined,
    );
    const [, toOther] = udp(guest, "udp-socket.stream", one, undefined);
    await sendOne(guest, fromStranger, bytesOf(1), otherAddress);
    await sendOne(guest, toOther, bytesOf(2), otherAddress);
    deepStrictEqual(await receiveOne(guest, fromOne), [
      { data: bytesOf(2), remoteAddress: oneAddress },
    ]);
  }));

const REFUSED: readonly [
  what: string,
  work: (guest: FakeGuest) => unknown,
  code: string,
][] = [
  [
    "finish-bind before start-bind",
    (guest) => udp(guest, "udp-socket.finish-bind", newUdp(guest)),
    "not-in-progress",
  ],
  [
    "stream of one that is not bound",
    (guest) => udp(guest, "udp-socket.stream", newUdp(guest), undefined),
    "invalid-state",
  ],
  [
    "local-address of one that is not bound",
    (guest) => udp(guest, "udp-socket.local-address", newUdp(guest)),
    "invalid-state",
  ],
  [
    "remote-address without a peer",
    (guest) => udp(guest, "udp-socket.remote-address", newUdp(guest)),
    "invalid-state",
  ],
  [
    "start-bind to another family",
    (guest) =>
      udp(guest, "udp-socket.start-bind", newUdp(guest, "ipv6"), {}, here()),
    "invalid-argument",
  ],
  ["start-bind of one that is bound", async (guest) => {
    const [socket] = await bound(guest);
    udp(guest, "udp-socket.start-bind", socket, {}, here());
  }, "invalid-state"],
  ["a second start-bind", (guest) => {
    const socket = newUdp(guest);
    udp(guest, "udp-socket.start-bind", socket, {}, here());
    udp(guest, "udp-socket.start-bind", socket, {}, here());
  }, "concurrency-conflict"],
  ["finish-bind to an address of another machine", async (guest) => {
    const socket = newUdp(guest);
    const away = { tag: "ipv4", val: { port: 0, address: [192, 0, 2, 1] } };
    udp(guest, "udp-socket.start-bind", socket, {}, away);
    await until(guest, "udp udp-socket", socket);
    udp(guest, "udp-socket.finish-bind", socket);
  }, "address-not-bindable"],
  ["send to nobody", async (guest) => {
    const [socket] = await bound(guest);
    const [, stream] = udp(guest, "udp-socket.stream", socket, undefined);
    await sendOne(guest, stream, bytesOf(1));
  }, "invalid-argument"],
  ["send to no port", async (guest) => {
    const [socket] = await bound(guest);
    const [, stream] = udp(guest, "udp-socket.stream", socket, undefined);
    await sendOne(guest, stream, bytesOf(1), here(0));
  }, "invalid-argument"],
  ["send to another than the peer", async (guest) => {
    const [socket] = await bound(guest);
    const [, stream] = udp(guest, "udp-socket.stream", socket, here(9));
    await sendOne(guest, stream, bytesOf(1), here(10));
  }, "invalid-argument"],
  ["send of what is too large", async (guest) => {
    const [socket] = await bound(guest);
    const [, stream] = udp(guest, "udp-socket.stream", socket, here(9));
    await sendOne(guest, stream, bytesOf(DATAGRAM_BYTES_MAX + 1));
  }, "datagram-too-large"],
  [
    "set-unicast-hop-limit to 0",
    (guest) => udp(guest, "udp-socket.set-unicast-hop-limit", newUdp(guest), 0),
    "invalid-argument",
  ],
  [
    "set-unicast-hop-limit of IPv6",
    (guest) =>
      udp(guest, "udp-socket.set-unicast-hop-limit", newUdp(guest, "ipv6"), 9),
    "not-supported",
  ],
  [
    "set-receive-buffer-size to 0",
    (guest) =>
      udp(guest, "udp-socket.set-receive-buffer-size", newUdp(guest), 0n),
    "invalid-argument",
  ],
  [
    "set-send-buffer-size to 0",
    (guest) => udp(guest, "udp-socket.set-send-buffer-size", newUdp(guest), 0n),
    "invalid-argument",
  ],
  ["a socket too many", (guest) => {
    for (let nth = 0; nth <= SOCKETS_MAX; nth++) newUdp(guest);
  }, "new-socket-limit"],
];

for (const [what, work, code] of REFUSED) {
  Deno.test(`${what} answers ${code}`, () =>
    withGuest(async (guest) => {
      strictEqual(await errorOf(() => work(guest)), code);
    }));
}

Deno.test("start-bind without network answers access-denied", () =>
  withGuest(async (guest) => {
    const socket = newUdp(guest);
    strictEqual(
      await errorOf(() =>
        udp(guest, "udp-socket.start-bind", socket, {}, here())
      ),
      "access-denied",
    );
  }, { profile: "sandboxed" }));

Deno.test("send() sends up to the first that cannot be sent", () =>
  withGuest(async (guest) => {
    const [socket] = await bound(guest);
    const [, stream] = udp(guest, "udp-socket.stream", socket, here(9));
    strictEqual(
      udp(guest, "outgoing-datagram-stream.check-send", stream),
      BigInt(DATAGRAMS_SENDING_MAX),
    );
    const good = { data: bytesOf(1), remoteAddress: undefined };
    const bad = { data: bytesOf(1), remoteAddress: here(10) };
    const send = "outgoing-datagram-stream.send";
    strictEqual(await udp(guest, send, stream, [good, bad, good]), 1n);
  }));

Deno.test("send() of more than check-send allowed traps", () =>
  withGuest(async (guest) => {
    const [socket] = await bound(guest);
    const [, stream] = udp(guest, "udp-socket.stream", socket, here(9));
    const one = { data: bytesOf(1), remoteAddress: undefined };
    await rejects(
      udp(guest, "outgoing-datagram-stream.send", stream, [one]),
      CanonicalTrap,
    );
  }));

Deno.test("a second pair of streams traps while the first is there", () =>
  withGuest(async (guest) => {
    const [socket] = await bound(guest);
    const [incoming, outgoing] = udp(
      guest,
      "udp-socket.stream",
      socket,
      undefined,
    );
    const again = () => udp(guest, "udp-socket.stream", socket, undefined);
    throws(again, CanonicalTrap);
    guest.drop("sockets/udp incoming-datagram-stream", incoming);
    throws(again, CanonicalTrap);
    guest.drop("sockets/udp outgoing-datagram-stream", outgoing);
    again();
  }));

Deno.test("what was sent arrives, also when the socket is dropped right after", () =>
  withGuest(async (guest) => {
    const [receiver, address] = await bound(guest);
    const [incoming] = udp(guest, "udp-socket.stream", receiver, undefined);
    const [sender] = await bound(guest);
    const [mine, outgoing] = udp(guest, "udp-socket.stream", sender, address);
    await sendOne(guest, outgoing, bytesOf(7));
    guest.drop("sockets/udp incoming-datagram-stream", mine);
    guest.drop("sockets/udp outgoing-datagram-stream", outgoing);
    guest.drop("sockets/udp udp-socket", sender);
    const [{ data }] = await receiveOne(guest, incoming) as [
      { data: Uint8Array },
    ];
    deepStrictEqual(data, bytesOf(7));
  }));

Deno.test("streams go on when their socket is dropped", () =>
  withGuest(async (guest) => {
    const [socket, address] = await bound(guest);
    const [incoming, outgoing] = udp(
      guest,
      "udp-socket.stream",
      socket,
      address,
    );
    guest.drop("sockets/udp udp-socket", socket);
    await sendOne(guest, outgoing, bytesOf(1));
    deepStrictEqual(await receiveOne(guest, incoming), [
      { data: bytesOf(1), remoteAddress: address },
    ]);
  }));

Deno.test("what comes before a socket has streams waits for them, if it is from the peer", () =>
  withGuest(async (guest) => {
    const [receiver, address] = await bound(guest);
    const [sender, from] = await bound(guest);
    const [stranger] = await bound(guest);
    for (const [socket, size] of [[stranger, 1], [sender, 2], [stranger, 3]]) {
      const [mine, outgoing] = udp(guest, "udp-socket.stream", socket, address);
      await sendOne(guest, outgoing, bytesOf(size));
      guest.drop("sockets/udp incoming-datagram-stream", mine);
      guest.drop("sockets/udp outgoing-datagram-stream", outgoing);
    }
    const [incoming] = udp(guest, "udp-socket.stream", receiver, from);
    deepStrictEqual(await receiveOne(guest, incoming), [
      { data: bytesOf(2), remoteAddress: from },
    ]);
  }));

Deno.test("set-unicast-hop-limit sets that of IPv4, before and after the bind", () =>
  withGuest(async (guest) => {
    const set: number[] = [];
    using _spy = spyOnTtl(set);
    const socket = newUdp(guest);
    udp(guest, "udp-socket.set-unicast-hop-limit", socket, 7);
    udp(guest, "udp-socket.start-bind", socket, {}, here());
    await until(guest, "udp udp-socket", socket);
    udp(guest, "udp-socket.finish-bind", socket);
    strictEqual(udp(guest, "udp-socket.unicast-hop-limit", socket), 7);
    udp(guest, "udp-socket.set-unicast-hop-limit", socket, 255);
    strictEqual(udp(guest, "udp-socket.unicast-hop-limit", socket), 255);
    deepStrictEqual(set, [7, 255]);
  }));

/** Notes in `set` what sockets of Node's are told; it cannot be read. */
function spyOnTtl(set: number[]): Disposable {
  const { setTTL } = Socket.prototype;
  Socket.prototype.setTTL = function (ttl) {
    set.push(ttl);
    return setTTL.call(this, ttl);
  };
  return { [Symbol.dispose]: () => void (Socket.prototype.setTTL = setTTL) };
}
