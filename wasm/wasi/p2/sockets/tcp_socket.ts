/**
 * Sockets of TCP.
 *
 * @module
 */

import { type Condition, Watchers } from "../../watchers.ts";
import type { InputStream } from "../io/input_stream.ts";
import type { OutputStream } from "../io/output_stream.ts";
import { Children, Pollable } from "../io/pollable.ts";
import {
  type Family,
  type HostAddress,
  hostAddressOf,
  insistBindable,
  insistReachable,
  insistUnicast,
  isUnspecified,
  type SocketAddress,
  socketAddressOf,
} from "./address.ts";
import { Connection, type Ways } from "./connection.ts";
import type { TcpConnection } from "./bound_connection.ts";
import { acceptOwn, dial, type Route } from "./dial.ts";
import {
  codeOf,
  insist,
  socketError,
  type SocketErrorCode,
} from "./error_code.ts";
import type { Sockets } from "./state.ts";

/** What a connection gives the guest. */
export type Streams = readonly [input: InputStream, output: OutputStream];

/**
 * Where a socket stands.
 *
 * Deno binds and listens in one: a socket that is bound to an address has it,
 * and the system lets peers in before the guest listens.
 */
type State =
  | { readonly type: "unbound" }
  | { readonly type: "binding"; readonly address: SocketAddress }
  | { readonly type: "bound"; readonly listener: Deno.TcpListener }
  | { readonly type: "startingToListen"; readonly listener: Deno.TcpListener }
  | { readonly type: "listening"; readonly listener: Deno.TcpListener }
  | { readonly type: "connecting"; outcome?: TcpConnection | SocketErrorCode }
  | {
    readonly type: "connected";
    readonly connection: Connection;
    readonly conn: TcpConnection;
  }
  | { readonly type: "closed" };

/** The resource `tcp-socket`. */
export class TcpSocket implements Condition {
  /** Its family. */
  readonly family: Family;
  /** Whether the system sends probes. */
  #isKeptAlive = false;
  readonly #sockets: Sockets;
  readonly #watchers = new Watchers();
  readonly #pollables = new Children("a tcp-socket");
  readonly #leaving = new AbortController();
  #state: State = { type: "unbound" };
  // A connection that the guest has not accepted yet, or why there is none.
  #waiting: Deno.TcpConn | SocketErrorCode | undefined;
  #isAccepting = false;
  // Bound to no address in particular: connections may come from any.
  #isAnywhere = false;

  /** A socket that is nowhere. @throws {ComponentError} The process has too many. */
  constructor(sockets: Sockets, family: Family) {
    this.#sockets = sockets;
    this.family = family;
    sockets.keep(this);
  }

  get isReady(): boolean {
    const state = this.#state;
    switch (state.type) {
      case "connecting":
        return state.outcome !== undefined;
      case "listening":
        return this.#waiting !== undefined;
      default:
        return true;
    }
  }

  watch(wake: () => void): () => void {
    const stop = this.#watchers.add(wake);
    if (this.#state.type === "listening") this.#beginAccept();
    return stop;
  }

  /** A pollable that is ready when what was started can be finished. */
  subscribe(): Pollable {
    return new Pollable(this, this.#pollables);
  }

  startBind(address: SocketAddress): void {
    this.#insistIdle();
    insist(this.#state.type === "unbound", "invalid-state");
    insistBindable(address, this.family);
    insistUnicast(address);
    this.#sockets.insistGranted(hostAddressOf(address));
    this.#isAnywhere = isUnspecified(address) && address.val.port === 0;
    this.#state = { type: "binding", address };
  }

  finishBind(): void {
    const state = this.#state;
    if (state.type !== "binding") throw socketError("not-in-progress");
    this.#state = { type: "unbound" };
    const { hostname, port } = hostAddressOf(state.address);
    try {
      const listener = Deno.listen({ hostname, port });
      this.#state = { type: "bound", listener };
    } catch (error) {
      // In the guest's words.
      throw socketError(codeOf(error));
    }
  }

  startListen(): void {
    this.#insistIdle();
    const state = this.#state;
    if (state.type !== "bound") throw socketError("invalid-state");
    this.#state = { type: "startingToListen", listener: state.listener };
  }

  finishListen(): void {
    const state = this.#state;
    if (state.type !== "startingToListen") throw socketError("not-in-progress");
    this.#state = { type: "listening", listener: state.listener };
  }

  startConnect(address: SocketAddress): void {
    this.#insistIdle();
    const { type } = this.#state;
    insist(type === "unbound" || type === "bound", "invalid-state");
    insistReachable(address, this.family);
    insistUnicast(address);
    const way = this.#sockets.wayTo(hostAddressOf(address));
    const local = this.#unbind();
    const state: State = { type: "connecting" };
    this.#state = state;
    this.#connect(state, { address, way, local });
  }

  // The address goes from the listener to the connection, unless it is any.
  #unbind(): HostAddress | undefined {
    const state = this.#state;
    if (state.type !== "bound") return undefined;
    const { addr } = state.listener;
    state.listener.close();
    return this.#isAnywhere ? undefined : addr;
  }

  async #connect(
    state: Extract<State, { type: "connecting" }>,
    route: Route,
  ): Promise<void> {
    const { signal } = this.#leaving;
    const outcome = await dial(this.#sockets, route, signal);
    if (!signal.aborted) state.outcome = outcome;
    else if (typeof outcome !== "string") outcome.close();
    this.#watchers.wake();
  }

  finishConnect(): Streams {
    const state = this.#state;
    if (state.type !== "connecting") throw socketError("not-in-progress");
    const { outcome } = state;
    if (outcome === undefined) throw socketError("would-block");
    if (typeof outcome !== "string") return this.#connected(outcome);
    this.#state = { type: "closed" };
    throw socketError(outcome);
  }

  #connected(conn: TcpConnection): Streams {
    const connection = new Connection(conn, () => this.#sockets.forget(this));
    this.#state = { type: "connected", connection, conn };
    connection.keepAlive(this.#isKeptAlive);
    return [connection.input(), connection.output()];
  }

  accept(): readonly [TcpSocket, ...Streams] {
    insist(this.#state.type === "listening", "invalid-state");
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#beginAccept();
      throw socketError("would-block");
    }
    insist(
      typeof waiting === "string" || this.#sockets.hasRoom,
      "new-socket-limit",
    );
    this.#waiting = undefined;
    if (typeof waiting === "string") throw socketError(waiting);
    const socket = new TcpSocket(this.#sockets, this.family);
    socket.#isKeptAlive = this.#isKeptAlive;
    return [socket, ...socket.#connected(waiting)];
  }

  #beginAccept(): void {
    const state = this.#state;
    if (state.type !== "listening" || this.#isAccepting) return;
    if (this.#waiting !== undefined) return;
    this.#isAccepting = true;
    this.#acceptOne(state.listener);
  }

  async #acceptOne(listener: Deno.TcpListener): Promise<void> {
    try {
      const conn = await acceptOwn(listener);
      if (this.#state.type === "closed") return conn.close();
      this.#waiting = conn;
    } catch (error) {
      // For the next accept; after a close there is none.
      this.#waiting = codeOf(error);
    }
    this.#isAccepting = false;
    this.#watchers.wake();
  }

  get localAddress(): SocketAddress {
    const state = this.#state;
    if ("listener" in state) return socketAddressOf(state.listener.addr);
    if (state.type === "connected") {
      return socketAddressOf(state.conn.localAddr);
    }
    throw socketError("invalid-state");
  }

  get remoteAddress(): SocketAddress {
    const state = this.#state;
    if (state.type !== "connected") throw socketError("invalid-state");
    return socketAddressOf(state.conn.remoteAddr);
  }

  get isListening(): boolean {
    return this.#state.type === "listening";
  }

  get isKeptAlive(): boolean {
    return this.#isKeptAlive;
  }

  setKeptAlive(isOn: boolean): void {
    this.#isKeptAlive = isOn;
    if (this.#state.type === "connected") {
      this.#state.connection.keepAlive(isOn);
    }
  }

  shutdown(ways: Ways): void {
    const state = this.#state;
    if (state.type !== "connected") throw socketError("invalid-state");
    state.connection.shutdown(ways);
  }

  #insistIdle(): void {
    const { type } = this.#state;
    const isUnderWay = type === "binding" || type === "startingToListen" ||
      type === "connecting";
    insist(!isUnderWay, "concurrency-conflict");
  }

  /** The guest has no handle of it any more; its streams may go on. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    const state = this.#state;
    if (state.type === "connected") state.connection.release();
    else this.close();
    this.#pollables.insistNone();
  }

  /** Closes it at once. Idempotent. */
  close(): void {
    const state = this.#state;
    if (state.type === "connected") return state.connection.close();
    this.#state = { type: "closed" };
    this.#leaving.abort();
    if ("listener" in state) state.listener.close();
    for (const conn of [this.#waiting, stateConn(state)]) {
      if (typeof conn === "object") conn.close();
    }
    this.#waiting = undefined;
    this.#sockets.forget(this);
  }
}

// Connected, and not known to the guest.
function stateConn(state: State): TcpConnection | SocketErrorCode | undefined {
  return state.type === "connecting" ? state.outcome : undefined;
}
