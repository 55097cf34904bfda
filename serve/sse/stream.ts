/**
 * One event stream: a client, the process that handles it, and the one that
 * writes to it.
 *
 * @module
 */

import type { Metadata, Pid, ProcessHandle, Runtime } from "@rusm/otp";
import type {
  Component,
  ConnectionInfo,
  ConnectionSink,
  GuestMessage,
  ServerEvent,
  Start,
} from "@rusm/wasm";
import { Backlog, type BacklogLimits } from "../connection/backlog.ts";
import type { HandlerListener, Handlers } from "../connection/handlers.ts";
import { Pump } from "../connection/pump.ts";
import { formatData, formatEvent } from "./event.ts";
import type { GzipChunks } from "./gzip.ts";
import { Outflow } from "./outflow.ts";

/** What all event streams of a listener share. */
export interface EventStreamParts {
  /** Runs the writers. */
  readonly runtime: Runtime;
  /** Runs the handlers. */
  readonly handlers: Handlers;
  /** What may wait for a client. */
  readonly backlog: BacklogLimits;
  /** What becomes of a client for whom more would wait: it is let go, or misses the message. */
  readonly whenBehind: "disconnect" | "drop";
  /** Told that one is over: the client is gone, and the handler has ended. */
  readonly ended: (stream: EventStream) => void;
}

/** Who handles an event stream. */
export interface EventStreamCallee {
  /** The component. */
  readonly component: Component;
  /** How its processes begin. */
  readonly start: Start;
  /** What the process is told of its client. */
  readonly info: ConnectionInfo;
  /** What goes with what the process is sent of its client; nothing when undefined. */
  readonly metadata: Metadata | undefined;
}

/** What the handler asks for, and the node: an event, or the end. */
interface Order {
  readonly type: "order";
  /** The end when it is absent. */
  readonly event?: ServerEvent;
  /** Told whether it was done. May be told again; then nothing happens. */
  readonly settle: (isDone: boolean) => void;
}

/** What a writer takes. Text is data, and bytes are text in UTF-8. */
type WriterMail = Uint8Array | string | Order;

/**
 * What a handler says to its client.
 *
 * The first message of the handler is the pid of the writer, in decimal. When
 * the client is gone the writer ends, and the handler has `CLOSE_GRACE_MS` to
 * end, too. When the handler ends, what it has sent goes out, and the stream
 * ends.
 */
export class EventStream implements ConnectionSink, HandlerListener {
  readonly #parts: EventStreamParts;
  readonly #outflow: Outflow;
  readonly #pump = new Pump<WriterMail>((mail) => this.#take(mail));
  readonly #handler: Pid<GuestMessage>;
  readonly #writer: ProcessHandle<WriterMail>;
  readonly #orders = new Set<(isDone: boolean) => void>();
  // Of the order that was taken last, while its client is behind.
  #unsettled: ((isDone: boolean) => void) | undefined;
  #isHandled = true;
  #isOver = false;

  /**
   * Starts the handler and the writer.
   *
   * @param gzip Compresses what is sent; nothing does when absent.
   * @throws {SystemLimit} There is no room for a handler.
   */
  constructor(
    parts: EventStreamParts,
    { component, start, info, metadata }: EventStreamCallee,
    gzip?: GzipChunks,
  ) {
    this.#parts = parts;
    const { runtime, handlers, backlog } = parts;
    const connection = { info, sink: this };
    const options = metadata && { metadata };
    const begin = { ...start, connection, ...options };
    const handler = { component, start: begin };
    this.#handler = handlers.spawn(handler, this) as Pid<GuestMessage>;
    this.#outflow = new Outflow({
      drained: () => this.#drained(),
      ended: () => this.#lose(),
      gone: () => this.#lose(),
    }, gzip);
    const quota = new Backlog(backlog, () => this.#overflow());
    this.#writer = runtime.spawn(this.#pump, { quota });
    const writer = `${this.#writer.pid.toBigInt()}`;
    runtime.send(this.#handler, writer, options);
  }

  /** For the response. */
  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#outflow.body;
  }

  #take(mail: WriterMail): boolean {
    if (typeof mail === "string") return this.#outflow.write(formatData(mail));
    if (mail instanceof Uint8Array) {
      return this.#outflow.write(formatData(decoder.decode(mail)));
    }
    // By pid anybody can send anything, whatever the types say.
    if ((mail as Partial<Order> | null)?.type !== "order") return true;
    return this.#obey(mail);
  }

  #obey({ event, settle }: Order): boolean {
    if (event === undefined) {
      this.#outflow.end();
      return false;
    }
    const hasRoom = this.#outflow.write(formatEvent(event));
    if (hasRoom) settle(true);
    else this.#unsettled = settle;
    return hasRoom;
  }

  #drained(): void {
    this.#unsettled?.(true);
    this.#unsettled = undefined;
    this.#pump.resume();
  }

  #overflow(): void {
    if (this.#parts.whenBehind === "drop") return;
    // Not here: somebody is just sending to the writer, which this ends.
    queueMicrotask(() => this.cut());
  }

  /** See {@linkcode HandlerListener.taken}. Its client sends no frames. */
  taken(): void {}

  /** See {@linkcode ConnectionSink.sendText}. */
  sendText(): boolean {
    return false;
  }

  /** See {@linkcode ConnectionSink.sendEvent}. */
  sendEvent(event: ServerEvent): Promise<boolean> {
    return this.#order(event);
  }

  /** See {@linkcode ConnectionSink.close}. */
  close(): void {}

  // Behind what other processes have sent, and its handler as plain messages.
  #order(event?: ServerEvent): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (isDone: boolean) => {
        this.#orders.delete(settle);
        resolve(isDone);
      };
      this.#orders.add(settle);
      const order = { type: "order", ...event && { event }, settle } as const;
      this.#parts.runtime.send(this.#writer.pid, order);
    });
  }

  /** See {@linkcode HandlerListener.ended}. */
  ended(): void {
    this.#isHandled = false;
    if (this.#isOver) return this.#parts.ended(this);
    this.end();
  }

  /** Ends the stream behind all that waits to be sent. */
  end(): void {
    this.#order();
  }

  /** Ends the stream at once: the client sees that something is missing. */
  cut(): void {
    this.#outflow.cut();
    this.#lose();
  }

  /** Says something to a client to whom nothing was said for `heartbeatMs`. To be called again and again. */
  look(nowMs: number, heartbeatMs: number): void {
    this.#outflow.look(nowMs, heartbeatMs);
  }

  #lose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#writer.kill();
    for (const settle of [...this.#orders]) settle(false);
    const { handlers, ended } = this.#parts;
    if (this.#isHandled) handlers.release(this.#handler);
    else ended(this);
  }
}

// What a message starts with is part of it, a byte order mark included.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
