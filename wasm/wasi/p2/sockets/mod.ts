/**
 * Sockets of WASI 0.2, for processes that were granted network.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { IP_NAME_LOOKUP } from "./ip_name_lookup.ts";
import { INSTANCE_NETWORK, NETWORK } from "./network.ts";
import { TCP, TCP_CREATE_SOCKET } from "./tcp.ts";
import { UDP, UDP_CREATE_SOCKET } from "./udp.ts";

/** The interfaces. */
export const WASI_SOCKETS: readonly HostInterface[] = [
  NETWORK,
  INSTANCE_NETWORK,
  TCP,
  TCP_CREATE_SOCKET,
  UDP,
  UDP_CREATE_SOCKET,
  IP_NAME_LOOKUP,
];
