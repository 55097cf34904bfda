/**
 * `wasi:sockets/network` and `instance-network`.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import type { IoError } from "../io/io_error.ts";
import { VERSION } from "../version.ts";
import { socketErrorCode } from "./error_code.ts";
import { NETWORK_WIT } from "./wit.ts";

/** The interface `network`. */
export const NETWORK: HostInterface = {
  name: `wasi:sockets/network@${VERSION}`,
  wit: NETWORK_WIT,
  functions: {
    "network-error-code": (_guest, error: IoError) => socketErrorCode(error),
  },
  resources: { "network": {} },
};

/** The interface `instance-network`. What a process may reach is asked where it is used. */
export const INSTANCE_NETWORK: HostInterface = {
  name: `wasi:sockets/instance-network@${VERSION}`,
  wit: `
    use network.{network};
    instance-network: func() -> network;
  `,
  functions: { "instance-network": () => ({}) },
};
