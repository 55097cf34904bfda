/**
 * What a process has of sockets.
 *
 * @module
 */

import type { HostGuest, HostState } from "../../../component/host.ts";
import { reaches } from "../../../host/network.ts";
import type { HostAddress } from "./address.ts";
import { insist } from "./error_code.ts";
import { SOCKETS_MAX } from "./limits.ts";

/** Something that ends with the process. */
export interface Closable {
  /** Ends it. Must not throw. Idempotent. */
  close(): void;
}

/** The sockets of one process. Invariant: there are `SOCKETS_MAX` at most. */
export class Sockets {
  readonly #guest: HostGuest;
  readonly #open = new Set<Closable>();
  /** Names that are looked up. */
  lookups = 0;

  /** None yet. */
  constructor(guest: HostGuest) {
    this.#guest = guest;
  }

  /** Whether there is room for another. */
  get hasRoom(): boolean {
    return this.#open.size < SOCKETS_MAX;
  }

  /** Keeps a socket, to close it with the process. @throws {ComponentError} There are too many. */
  keep<Socket extends Closable>(socket: Socket): Socket {
    insist(this.hasRoom, "new-socket-limit");
    this.#open.add(socket);
    return socket;
  }

  /** A socket is closed. */
  forget(socket: Closable): void {
    this.#open.delete(socket);
  }

  /** Checks that the process may use an address. @throws {ComponentError} */
  insistGranted({ hostname, port }: HostAddress): void {
    insist(reaches(this.#guest.capability, hostname, port), "access-denied");
  }

  /** Whether the process may look up `name`. */
  mayLookUp(name: string): boolean {
    const { network } = this.#guest.capability;
    if (typeof network === "boolean") return network;
    return network.some((each) => each.replace(/:\d+$/, "") === name);
  }

  /** Closes all. */
  close(): void {
    for (const each of [...this.#open]) each.close();
    this.#open.clear();
  }
}

const SOCKETS: HostState<Sockets> = {
  create: (guest) => new Sockets(guest),
  close: (sockets) => sockets.close(),
};

/** The sockets of `guest`. */
export function socketsOf(guest: HostGuest): Sockets {
  return guest.state(SOCKETS);
}
