/**
 * What a process has of sockets.
 *
 * @module
 */

import type { HostGuest, HostState } from "../../../component/host.ts";
import { reaches } from "../../../host/network.ts";
import { type HostAddress, hostAddressOf, type IpAddress } from "./address.ts";
import { insist } from "./error_code.ts";
import { NAMES_MAX, SOCKETS_MAX } from "./limits.ts";

/** Something that ends with the process. */
export interface Closable {
  /** Ends it. Must not throw. Idempotent. */
  close(): void;
}

/** The sockets of one process. Invariant: there are `SOCKETS_MAX` at most. */
export class Sockets {
  readonly #guest: HostGuest;
  readonly #open = new Set<Closable>();
  // What was looked up under which name, the oldest first.
  readonly #names = new Map<string, string>();
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

  /**
   * How the process may connect to an address: as it is, or under the name that
   * it was found by, when only that is granted.
   *
   * @throws {ComponentError} Neither.
   */
  wayTo(address: HostAddress): HostAddress {
    const { hostname, port } = address;
    const { capability } = this.#guest;
    if (reaches(capability, hostname, port)) return address;
    const name = this.#names.get(hostname);
    const isGranted = name !== undefined && reaches(capability, name, port);
    insist(isGranted, "access-denied");
    return { hostname: name!, port };
  }

  /** Remembers what `name` stands for; the latest `NAMES_MAX` addresses. */
  learn(name: string, addresses: readonly IpAddress[]): void {
    if (typeof this.#guest.capability.network === "boolean") return;
    for (const { tag, val: address } of addresses) {
      const { hostname } = hostAddressOf({ tag, val: { address, port: 0 } });
      this.#names.delete(hostname);
      this.#names.set(hostname, name);
      if (this.#names.size <= NAMES_MAX) continue;
      const [oldest] = this.#names.keys();
      this.#names.delete(oldest!);
    }
  }

  /** Whether the address of `hostname` was found by `name`. */
  isOf(name: string, hostname: string): boolean {
    return this.#names.get(hostname) === name;
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
