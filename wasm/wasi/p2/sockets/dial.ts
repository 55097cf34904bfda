/**
 * Connections of TCP, made and taken.
 *
 * @module
 */

import {
  type HostAddress,
  hostAddressOf,
  isMapped,
  type SocketAddress,
  socketAddressOf,
} from "./address.ts";
import { codeOf, type SocketErrorCode } from "./error_code.ts";
import type { Sockets } from "./state.ts";

/**
 * Connects to `address`.
 *
 * @param way What Deno is asked for: the address, or a name that it was found by.
 * @param signal Ends it.
 * @returns The connection, or why there is none. Never rejects.
 */
export async function dial(
  sockets: Sockets,
  address: SocketAddress,
  way: HostAddress,
  signal: AbortSignal,
): Promise<Deno.TcpConn | SocketErrorCode> {
  try {
    const conn = await Deno.connect({ ...way, signal });
    if (isAsked(sockets, conn, address, way)) return conn;
    conn.close();
    return "remote-unreachable";
  } catch (error) {
    // In the guest's words, for whoever finishes the connect.
    return codeOf(error);
  }
}

// Under a name Deno chooses the address: it must be one that the guest knows
// for the same.
function isAsked(
  sockets: Sockets,
  { remoteAddr }: Deno.TcpConn,
  address: SocketAddress,
  { hostname: name }: HostAddress,
): boolean {
  const found = socketAddressOf(remoteAddr);
  const { hostname } = hostAddressOf(found);
  if (hostname === hostAddressOf(address).hostname) return true;
  return found.tag === address.tag && sockets.isOf(name, hostname);
}

/**
 * Takes the next connection of `listener`.
 *
 * One of IPv6 takes peers of IPv4, too; to WASI it is for IPv6 alone, and they
 * are sent away.
 */
export async function acceptOwn(
  listener: Deno.TcpListener,
): Promise<Deno.TcpConn> {
  for (;;) {
    const conn = await listener.accept();
    if (!isMapped(socketAddressOf(conn.remoteAddr))) return conn;
    conn.close();
  }
}
