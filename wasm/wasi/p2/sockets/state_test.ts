import { ok } from "node:assert";

import { FakeGuest } from "../testdata/guest.ts";
import {
  connected,
  here,
  listening,
  newTcp,
  newUdp,
  tcp,
  udp,
  until,
} from "../testdata/sockets.ts";
import { bytesOf, input, output } from "../testdata/streams.ts";

/** How many sockets this process of the system has. */
function socketCount(): number {
  let count = 0;
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      const target = Deno.readLinkSync(`/proc/self/fd/${name}`);
      if (target.startsWith("socket:")) count++;
    } catch (error) {
      // That of the directory itself, which is closed by now.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return count;
}

Deno.test({
  name: "the end of a process closes its sockets, whatever they are at",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const before = socketCount();
    const guest = new FakeGuest();
    const server = listening(guest);
    const address = tcp(guest, "local-address", server);
    const [first, fromServer, toServer] = await connected(guest, address);
    await until(guest, "tcp tcp-socket", server);
    const [peer] = tcp(guest, "accept", server);
    // One that waits to be accepted, one that is connecting, and one that is read.
    await connected(guest, address);
    tcp(guest, "start-connect", newTcp(guest), {}, address);
    guest.call("io/streams [method]input-stream.subscribe", fromServer);
    input(guest, "read", fromServer, 9n);
    // One that was told to end, but has not sent all.
    output(guest, "check-write", toServer);
    output(guest, "write", toServer, bytesOf(60_000));
    tcp(guest, "shutdown", first, "send");
    guest.drop("sockets/tcp tcp-socket", peer);
    for (const isBound of [false, true]) {
      const socket = newUdp(guest);
      if (!isBound) continue;
      udp(guest, "udp-socket.start-bind", socket, {}, here());
      await until(guest, "udp udp-socket", socket);
      udp(guest, "udp-socket.finish-bind", socket);
      udp(guest, "udp-socket.stream", socket, undefined);
    }
    ok(socketCount() >= before + 5, `${socketCount()} ${before}`);
    guest.close();
    while (socketCount() > before) {
      await new Promise((resolve) => setTimeout(resolve));
    }
  },
});
