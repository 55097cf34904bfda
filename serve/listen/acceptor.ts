/**
 * Accepting connections, as many as there is room for.
 *
 * @module
 */

import type { Host } from "@rusm/otp";
import { answer } from "../answer.ts";
import {
  ACCEPT_RETRY_MS,
  LINGER_MS,
  RETRY_AFTER_SECONDS,
  TURN_AWAY_MS,
  TURNED_AWAY_MAX,
} from "../limits.ts";
import type { ListenerMetrics, Refusal } from "../observe/listener_metrics.ts";
import { Connection, type ConnectionRules } from "./connection.ts";
import { type HeldConnection, refuseConnection } from "./deno_http.ts";
import { clientOf, Tally } from "./tally.ts";

/** A listener: a source of connections. */
export type Listener = Pick<Deno.Listener, "accept" | "close" | "addr">;

/** What an acceptor needs. */
export interface AcceptorOptions {
  /** Waits between attempts to accept. */
  readonly host: Host;
  /** For the connections that are let in. */
  readonly rules: ConnectionRules;
  /** Of all clients together. */
  readonly connectionsMax: number;
  /** Of one client: of an address, or a network of IPv6. */
  readonly connectionsPerClientMax: number;
  /** Whether connections from an address are those of many clients. */
  isProxy(address: string): boolean;
  /** Counts connections; nobody does when absent. */
  readonly metrics?: ListenerMetrics | undefined;
  /** Told that no connection can be accepted, and that it can again. Must not throw. */
  readonly observer: AcceptorObserver;
}

/** Told what happens to an {@linkcode Acceptor}. Must not throw. */
export interface AcceptorObserver {
  /** The system gives no more connections, as when too many files are open. */
  lost(error: unknown): void;
  /** It does again. */
  regained(): void;
}

/**
 * Accepts connections until it is stopped, and serves them.
 *
 * A client for whom there is no room is told so, by 503, on a connection that
 * serves nothing else and is closed soon. Beyond `TURNED_AWAY_MAX` of those, a
 * connection is closed without a word. When the system has no more connections
 * to give, those that do nothing are closed, which gives it some.
 *
 * A connection that is given up in the middle of a TLS handshake keeps its file
 * until its client goes. So it counts for its client until then, and when there
 * are as many of those as connections may be served, nothing is accepted before
 * one goes.
 */
export class Acceptor {
  readonly #options: AcceptorOptions;
  readonly #connections = new Set<Connection>();
  readonly #turnedAway = new Set<Connection>();
  // Those above, and those that are given up.
  readonly #held = new Set<HeldConnection>();
  readonly #tally: Tally;
  readonly #turnAwayRules: ConnectionRules;
  #listener: Listener | undefined;
  #accepting: Promise<void> | undefined;
  #open: (() => Listener) | undefined;
  #isLost = false;
  #stopWait: (() => void) | undefined;
  #freed: (() => void) | undefined;
  #drained: (() => void) | undefined;
  #stopped: Promise<void> | undefined;

  /** Starts to accept from `listener`, which it owns from now on. */
  constructor(listener: Listener, options: AcceptorOptions) {
    this.#options = options;
    this.#tally = new Tally(options.connectionsPerClientMax);
    const { rules } = options;
    const ms = Math.min(TURN_AWAY_MS, rules.timeouts.headerMs);
    this.#turnAwayRules = {
      ...rules,
      timeouts: { headerMs: ms, idleMs: LINGER_MS, writeMs: ms },
      answer: () => Promise.resolve(turnAway()),
    };
    this.#accept(listener);
  }

  /** How many connections are served. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Those that are served. */
  get connections(): Iterable<Connection> {
    return this.#connections;
  }

  /**
   * Closes the listener and accepts from the one that `open` returns; the
   * connections stay. When `open` throws, it is called again after a while.
   */
  async relisten(open: () => Listener): Promise<void> {
    this.#close();
    this.#open = open;
    // The address is not free before the last wait for a connection has ended.
    await this.#accepting;
    while (open === this.#open) {
      try {
        this.#accept(open());
        this.#open = undefined;
        return this.#regain();
      } catch (error) {
        // What is in the way may go.
        await this.#lose(error);
      }
    }
  }

  #close(): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.#freed?.();
  }

  #accept(listener: Listener): void {
    this.#listener = listener;
    this.#accepting = this.#acceptAll(listener);
  }

  async #acceptAll(listener: Listener): Promise<void> {
    while (listener === this.#listener) {
      if (this.#isFull) {
        await this.#untilFreed();
        continue;
      }
      try {
        const conn = await listener.accept();
        this.#regain();
        this.#serve(conn);
      } catch (error) {
        // Closing the listener ends the wait, too.
        if (listener !== this.#listener) return;
        if (!isPassing(error)) await this.#lose(error);
      }
    }
  }

  get #isFull(): boolean {
    const { connectionsMax } = this.#options;
    return this.#held.size >= 2 * connectionsMax + TURNED_AWAY_MAX;
  }

  async #untilFreed(): Promise<void> {
    if (!this.#isLost) {
      const why = "Cannot accept more: too many TLS handshakes do not end";
      this.#options.observer.lost(new RangeError(why));
    }
    this.#isLost = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#freed = resolve;
    await promise;
    this.#freed = undefined;
  }

  #regain(): void {
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#options.observer.regained();
  }

  // Not again at once: what is wrong may last a while.
  async #lose(error: unknown): Promise<void> {
    const { host, observer } = this.#options;
    if (!this.#isLost) observer.lost(error);
    this.#isLost = true;
    for (const connection of this.#connections) {
      if (connection.isIdle) connection.cut();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopTimer = host.timer(ACCEPT_RETRY_MS, resolve);
    this.#stopWait = () => {
      stopTimer();
      resolve();
    };
    await promise;
    this.#stopWait = undefined;
  }

  #serve(conn: Deno.Conn): void {
    const { connectionsMax, isProxy } = this.#options;
    const { hostname } = conn.remoteAddr as Deno.NetAddr;
    if (this.#connections.size >= connectionsMax) {
      return this.#refuse(conn, "connections");
    }
    if (isProxy(hostname)) return this.#admit(conn);
    const client = clientOf(hostname);
    if (!this.#tally.add(client)) {
      return this.#refuse(conn, "connections_per_client");
    }
    this.#admit(conn, client);
  }

  #admit(conn: Deno.Conn, client?: string): void {
    const { rules, metrics } = this.#options;
    metrics?.connected();
    this.#keep(this.#connections, conn, rules, () => {
      metrics?.disconnected();
      if (client !== undefined) this.#tally.remove(client);
    });
  }

  #refuse(conn: Deno.Conn, why: Refusal): void {
    this.#options.metrics?.refused(why);
    if (this.#turnedAway.size >= TURNED_AWAY_MAX) {
      return this.#hold(refuseConnection(conn));
    }
    this.#keep(this.#turnedAway, conn, this.#turnAwayRules);
  }

  #keep(
    kept: Set<Connection>,
    conn: Deno.Conn,
    rules: ConnectionRules,
    onFreed?: () => void,
  ): void {
    const connection = new Connection(conn, rules);
    kept.add(connection);
    this.#hold(connection, onFreed);
    connection.finished.then(() => {
      kept.delete(connection);
      this.#checkDrained();
    });
  }

  #hold(connection: HeldConnection, onFreed?: () => void): void {
    this.#held.add(connection);
    connection.freed.then(() => {
      this.#held.delete(connection);
      onFreed?.();
      this.#freed?.();
    });
  }

  #checkDrained(): void {
    if (this.#connections.size + this.#turnedAway.size === 0) this.#drained?.();
  }

  /**
   * Accepts nothing more, and closes each connection when its requests are
   * answered. Resolves when all are closed, and the address is free. Idempotent.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const accepting = this.#accepting;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
      this.#close();
      this.#open = undefined;
      this.#stopWait?.();
      this.#options.rules.deadlines.hasten(LINGER_MS);
      for (const connection of this.#all()) connection.drain();
      this.#checkDrained();
    });
    for (const connection of this.#held) connection.abandon();
    await accepting;
  }

  /** Closes every connection, whatever is in flight. */
  cut(): void {
    for (const connection of this.#all()) connection.cut();
  }

  #all(): readonly Connection[] {
    return [...this.#connections, ...this.#turnedAway];
  }
}

// The client went while it waited.
function isPassing(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.ConnectionReset;
}

function turnAway(): Response {
  const headers = {
    "connection": "close",
    "retry-after": String(RETRY_AFTER_SECONDS),
  };
  return answer(503, headers);
}
