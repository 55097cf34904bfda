/**
 * The process that writes to the client of a WebSocket.
 *
 * @module
 */

import { type Context, LATER, type ProcessBody } from "@rusm/otp";
import { UNSENT_BYTES } from "../limits.ts";
import type { Closing } from "./close_code.ts";

/** What a writer writes to. */
export interface WriterSocket {
  /** Bytes that were sent and that the client has not taken. */
  readonly bufferedAmount: number;
  /** Sends a message. `sent` is called when it has left, or never will. */
  send(
    data: Uint8Array | string,
    options: { readonly binary: boolean },
    sent?: (error?: Error | null) => void,
  ): void;
  /** Starts the closing handshake. */
  close(code?: number, reason?: string): void;
}

/** What the handler asks for. It waits for the answer. */
export interface Order {
  /** The tag. */
  readonly type: "order";
  /** A text or a binary frame, or a close frame. */
  readonly frame:
    | { readonly isText: boolean; readonly bytes: Uint8Array }
    | Closing;
  /** Told whether it was done. May be told again; then nothing happens. */
  readonly settle: (isDone: boolean) => void;
}

/** What a writer takes. Bytes go out as a binary frame, text as a text frame. */
export type WriterMail = Uint8Array | string | Order;

/**
 * Writes what it is sent, one message after the other, and waits while the
 * client is behind. It ends when somebody ends it.
 */
export class Writer implements ProcessBody<WriterMail> {
  readonly #socket: WriterSocket;
  readonly #take = (mail: WriterMail) => this.#run(mail);
  #self!: Context<WriterMail>;
  #isOver = false;

  /** A writer to `socket`. */
  constructor(socket: WriterSocket) {
    this.#socket = socket;
  }

  start(self: Context<WriterMail>): typeof LATER {
    this.#self = self;
    this.#next();
    return LATER;
  }

  #next(): void {
    const mail = this.#self.receiveBy(this.#take);
    if (mail !== LATER) this.#run(mail);
  }

  // One turn of a loop that has no end, without a stack that grows.
  #run(first: WriterMail): void {
    let mail: WriterMail | typeof LATER = first;
    while (mail !== LATER) {
      if (!this.#write(mail)) return;
      mail = this.#self.receiveBy(this.#take);
    }
  }

  // Returns false when it goes on later.
  #write(mail: WriterMail): boolean {
    if (mail instanceof Uint8Array) return this.#send(mail, true, ignore);
    if (typeof mail === "string") return this.#send(mail, false, ignore);
    // By pid anybody can send anything, whatever the types say.
    if ((mail as Partial<Order> | null)?.type !== "order") return true;
    const { frame, settle } = mail;
    if ("bytes" in frame) return this.#send(frame.bytes, !frame.isText, settle);
    this.#socket.close(frame.code, frame.reason);
    settle(true);
    return true;
  }

  #send(
    data: Uint8Array | string,
    binary: boolean,
    settle: (isDone: boolean) => void,
  ): boolean {
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount + data.length <= UNSENT_BYTES) {
      this.#socket.send(data, binary ? BINARY : TEXT);
      settle(true);
      return true;
    }
    this.#socket.send(data, binary ? BINARY : TEXT, (error) => {
      settle(!error);
      if (!this.#isOver) this.#next();
    });
    return false;
  }

  stop(): void {
    this.#isOver = true;
  }
}

const BINARY = { binary: true };
const TEXT = { binary: false };

function ignore(): void {}
