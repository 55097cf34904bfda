/**
 * Streams of datagrams.
 *
 * @module
 */

import { CanonicalTrap } from "../../../component/canonical/mod.ts";
import type { Condition } from "../../watchers.ts";
import { Children, Pollable } from "../io/pollable.ts";
import type { SocketAddress } from "./address.ts";
import {
  type DatagramQueue,
  type IncomingDatagram,
  nameOf,
} from "./datagram_queue.ts";
import { insist, socketError } from "./error_code.ts";
import { DATAGRAM_BYTES_MAX, DATAGRAMS_SENDING_MAX } from "./limits.ts";

/** The record `outgoing-datagram`. */
export interface OutgoingDatagram {
  /** Its bytes. */
  readonly data: Uint8Array;
  /** Who gets it; undefined for the one that the stream is for. */
  readonly remoteAddress: SocketAddress | undefined;
}

/** What a stream needs of its socket, which stays open while it has streams. */
export interface DatagramSocket {
  /** Checks that datagrams can be sent to `address`. @throws {ComponentError} */
  insistPeer(address: SocketAddress): void;
  /** Resolves when the system has taken the datagram. Rejects with a `ComponentError`. */
  send(data: Uint8Array, to: SocketAddress): Promise<void>;
  /** The stream is gone. */
  release(): void;
}

/** The resource `incoming-datagram-stream`. */
export class IncomingDatagrams {
  readonly #queue: DatagramQueue;
  readonly #socket: DatagramSocket;
  readonly #pollables = new Children("an incoming-datagram-stream");
  #isThere = true;

  /** Those of `queue`. */
  constructor(socket: DatagramSocket, queue: DatagramQueue) {
    this.#socket = socket;
    this.#queue = queue;
  }

  /** Whether the guest has it. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /** Up to `countMax` of those that are there, the oldest first; perhaps none. */
  receive(countMax: bigint): IncomingDatagram[] {
    return this.#queue.take(countMax);
  }

  /** A pollable that is ready when there is one. */
  subscribe(): Pollable {
    return new Pollable(this.#queue, this.#pollables);
  }

  /** The guest has it no more. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    this.#isThere = false;
    this.#socket.release();
    this.#pollables.insistNone();
  }
}

const READY: Condition = { isReady: true, watch: () => () => {} };

/** The resource `outgoing-datagram-stream`. It holds nothing: whoever sends waits until the system has it. */
export class OutgoingDatagrams {
  readonly #socket: DatagramSocket;
  readonly #peer: SocketAddress | undefined;
  readonly #pollables = new Children("an outgoing-datagram-stream");
  #isThere = true;
  // What the last `check-send` allowed, less what was sent since.
  #allowance = 0;

  /** To `peer`, or to whom each datagram says. */
  constructor(socket: DatagramSocket, peer: SocketAddress | undefined) {
    this.#socket = socket;
    this.#peer = peer;
  }

  /** Whether the guest has it. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /** How many may be sent now. */
  checkSend(): bigint {
    this.#allowance = DATAGRAMS_SENDING_MAX;
    return BigInt(this.#allowance);
  }

  /**
   * Sends datagrams in order, until one cannot be sent. The guest waits until
   * the system has them, as with `sendto`: it may close the socket, or end, right
   * after.
   *
   * @returns How many were sent.
   * @throws {CanonicalTrap} They are more than `checkSend` allowed.
   * @throws {ComponentError} Not even the first can be sent.
   */
  async send(datagrams: readonly OutgoingDatagram[]): Promise<bigint> {
    if (datagrams.length > this.#allowance) {
      throw new CanonicalTrap(
        `Cannot send more than the ${this.#allowance} datagrams that were allowed: ${datagrams.length}`,
      );
    }
    let count = 0;
    try {
      for (const each of datagrams) {
        await this.#sendOne(each);
        count++;
      }
    } catch (error) {
      // The guest hears of it when it sends that one again.
      if (count === 0) throw error;
    }
    this.#allowance -= count;
    return BigInt(count);
  }

  #sendOne({ data, remoteAddress }: OutgoingDatagram): Promise<void> {
    const to = this.#peerOf(remoteAddress);
    insist(data.length <= DATAGRAM_BYTES_MAX, "datagram-too-large");
    return this.#socket.send(data, to);
  }

  #peerOf(address: SocketAddress | undefined): SocketAddress {
    const peer = this.#peer;
    if (peer === undefined) {
      if (address === undefined) throw socketError("invalid-argument");
      this.#socket.insistPeer(address);
      return address;
    }
    const isSame = address === undefined || nameOf(address) === nameOf(peer);
    insist(isSame, "invalid-argument");
    return peer;
  }

  /** A pollable that is ready when one may be sent: always. */
  subscribe(): Pollable {
    return new Pollable(READY, this.#pollables);
  }

  /** The guest has it no more. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    this.#isThere = false;
    this.#socket.release();
    this.#pollables.insistNone();
  }
}
