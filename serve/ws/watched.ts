/**
 * A WebSocket, as its liveness is watched.
 *
 * @module
 */

import type { Conversation } from "./conversation.ts";
import type { Knock } from "./door.ts";
import { OPEN, type WebSocket } from "./library.ts";
import type { Client } from "./liveness.ts";

/** What is known of a client from its conversation, its WebSocket and its socket. */
export class Watched implements Client {
  readonly #conversation: Conversation;
  readonly #client: WebSocket;
  readonly #socket: Knock["socket"];

  /** All three are of the same client. */
  constructor(
    conversation: Conversation,
    client: WebSocket,
    socket: Knock["socket"],
  ) {
    this.#conversation = conversation;
    this.#client = client;
    this.#socket = socket;
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  get bufferedAmount(): number {
    return this.#client.bufferedAmount;
  }

  get isPaused(): boolean {
    return this.#conversation.isPaused;
  }

  ping(): void {
    if (this.#client.readyState === OPEN) this.#client.ping();
  }

  cut(): void {
    this.#client.terminate();
  }
}
