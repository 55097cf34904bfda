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
import { connectFrom, type TcpConnection } from "./bound_connection.ts";
import { codeOf, type SocketErrorCode } from "./error_code.ts";
import type { Sockets } from "./state.ts";

/** Where a connection leads. */
export interface Route {
  /** What the guest asked for. */
  readonly address: SocketAddress;
  /** What Deno is asked for: the address, or a name that it was found by. */
  readonly way: HostAddress;
  /** Where it comes from; undefined when Deno chooses. */
  readonly local: HostAddress | undefined;
}

/**
 * Connects along `route`.
 *
 * @param signal Ends it.
 * @returns The connection, or why there is none. Never rejects.
 */
export async function dial(
  sockets: Sockets,
  { address, way, local }: Route,
  signal: AbortSignal,
): Promise<TcpConnection | SocketErrorCode> {
  try {
    const conn = local === undefined
      ? await Deno.connect({ ...way, signal })
      : await connectFrom(local, way, signal);
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
  { remoteAddr }: TcpConnection,
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
