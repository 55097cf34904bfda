/**
 * `wasi:sockets/tcp` and `tcp-create-socket`.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { VERSION } from "../version.ts";
import type { Family, SocketAddress } from "./address.ts";
import { insist } from "./error_code.ts";
import { buffers, fixed, hopLimit } from "./options.ts";
import { socketsOf } from "./state.ts";
import { TcpSocket } from "./tcp_socket.ts";
import { TCP_WIT } from "./wit.ts";

const SECOND = 1_000_000_000n;
// Those of Linux.
const KEEP_ALIVE_IDLE_TIME: bigint = 7_200n * SECOND;
const KEEP_ALIVE_INTERVAL: bigint = 75n * SECOND;
const KEEP_ALIVE_COUNT = 9;

type Shutdown = "receive" | "send" | "both";

/** The interface `tcp`. */
export const TCP: HostInterface = {
  name: `wasi:sockets/tcp@${VERSION}`,
  wit: TCP_WIT,
  functions: {
    "[method]tcp-socket.start-bind": (
      _guest,
      socket: TcpSocket,
      _network: unknown,
      address: SocketAddress,
    ) => socket.startBind(address),
    "[method]tcp-socket.finish-bind": (_guest, socket: TcpSocket) =>
      socket.finishBind(),
    "[method]tcp-socket.start-connect": (
      _guest,
      socket: TcpSocket,
      _network: unknown,
      address: SocketAddress,
    ) => socket.startConnect(address),
    "[method]tcp-socket.finish-connect": (_guest, socket: TcpSocket) =>
      socket.finishConnect(),
    "[method]tcp-socket.start-listen": (_guest, socket: TcpSocket) =>
      socket.startListen(),
    "[method]tcp-socket.finish-listen": (_guest, socket: TcpSocket) =>
      socket.finishListen(),
    "[method]tcp-socket.accept": (_guest, socket: TcpSocket) => socket.accept(),
    "[method]tcp-socket.local-address": (_guest, socket: TcpSocket) =>
      socket.localAddress,
    "[method]tcp-socket.remote-address": (_guest, socket: TcpSocket) =>
      socket.remoteAddress,
    "[method]tcp-socket.is-listening": (_guest, socket: TcpSocket) =>
      socket.isListening,
    "[method]tcp-socket.address-family": (_guest, socket: TcpSocket) =>
      socket.family,
    // Deno listens with a backlog of its own.
    "[method]tcp-socket.set-listen-backlog-size": (
      _guest,
      _socket: TcpSocket,
      size: bigint,
    ) => insist(size !== 0n, "invalid-argument"),
    "[method]tcp-socket.keep-alive-enabled": (_guest, socket: TcpSocket) =>
      socket.isKeptAlive,
    "[method]tcp-socket.set-keep-alive-enabled": (
      _guest,
      socket: TcpSocket,
      isOn: boolean,
    ) => socket.setKeptAlive(isOn),
    ...fixed("tcp-socket", "keep-alive-idle-time", KEEP_ALIVE_IDLE_TIME),
    ...fixed("tcp-socket", "keep-alive-interval", KEEP_ALIVE_INTERVAL),
    ...fixed("tcp-socket", "keep-alive-count", KEEP_ALIVE_COUNT),
    ...hopLimit("tcp-socket"),
    ...buffers("tcp-socket"),
    "[method]tcp-socket.subscribe": (_guest, socket: TcpSocket) =>
      socket.subscribe(),
    "[method]tcp-socket.shutdown": (
      _guest,
      socket: TcpSocket,
      how: Shutdown,
    ) => socket.shutdown({ receive: how !== "send", send: how !== "receive" }),
  },
  resources: {
    "tcp-socket": { drop: (_guest, socket: TcpSocket) => socket.drop() },
  },
};

/** The interface `tcp-create-socket`. */
export const TCP_CREATE_SOCKET: HostInterface = {
  name: `wasi:sockets/tcp-create-socket@${VERSION}`,
  wit: `
    use network.{network, error-code, ip-address-family};
    use tcp.{tcp-socket};
    create-tcp-socket: func(address-family: ip-address-family) -> result<tcp-socket, error-code>;
  `,
  functions: {
    "create-tcp-socket": (guest, family: Family) =>
      new TcpSocket(socketsOf(guest), family),
  },
};
