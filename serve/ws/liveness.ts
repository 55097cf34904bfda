/**
 * Whether the client of a WebSocket is still there.
 *
 * @module
 */

import { UNSENT_BYTES } from "../limits.ts";

/** When a client is asked, and when it is given up, in milliseconds. */
export interface LivenessLimits {
  /** Without a byte of it. */
  readonly pingIntervalMs: number;
  /** From the question. */
  readonly pongTimeoutMs: number;
}

/** A client. */
export interface Client {
  /** Bytes that have come of it. */
  readonly bytesRead: number;
  /** Bytes that were sent and that it has not taken. */
  readonly bufferedAmount: number;
  /** Whether it is not read, because its handler is behind. */
  readonly isPaused: boolean;
  /** Asks it for a sign of life. */
  ping(): void;
  /** Gives it up. */
  cut(): void;
}

/**
 * Watches one client. Any byte of it is a sign of life, as is any that it takes
 * of those that it is behind with.
 *
 * One that is not read is asked, too, which tells when it has closed its end.
 * Its answer is only waited for when it is itself behind: its handler may be so
 * because of that.
 */
export class Liveness {
  readonly #limits: LivenessLimits;
  readonly #client: Client;
  #bytesRead: number;
  #bufferedAmount = 0;
  #heardAtMs: number;
  // Undefined while nothing is asked.
  #askedAtMs: number | undefined;

  /** It was heard of just now. */
  constructor(limits: LivenessLimits, client: Client, nowMs: number) {
    this.#limits = limits;
    this.#client = client;
    this.#bytesRead = client.bytesRead;
    this.#heardAtMs = nowMs;
  }

  /** Looks. To be called again and again. */
  look(nowMs: number): void {
    if (this.#hasMoved()) {
      this.#heard(nowMs);
    } else if (this.#askedAtMs === undefined) {
      this.#askWhenIdle(nowMs);
    } else if (nowMs - this.#askedAtMs >= this.#limits.pongTimeoutMs) {
      if (this.#isExcused) this.#heard(nowMs);
      else this.#client.cut();
    }
  }

  #hasMoved(): boolean {
    const { bytesRead, bufferedAmount } = this.#client;
    const hasMoved = bytesRead !== this.#bytesRead ||
      bufferedAmount < this.#bufferedAmount;
    this.#bytesRead = bytesRead;
    this.#bufferedAmount = bufferedAmount;
    return hasMoved;
  }

  get #isExcused(): boolean {
    const { isPaused, bufferedAmount } = this.#client;
    return isPaused && bufferedAmount <= UNSENT_BYTES;
  }

  #heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#askedAtMs = undefined;
  }

  #askWhenIdle(nowMs: number): void {
    if (nowMs - this.#heardAtMs < this.#limits.pingIntervalMs) return;
    this.#askedAtMs = nowMs;
    this.#client.ping();
  }
}

/** A socket that can be pinged. */
export interface PongSocket {
  /** Bytes that were sent and that the client has not taken. */
  readonly bufferedAmount: number;
  /** Answers a ping. */
  pong(data: Uint8Array): void;
}

/**
 * Answers a ping, unless the client takes nothing: who only asks could make
 * answers pile up. The next ping may be answered in its place.
 *
 * @see RFC 6455, section 5.5.3.
 */
export function answerPing(socket: PongSocket, data: Uint8Array): void {
  if (socket.bufferedAmount <= UNSENT_BYTES) socket.pong(data);
}
