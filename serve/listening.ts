/**
 * Listening that goes on when the system interrupts it.
 *
 * @module
 */

import { LISTEN_RETRY_MS } from "./limits.ts";

/** Starts a server on `port`. Throws when it cannot listen there. */
export type StartServer = (port: number) => Server;

/** As much of a `Deno.HttpServer` as is used here. */
export type Server = Pick<
  Deno.HttpServer<Deno.NetAddr>,
  "addr" | "finished" | "shutdown"
>;

/** Told what happens to a {@linkcode Listening}. Must not throw. */
export interface ListeningObserver {
  /** Its server was lost. */
  lost(error: unknown): void;
  /** Another one listens in its place. */
  regained(): void;
}

/**
 * A server in whose place another one starts when it is lost.
 *
 * Deno's gives its listener up when it cannot accept a connection, as when the
 * process has too many files open: a flood of connections would be its end.
 * A lost one is shut down, which closes connections without a request and so
 * frees what the next one needs.
 */
export class Listening {
  /** Where it listens. */
  readonly addr: Deno.NetAddr;
  readonly #start: StartServer;
  readonly #observer: ListeningObserver;
  readonly #shutdowns = new Set<Promise<void>>();
  #server: Server | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  /**
   * Starts a server on `port`; 0 lets the system choose one, which is then kept.
   *
   * @throws What `start` throws, the first time.
   */
  constructor(port: number, start: StartServer, observer: ListeningObserver) {
    this.#start = start;
    this.#observer = observer;
    this.addr = this.#run(port).addr;
  }

  #run(port: number): Server {
    const server = this.#start(port);
    this.#server = server;
    server.finished.catch((error) => this.#replace(server, error));
    return server;
  }

  #replace(server: Server, error: unknown): void {
    this.#observer.lost(error);
    this.#server = undefined;
    this.#shutDown(server);
    this.#runLater();
  }

  // Not at once: what was the end of the last one may last a while.
  #runLater(): void {
    if (this.#isStopped) return;
    this.#retry = setTimeout(() => this.#runAgain(), LISTEN_RETRY_MS);
  }

  #runAgain(): void {
    try {
      this.#run(this.addr.port);
    } catch {
      // The loss was told; this is a part of it.
      return this.#runLater();
    }
    this.#observer.regained();
  }

  #shutDown(server: Server): void {
    const shutdown = server.shutdown()
      .catch((error) => this.#observer.lost(error))
      .finally(() => this.#shutdowns.delete(shutdown));
    this.#shutdowns.add(shutdown);
  }

  /** Shuts down. Resolves when every connection is closed. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    if (this.#server !== undefined) this.#shutDown(this.#server);
    this.#server = undefined;
    await Promise.all(this.#shutdowns);
  }
}
