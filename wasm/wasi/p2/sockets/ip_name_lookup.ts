/**
 * `wasi:sockets/ip-name-lookup`.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import type { HostInterface } from "../../../component/host.ts";
import { type Condition, Watchers } from "../../watchers.ts";
import { Children, Pollable } from "../io/pollable.ts";
import { VERSION } from "../version.ts";
import { type IpAddress, ipAddressOf } from "./address.ts";
import {
  codeOf,
  insist,
  socketError,
  type SocketErrorCode,
} from "./error_code.ts";
import { LOOKUPS_MAX } from "./limits.ts";
import { type Sockets, socketsOf } from "./state.ts";
import { IP_NAME_LOOKUP_WIT } from "./wit.ts";

/** The interface. */
export const IP_NAME_LOOKUP: HostInterface = {
  name: `wasi:sockets/ip-name-lookup@${VERSION}`,
  wit: IP_NAME_LOOKUP_WIT,
  functions: {
    "resolve-addresses": (guest, _network: unknown, name: string) =>
      resolve(socketsOf(guest), name),
    "[method]resolve-address-stream.resolve-next-address": (
      _guest,
      stream: ResolvedAddresses,
    ) => stream.next(),
    "[method]resolve-address-stream.subscribe": (
      _guest,
      stream: ResolvedAddresses,
    ) => stream.subscribe(),
  },
  resources: {
    "resolve-address-stream": {
      drop: (_guest, stream: ResolvedAddresses) => stream.drop(),
    },
  },
};

function resolve(sockets: Sockets, name: string): ResolvedAddresses {
  const address = ipAddressOf(name.replace(/^\[(.*)\]$/, "$1"));
  // Nobody has to be asked for it.
  if (address !== undefined) return new ResolvedAddresses([address]);
  insist(isName(name), "invalid-argument");
  const lowered = name.toLowerCase();
  insist(sockets.mayLookUp(lowered), "access-denied");
  insist(sockets.lookups < LOOKUPS_MAX, "temporary-resolver-failure");
  sockets.lookups++;
  return new ResolvedAddresses(
    lookUp(sockets, lowered).finally(() => void sockets.lookups--),
  );
}

// RFC 1123, 2.1, and the underscores that there are all the same.
function isName(name: string): boolean {
  return name.length <= 253 &&
    /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i
      .test(name);
}

async function lookUp(sockets: Sockets, name: string): Promise<IpAddress[]> {
  const found = await lookup(name, { all: true });
  const addresses = found.flatMap(({ address }) => ipAddressOf(address) ?? []);
  sockets.learn(name, addresses);
  return addresses;
}

/** The resource `resolve-address-stream`. */
class ResolvedAddresses implements Condition {
  readonly #watchers = new Watchers();
  readonly #pollables = new Children("a resolve-address-stream");
  #addresses: IpAddress[] | undefined;
  #failure: SocketErrorCode | undefined;

  /** Those in `found`, in its order. */
  constructor(found: IpAddress[] | Promise<IpAddress[]>) {
    if (found instanceof Promise) this.#wait(found);
    else this.#addresses = found;
  }

  async #wait(found: Promise<IpAddress[]>): Promise<void> {
    try {
      this.#addresses = await found;
    } catch (error) {
      // For whoever asks for the next.
      this.#failure = codeOf(error);
    }
    this.#watchers.wake();
  }

  get isReady(): boolean {
    return this.#addresses !== undefined || this.#failure !== undefined;
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  /** The next; undefined behind the last. @throws {ComponentError} `would-block`, or there is none. */
  next(): IpAddress | undefined {
    if (this.#failure !== undefined) throw socketError(this.#failure);
    if (this.#addresses === undefined) throw socketError("would-block");
    return this.#addresses.shift();
  }

  /** A pollable that is ready when they are there. */
  subscribe(): Pollable {
    return new Pollable(this, this.#pollables);
  }

  /** The guest has it no more. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    this.#pollables.insistNone();
  }
}
