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
import { DatagramQueue } from "./datagram_queue.ts";
import {
  type DatagramSocket,
  IncomingDatagrams,
  OutgoingDatagrams,
} from "./datagram_streams.ts";
import {
  codeOf,
  insist,
  socketError,
  type SocketErrorCode,
} from "./error_code.ts";
import { HOP_LIMIT } from "./limits.ts";
import type { Sockets } from "./state.ts";

type BindState = "unbound" | "binding" | "bound";

/**
 * The resource `udp-socket`. It is closed when the guest has neither it nor a
 * stream of it, or at once by `close`.
 */
export class UdpSocket implements Condition, DatagramSocket {
  /** Its family. */
  readonly family: Family;
  readonly #sockets: Sockets;
  readonly #watchers = new Watchers();
  readonly #pollables = new Children("a udp-socket");
  readonly #socket: Socket;
  readonly #queue = new DatagramQueue();
  #state: BindState = "unbound";
  // Of the bind that is under way; undefined before it is over.
  #bound: SocketErrorCode | "ok" | undefined;
  #hopLimit = HOP_LIMIT;
  #peer: SocketAddress | undefined;
  #incoming: IncomingDatagrams | undefined;
  #outgoing: OutgoingDatagrams | undefined;
  #holders = 1;
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
      this.#queue.add({ data: new Uint8Array(data), remoteAddress: from });
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
    if (this.#hopLimit !== HOP_LIMIT) this.#socket.setTTL(this.#hopLimit);
  }

  /**
   * The streams of its datagrams, those of one peer when `peer` is given.
   *
   * @throws {CanonicalTrap} Those of before are still there.
   * @throws {ComponentError} It is not bound, or cannot reach `peer`.
   */
  stream(
    peer: SocketAddress | undefined,
  ): readonly [IncomingDatagrams, OutgoingDatagrams] {
    insist(this.#state === "bound", "invalid-state");
    if (this.#incoming?.isThere || this.#outgoing?.isThere) {
      throw new CanonicalTrap(
        "Cannot have two pairs of streams of a udp-socket",
      );
    }
    if (peer !== undefined) this.insistPeer(peer);
    this.#peer = peer;
    this.#queue.keepOnly(peer);
    this.#holders += 2;
    const incoming = this.#incoming = new IncomingDatagrams(this, this.#queue);
    const outgoing = this.#outgoing = new OutgoingDatagrams(this, peer);
    return [incoming, outgoing];
  }

  insistPeer(address: SocketAddress): void {
    insistReachable(address, this.family);
    insistUnicast(address);
    this.#sockets.insistGranted(hostAddressOf(address));
  }

  async send(data: Uint8Array, to: SocketAddress): Promise<void> {
    const { hostname, port } = hostAddressOf(to);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#socket.send(data, port, hostname, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    } catch (error) {
      // In the guest's words.
      throw socketError(codeOf(error));
    }
  }

  get localAddress(): SocketAddress {
    insist(this.#state === "bound", "invalid-state");
    const { address, port } = this.#socket.address();
    return socketAddressOf({ hostname: address, port });
  }

  get remoteAddress(): SocketAddress {
    if (this.#peer === undefined) throw socketError("invalid-state");
    return this.#peer;
  }

  get hopLimit(): number {
    return this.#hopLimit;
  }

  /** Of what it sends from now on. @throws {ComponentError} It is 0, or Deno cannot set it. */
  setHopLimit(limit: number): void {
    insist(limit !== 0, "invalid-argument");
    // Deno sets that of IPv4 on any socket.
    const isSettable = this.family === "ipv4" || limit === HOP_LIMIT;
    insist(isSettable, "not-supported");
    this.#hopLimit = limit;
    if (this.#state === "bound") this.#socket.setTTL(limit);
  }

  /** One of those that keep it open does not any more. */
  release(): void {
    if (--this.#holders === 0) this.close();
  }

  /** The guest has no handle of it any more; its streams may go on. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    this.release();
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
