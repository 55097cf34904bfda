/**
 * Sockets of UDP.
 *
 * @module
 */

import { createSocket, type Socket } from "node:dgram";
import { CanonicalTrap } from "../../../component/canonical/mod.ts";
import { type Condition, Watchers } from "../../watchers.ts";
import { Children, Pollable } from "../io/pollable.ts";
import {
  type Family,
  hostAddressOf,
  insistBindable,
  insistReachable,
  insistUnicast,
  type SocketAddress,
  socketAddressOf,
} from "./address.ts";
import {
  codeOf,
  insist,
  socketError,
  type SocketErrorCode,
} from "./error_code.ts";
import {
  DATAGRAM_BYTES_MAX,
  DATAGRAM_BYTES_WAITING_MAX,
  DATAGRAMS_SENDING_MAX,
  DATAGRAMS_WAITING_MAX,
} from "./limits.ts";
import type { Sockets } from "./state.ts";

/** The record `incoming-datagram`. */
export interface IncomingDatagram {
  /** Its bytes. */
  readonly data: Uint8Array;
  /** Who sent it. */
  readonly remoteAddress: SocketAddress;
}

/** The record `outgoing-datagram`. */
export interface OutgoingDatagram {
  /** Its bytes. */
  readonly data: Uint8Array;
  /** Who gets it; undefined for the one that the stream is for. */
  readonly remoteAddress: SocketAddress | undefined;
}

type BindState = "unbound" | "binding" | "bound";

/** The resource `udp-socket`. */
export class UdpSocket implements Condition {
  /** Its family. */
  readonly family: Family;
  readonly #sockets: Sockets;
  readonly #watchers = new Watchers();
  readonly #pollables = new Children("a udp-socket");
  readonly #socket: Socket;
  #state: BindState = "unbound";
  // Of the bind that is under way; undefined before it is over.
  #bound: SocketErrorCode | "ok" | undefined;
  #remote: SocketAddress | undefined;
  #incoming: IncomingDatagrams | undefined;
  #outgoing: OutgoingDatagrams | undefined;
  #isClosed = false;

  /** A socket that is nowhere. @throws {ComponentError} The process has too many. */
  constructor(sockets: Sockets, family: Family) {
    this.#sockets = sockets;
    this.family = family;
    sockets.keep(this);
    this.#socket = createSocket({
      type: family === "ipv4" ? "udp4" : "udp6",
      ipv6Only: family === "ipv6",
    });
    // Without a listener an error would end the thread.
    this.#socket.on("error", (error) => this.#settle(codeOf(error)));
    this.#socket.on("listening", () => this.#settle("ok"));
    this.#socket.on("message", (data, { address, port }) => {
      const from = socketAddressOf({ hostname: address, port });
      this.#incoming?.add({ data: new Uint8Array(data), remoteAddress: from });
    });
  }

  #settle(outcome: SocketErrorCode | "ok"): void {
    if (this.#state !== "binding") return;
    this.#bound ??= outcome;
    this.#watchers.wake();
  }

  get isReady(): boolean {
    return this.#state !== "binding" || this.#bound !== undefined;
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  /** A pollable that is ready when what was started can be finished. */
  subscribe(): Pollable {
    return new Pollable(this, this.#pollables);
  }

  startBind(address: SocketAddress): void {
    insist(this.#state !== "binding", "concurrency-conflict");
    insist(this.#state === "unbound", "invalid-state");
    insistBindable(address, this.family);
    const { hostname, port } = hostAddressOf(address);
    this.#sockets.insistGranted({ hostname, port });
    this.#state = "binding";
    this.#bound = undefined;
    try {
      this.#socket.bind({ port, address: hostname });
    } catch (error) {
      // For whoever finishes the bind.
      this.#settle(codeOf(error));
    }
  }

  finishBind(): void {
    insist(this.#state === "binding", "not-in-progress");
    const bound = this.#bound;
    if (bound === undefined) throw socketError("would-block");
    this.#state = bound === "ok" ? "bound" : "unbound";
    if (bound !== "ok") throw socketError(bound);
  }

  /**
   * The streams of its datagrams, those of one peer when `remote` is given.
   *
   * @throws {CanonicalTrap} Those of before are still there.
   * @throws {ComponentError} It is not bound, or cannot reach `remote`.
   */
  stream(
    remote: SocketAddress | undefined,
  ): readonly [IncomingDatagrams, OutgoingDatagrams] {
    insist(this.#state === "bound", "invalid-state");
    if (this.#incoming?.isThere || this.#outgoing?.isThere) {
      throw new CanonicalTrap(
        "Cannot have two pairs of streams of a udp-socket",
      );
    }
    if (remote !== undefined) this.insistPeer(remote);
    this.#remote = remote;
    const incoming = this.#incoming = new IncomingDatagrams(remote);
    const outgoing = this.#outgoing = new OutgoingDatagrams(this, remote);
    return [incoming, outgoing];
  }

  /** Checks that datagrams can be sent to `address`. @throws {ComponentError} */
  insistPeer(address: SocketAddress): void {
    insistReachable(address, this.family);
    insistUnicast(address);
    this.#sockets.insistGranted(hostAddressOf(address));
  }

  /** Sends a datagram, and tells when it is on its way. */
  send(
    data: Uint8Array,
    to: SocketAddress,
    onSent: (code: SocketErrorCode | undefined) => void,
  ): void {
    if (this.#isClosed) return;
    const { hostname, port } = hostAddressOf(to);
    this.#socket.send(data, port, hostname, (error) => {
      onSent(error ? codeOf(error) : undefined);
    });
  }

  get localAddress(): SocketAddress {
    insist(this.#state === "bound", "invalid-state");
    const { address, port } = this.#socket.address();
    return socketAddressOf({ hostname: address, port });
  }

  get remoteAddress(): SocketAddress {
    if (this.#remote === undefined) throw socketError("invalid-state");
    return this.#remote;
  }

  /** The guest has no handle of it any more. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    this.close();
    this.#pollables.insistNone();
  }

  /** Closes it at once. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
    this.#sockets.forget(this);
  }
}

/** The resource `incoming-datagram-stream`. Bounded: what finds no room is lost, as with UDP anywhere. */
export class IncomingDatagrams implements Condition {
  /** Whether the guest has it. */
  isThere = true;
  readonly #remote: string | undefined;
  readonly #watchers = new Watchers();
  readonly #pollables = new Children("an incoming-datagram-stream");
  #datagrams: IncomingDatagram[] = [];
  #bytes = 0;

  /** Those of `remote`, or all. */
  constructor(remote: SocketAddress | undefined) {
    this.#remote = remote && nameOf(remote);
  }

  /** Takes one, if it is for this stream and there is room. */
  add(datagram: IncomingDatagram): void {
    const { data, remoteAddress } = datagram;
    const isMine = this.#remote === undefined ||
      this.#remote === nameOf(remoteAddress);
    const hasRoom = this.#datagrams.length < DATAGRAMS_WAITING_MAX &&
      this.#bytes + data.length <= DATAGRAM_BYTES_WAITING_MAX;
    if (!this.isThere || !isMine || !hasRoom) return;
    this.#datagrams.push(datagram);
    this.#bytes += data.length;
    this.#watchers.wake();
  }

  get isReady(): boolean {
    return this.#datagrams.length > 0;
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  /** Up to `countMax` of those that are there, the oldest first; perhaps none. */
  receive(countMax: bigint): IncomingDatagram[] {
    const count = Math.min(Number(countMax), DATAGRAMS_WAITING_MAX);
    const received = this.#datagrams.splice(0, count);
    for (const { data } of received) this.#bytes -= data.length;
    return received;
  }

  /** A pollable that is ready when there is one. */
  subscribe(): Pollable {
    return new Pollable(this, this.#pollables);
  }

  /** The guest has it no more. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    this.isThere = false;
    this.#datagrams = [];
    this.#pollables.insistNone();
  }
}

function nameOf(address: SocketAddress): string {
  const { hostname, port } = hostAddressOf(address);
  return `${hostname} ${port}`;
}

/** The resource `outgoing-datagram-stream`. */
export class OutgoingDatagrams implements Condition {
  /** Whether the guest has it. */
  isThere = true;
  readonly #socket: UdpSocket;
  readonly #remote: SocketAddress | undefined;
  readonly #watchers = new Watchers();
  readonly #pollables = new Children("an outgoing-datagram-stream");
  #sending = 0;
  // What the last `check-send` allowed, less what was sent since.
  #allowance = 0;
  // Of a datagram that was accepted, for the next call.
  #failure: SocketErrorCode | undefined;

  /** To `remote`, or to whom each datagram says. */
  constructor(socket: UdpSocket, remote: SocketAddress | undefined) {
    this.#socket = socket;
    this.#remote = remote;
  }

  get isReady(): boolean {
    return this.#sending < DATAGRAMS_SENDING_MAX;
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  /** How many may be sent now. @throws {ComponentError} One of before was not sent. */
  checkSend(): bigint {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw socketError(failure);
    this.#allowance = DATAGRAMS_SENDING_MAX - this.#sending;
    return BigInt(this.#allowance);
  }

  /**
   * Sends datagrams in order, until one cannot be sent.
   *
   * @returns How many were.
   * @throws {CanonicalTrap} They are more than `checkSend` allowed.
   * @throws {ComponentError} Not even the first can be sent.
   */
  send(datagrams: readonly OutgoingDatagram[]): bigint {
    if (datagrams.length > this.#allowance) {
      throw new CanonicalTrap(
        `Cannot send more than the ${this.#allowance} datagrams that were allowed: ${datagrams.length}`,
      );
    }
    let count = 0;
    try {
      for (const each of datagrams) {
        this.#sendOne(each);
        count++;
      }
    } catch (error) {
      // The guest hears of it when it sends that one again.
      if (count === 0) throw error;
    }
    this.#allowance -= count;
    return BigInt(count);
  }

  #sendOne({ data, remoteAddress }: OutgoingDatagram): void {
    const to = this.#peerOf(remoteAddress);
    insist(data.length <= DATAGRAM_BYTES_MAX, "datagram-too-large");
    this.#sending++;
    this.#socket.send(data, to, (code) => {
      this.#sending--;
      this.#failure ??= code;
      this.#watchers.wake();
    });
  }

  #peerOf(address: SocketAddress | undefined): SocketAddress {
    const remote = this.#remote;
    if (remote === undefined) {
      if (address === undefined) throw socketError("invalid-argument");
      this.#socket.insistPeer(address);
      return address;
    }
    const isSame = address === undefined || nameOf(address) === nameOf(remote);
    insist(isSame, "invalid-argument");
    return remote;
  }

  /** A pollable that is ready when one may be sent. */
  subscribe(): Pollable {
    return new Pollable(this, this.#pollables);
  }

  /** The guest has it no more. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    this.isThere = false;
    this.#pollables.insistNone();
  }
}
