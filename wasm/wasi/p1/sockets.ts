/**
 * Calls on sockets. Preview 1 cannot open one and none is passed in, so every
 * descriptor there is answers ENOTSOCK, and the others EBADF.
 *
 * @module
 */

import { WasiError } from "../errors.ts";
import type { GuestMemory } from "./memory.ts";
import type { Wasip1State } from "./state.ts";

/** `sock_accept`, `sock_recv`, `sock_send` and `sock_shutdown`, whose first parameter is the descriptor. */
export function noSocket(
  state: Wasip1State,
  _memory: GuestMemory,
  fd: number,
): never {
  state.descriptors.get(fd);
  throw new WasiError("ENOTSOCK");
}
