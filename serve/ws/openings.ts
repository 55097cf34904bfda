/**
 * Connections that have not become a WebSocket yet.
 *
 * @module
 */

/** As much of a socket as is needed here. */
export interface OpeningSocket {
  /** Cuts it. */
  destroy(): void;
}

/** Counts connections that open, and cuts those that take too long. */
export class Openings {
  readonly #timeoutMs: number;
  readonly #countMax: number;
  // When it came, the oldest first.
  readonly #sockets = new Map<OpeningSocket, number>();

  /** At most `countMax` of them, each for at most `timeoutMs` milliseconds. */
  constructor(timeoutMs: number, countMax: number) {
    this.#timeoutMs = timeoutMs;
    this.#countMax = countMax;
  }

  /** A connection has come. It is cut when there are too many. */
  add(socket: OpeningSocket, nowMs: number): void {
    if (this.#sockets.size >= this.#countMax) socket.destroy();
    else this.#sockets.set(socket, nowMs);
  }

  /** It is open, or gone. */
  delete(socket: OpeningSocket): void {
    this.#sockets.delete(socket);
  }

  /** Cuts those that are late. */
  look(nowMs: number): void {
    for (const [socket, atMs] of this.#sockets) {
      if (nowMs - atMs < this.#timeoutMs) return;
      this.#sockets.delete(socket);
      socket.destroy();
    }
  }

  /** Cuts all of them. */
  close(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
    this.#sockets.clear();
  }
}
