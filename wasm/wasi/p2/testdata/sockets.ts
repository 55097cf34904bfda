/**
 * Sockets in the hands of a test.
 *
 * @module
 */

import type { Family, SocketAddress } from "../sockets/address.ts";
import type { FakeGuest } from "./guest.ts";

/** This machine, under a port. */
export function here(port = 0, tag: Family = "ipv4"): SocketAddress {
  return tag === "ipv4"
    ? { tag, val: { port, address: [127, 0, 0, 1] } }
    : {
      tag,
      val: { port, address: [0, 0, 0, 0, 0, 0, 0, 1], flowInfo: 0, scopeId: 0 },
    };
}

/** Calls a method of `tcp-socket`. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function tcp(guest: FakeGuest, name: string, ...values: unknown[]): any {
  return guest.call(`sockets/tcp [method]tcp-socket.${name}`, ...values);
}

/** A new socket of TCP. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function newTcp(guest: FakeGuest, family: Family = "ipv4"): any {
  return guest.call("sockets/tcp-create-socket create-tcp-socket", family);
}

/** Calls a function of `udp`. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function udp(guest: FakeGuest, name: string, ...values: unknown[]): any {
  return guest.call(`sockets/udp [method]${name}`, ...values);
}

/** A new socket of UDP. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function newUdp(guest: FakeGuest, family: Family = "ipv4"): any {
  return guest.call("sockets/udp-create-socket create-udp-socket", family);
}

/** Waits for `resource`, by its method `subscribe` of an interface of sockets. */
export async function until(
  guest: FakeGuest,
  name: string,
  resource: unknown,
): Promise<void> {
  const [path, type] = name.split(" ");
  const pollable = guest.call(
    `sockets/${path} [method]${type}.subscribe`,
    resource,
  );
  await guest.call("io/poll [method]pollable.block", pollable);
  guest.drop("io/poll pollable", pollable);
}

/** A socket of TCP that listens. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function listening(guest: FakeGuest, family: Family = "ipv4"): any {
  const socket = newTcp(guest, family);
  tcp(guest, "start-bind", socket, {}, here(0, family));
  tcp(guest, "finish-bind", socket);
  tcp(guest, "start-listen", socket);
  tcp(guest, "finish-listen", socket);
  return socket;
}

/** Both streams of a connection to `address`, and its socket. */
export async function connected(
  guest: FakeGuest,
  address: SocketAddress,
  // deno-lint-ignore no-explicit-any -- as FakeGuest.call
): Promise<any> {
  const socket = newTcp(guest, address.tag);
  tcp(guest, "start-connect", socket, {}, address);
  await until(guest, "tcp tcp-socket", socket);
  return [socket, ...tcp(guest, "finish-connect", socket)];
}
