/**
 * One WebSocket: a client, the process that handles it, and the one that writes
 * to it.
 *
 * @module
 */

import { isUtf8 } from "node:buffer";
import type {
  ExitReason,
  Metadata,
  Pid,
  ProcessHandle,
  Runtime,
  SendOptions,
} from "@rusm/otp";
import type {
  Component,
  ConnectionInfo,
  ConnectionSink,
  FrameTaken,
  GuestMessage,
  Start,
} from "@rusm/wasm";
import { Backlog, type BacklogLimits } from "../connection/backlog.ts";
import type { HandlerListener, Handlers } from "../connection/handlers.ts";
import { CLOSE, type Closing, closingOf } from "./close_code.ts";
import { Inflow } from "./inflow.ts";
import { OPEN, type WebSocket } from "./library.ts";
import { type Order, Writer, type WriterMail } from "./writer.ts";

/** What all conversations of a listener share. */
export interface ConversationParts {
  /** Runs the writers. */
  readonly runtime: Runtime;
  /** Runs the handlers. */
  readonly handlers: Handlers;
  /** What may wait for a client. */
  readonly backlog: BacklogLimits;
  /** Told that one is over: the client is gone, and the handler has ended. */
  readonly ended: (conversation: Conversation) => void;
}

/** Who handles a conversation. */
export interface Callee {
  /** The component. */
  readonly component: Component;
  /** How its processes begin. */
  readonly start: Start;
  /** What the process is told of its client. */
  readonly info: ConnectionInfo;
  /** What goes with all that the process is sent of its client; nothing when undefined. */
  readonly metadata: Metadata | undefined;
}

/**
 * What a client and its handler say to each other.
 *
 * It begins with the handler, which waits for its first message: the pid of the
 * writer, in decimal, once the client is there. When the client is gone the
 * writer ends, and the handler has `CLOSE_GRACE_MS` to end, too. When the
 * handler ends, what it has sent goes out, and the client is let go.
 */
export class Conversation implements ConnectionSink, HandlerListener {
  readonly #parts: ConversationParts;
  readonly #handler: Pid<GuestMessage>;
  readonly #inflow: Inflow;
  readonly #metadata: Pick<SendOptions, "metadata"> | undefined;
  readonly #orders = new Set<(isDone: boolean) => void>();
  #socket: WebSocket | undefined;
  #writer: ProcessHandle<WriterMail> | undefined;
  #isHandled = true;
  #isOver = false;

  /**
   * Starts the handler.
   *
   * @throws {SystemLimit} There is no room for it.
   */
  constructor(
    parts: ConversationParts,
    { component, start, info, metadata }: Callee,
  ) {
    this.#parts = parts;
    this.#metadata = metadata && { metadata };
    const connection = { info, sink: this };
    const begin = metadata === undefined
      ? { ...start, connection }
      : { ...start, connection, metadata };
    const handler = { component, start: begin };
    this.#handler = parts.handlers.spawn(handler, this) as Pid<GuestMessage>;
    this.#inflow = new Inflow({
      deliver: ({ isText, bytes }) =>
        this.#deliver(isText ? decoder.decode(bytes) : bytes),
      deliverTold: (frame, count, total) => {
        const { handlers: { pid: teller } } = this.#parts;
        this.#deliver({ type: "frame", ...frame, teller, count, total });
      },
      pause: (isPaused) => this.#pause(isPaused),
      overflowed: () => this.shut(CLOSE.policy, "too much at once"),
    });
  }

  /** Whether its client is kept from being read, because the handler is behind. */
  get isPaused(): boolean {
    return this.#inflow.isPaused;
  }

  /** The client is there. */
  open(socket: WebSocket): void {
    this.#socket = socket;
    socket.on("message", (data, isBinary) => this.#add(data, isBinary));
    // What is wrong with the client: it is told by a close frame, and goes.
    socket.on("error", () => {});
    socket.on("close", () => this.lose());
    if (!this.#isHandled) return this.shut(CLOSE.failed);
    const { runtime, backlog } = this.#parts;
    const quota = new Backlog(backlog, () => this.#overflow());
    this.#writer = runtime.spawn(new Writer(socket), { quota });
    const writer = `${this.#writer.pid.toBigInt()}`;
    runtime.send(this.#handler, writer, this.#metadata);
  }

  #add(bytes: Uint8Array, isBinary: boolean): void {
    // After a close frame of ours nobody is there to take it.
    if (this.#socket?.readyState !== OPEN) return;
    this.#inflow.add({ isText: !isBinary, bytes });
  }

  #deliver(message: GuestMessage): void {
    const { runtime } = this.#parts;
    if (runtime.send(this.#handler, message, this.#metadata)) return;
    // Its scheduler has no room, or it has too much other mail.
    this.shut(CLOSE.tryAgainLater, "too much at once");
  }

  #pause(isPaused: boolean): void {
    if (isPaused) this.#socket?.pause();
    else this.#socket?.resume();
  }

  #overflow(): void {
    this.shut(CLOSE.tryAgainLater, "too slow");
  }

  taken({ count, bytes }: FrameTaken): void {
    this.#inflow.taken(count, bytes);
  }

  sendText(bytes: Uint8Array): Promise<boolean> {
    // A client must fail the connection for it, RFC 6455, section 8.1.
    if (!isUtf8(bytes)) return Promise.resolve(false);
    return this.#order({ isText: true, bytes });
  }

  sendBytes(bytes: Uint8Array): Promise<boolean> {
    return this.#order({ isText: false, bytes });
  }

  sendEvent(): boolean {
    return false;
  }

  async close(code: number, reason: string): Promise<void> {
    await this.#order(closingOf(code, reason));
  }

  // Behind what other processes have sent, and its handler as plain messages.
  #order(frame: Order["frame"]): Promise<boolean> {
    const writer = this.#writer;
    if (writer === undefined || this.#isOver) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (isDone: boolean) => {
        this.#orders.delete(settle);
        resolve(isDone);
      };
      this.#orders.add(settle);
      this.#parts.runtime.send(writer.pid, { type: "order", frame, settle });
    });
  }

  ended(reason: ExitReason): void {
    this.#isHandled = false;
    this.#inflow.clear();
    if (this.#isOver) return this.#parts.ended(this);
    this.#order(farewellTo(reason));
  }

  /** Starts the closing handshake, in front of all that waits to be sent. */
  shut(code: number, reason = ""): void {
    this.#socket?.close(code, reason);
    // The client's answer is not to wait for the handler.
    this.#socket?.resume();
  }

  /** Cuts the connection: the client does not answer any more. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** The client is gone, or has never come. Idempotent. */
  lose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#inflow.clear();
    this.#writer?.kill();
    for (const settle of [...this.#orders]) settle(false);
    const { handlers, ended } = this.#parts;
    if (this.#isHandled) handlers.release(this.#handler);
    else ended(this);
  }
}

// The bytes of a frame are what the client sent, a byte order mark included.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function farewellTo(reason: ExitReason): Closing {
  if (reason === "normal") return { code: CLOSE.normal, reason: "" };
  return {
    code: reason === "shutdown" ? CLOSE.goingAway : CLOSE.failed,
    reason: "",
  };
}
