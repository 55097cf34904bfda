/**
 * `wasi:sockets/udp` and `udp-create-socket`.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { VERSION } from "../version.ts";
import type { Family, SocketAddress } from "./address.ts";
import type {
  IncomingDatagrams,
  OutgoingDatagram,
  OutgoingDatagrams,
} from "./datagram_streams.ts";
import { buffers } from "./options.ts";
import { socketsOf } from "./state.ts";
import { UdpSocket } from "./udp_socket.ts";
import { UDP_WIT } from "./wit.ts";

/** The interface `udp`. */
export const UDP: HostInterface = {
  name: `wasi:sockets/udp@${VERSION}`,
  wit: UDP_WIT,
  functions: {
    "[method]udp-socket.start-bind": (
      _guest,
      socket: UdpSocket,
      _network: unknown,
      address: SocketAddress,
    ) => socket.startBind(address),
    "[method]udp-socket.finish-bind": (_guest, socket: UdpSocket) =>
      socket.finishBind(),
    "[method]udp-socket.stream": (
      _guest,
      socket: UdpSocket,
      remote: SocketAddress | undefined,
    ) => socket.stream(remote),
    "[method]udp-socket.local-address": (_guest, socket: UdpSocket) =>
      socket.localAddress,
    "[method]udp-socket.remote-address": (_guest, socket: UdpSocket) =>
      socket.remoteAddress,
    "[method]udp-socket.address-family": (_guest, socket: UdpSocket) =>
      socket.family,
    "[method]udp-socket.unicast-hop-limit": (_guest, socket: UdpSocket) =>
      socket.hopLimit,
    "[method]udp-socket.set-unicast-hop-limit": (
      _guest,
      socket: UdpSocket,
      limit: number,
    ) => socket.setHopLimit(limit),
    ...buffers("udp-socket"),
    "[method]udp-socket.subscribe": (_guest, socket: UdpSocket) =>
      socket.subscribe(),
    "[method]incoming-datagram-stream.receive": (
      _guest,
      stream: IncomingDatagrams,
      countMax: bigint,
    ) => stream.receive(countMax),
    "[method]incoming-datagram-stream.subscribe": (
      _guest,
      stream: IncomingDatagrams,
    ) => stream.subscribe(),
    "[method]outgoing-datagram-stream.check-send": (
      _guest,
      stream: OutgoingDatagrams,
    ) => stream.checkSend(),
    "[method]outgoing-datagram-stream.subscribe": (
      _guest,
      stream: OutgoingDatagrams,
    ) => stream.subscribe(),
  },
  suspending: {
    "[method]outgoing-datagram-stream.send": (
      _guest,
      stream: OutgoingDatagrams,
      datagrams: OutgoingDatagram[],
    ) => stream.send(datagrams),
  },
  resources: {
    "udp-socket": { drop: (_guest, socket: UdpSocket) => socket.drop() },
    "incoming-datagram-stream": {
      drop: (_guest, stream: IncomingDatagrams) => stream.drop(),
    },
    "outgoing-datagram-stream": {
      drop: (_guest, stream: OutgoingDatagrams) => stream.drop(),
    },
  },
};

/** The interface `udp-create-socket`. */
export const UDP_CREATE_SOCKET: HostInterface = {
  name: `wasi:sockets/udp-create-socket@${VERSION}`,
  wit: `
    use network.{network, error-code, ip-address-family};
    use udp.{udp-socket};
    create-udp-socket: func(address-family: ip-address-family) -> result<udp-socket, error-code>;
  `,
  functions: {
    "create-udp-socket": (guest, family: Family) =>
      new UdpSocket(socketsOf(guest), family),
  },
};
