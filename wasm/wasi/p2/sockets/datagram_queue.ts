/**
 * Datagrams that have come.
 *
 * @module
 */

import { type Condition, Watchers } from "../../watchers.ts";
import { hostAddressOf, type SocketAddress } from "./address.ts";
import { DATAGRAM_BYTES_WAITING_MAX, DATAGRAMS_WAITING_MAX } from "./limits.ts";

/** The record `incoming-datagram`. */
export interface IncomingDatagram {
  /** Its bytes. */
  readonly data: Uint8Array;
  /** Who sent it. */
  readonly remoteAddress: SocketAddress;
}

/**
 * Those of one socket that its guest has not received, the oldest first.
 *
 * What finds no room is lost, as with UDP anywhere.
 *
 * Invariant: they are `DATAGRAMS_WAITING_MAX` and `DATAGRAM_BYTES_WAITING_MAX`
 * bytes at most.
 */
export class DatagramQueue implements Condition {
  readonly #watchers = new Watchers();
  #datagrams: IncomingDatagram[] = [];
  #bytes = 0;
  // Who they must come from.
  #peer: string | undefined;

  get isReady(): boolean {
    return this.#datagrams.length > 0;
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  /** From now on only those of `peer` are taken, or all; of those that are there, others go. */
  keepOnly(peer: SocketAddress | undefined): void {
    this.#peer = peer && nameOf(peer);
    const kept = this.#datagrams.filter((each) => this.#isWanted(each));
    this.#datagrams = kept;
    this.#bytes = kept.reduce((sum, { data }) => sum + data.length, 0);
  }

  #isWanted({ remoteAddress }: IncomingDatagram): boolean {
    return this.#peer === undefined || this.#peer === nameOf(remoteAddress);
  }

  /** Takes one, if it is wanted and there is room. */
  add(datagram: IncomingDatagram): void {
    const bytes = this.#bytes + datagram.data.length;
    const hasRoom = this.#datagrams.length < DATAGRAMS_WAITING_MAX &&
      bytes <= DATAGRAM_BYTES_WAITING_MAX;
    if (!hasRoom || !this.#isWanted(datagram)) return;
    this.#datagrams.push(datagram);
    this.#bytes = bytes;
    this.#watchers.wake();
  }

  /** Gives out up to `countMax`; perhaps none. */
  take(countMax: bigint): IncomingDatagram[] {
    const count = Math.min(Number(countMax), DATAGRAMS_WAITING_MAX);
    const taken = this.#datagrams.splice(0, count);
    for (const { data } of taken) this.#bytes -= data.length;
    return taken;
  }
}

/** What `address` is compared by. */
export function nameOf(address: SocketAddress): string {
  const { hostname, port } = hostAddressOf(address);
  return `${hostname} ${port}`;
}
