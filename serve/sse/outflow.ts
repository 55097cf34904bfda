/**
 * The body of an event stream.
 *
 * @module
 */

import { UNSENT_BYTES } from "../limits.ts";
import {
  registerTelling,
  type TakingListener,
  type TellingBody,
} from "../listen/pacing.ts";
import { HEARTBEAT } from "./event.ts";
import type { GzipChunks } from "./gzip.ts";

/** Who hears of an outflow. None of it may throw. */
export interface OutflowEnds {
  /** There is room again after {@linkcode Outflow.write} said that there is none. */
  drained(): void;
  /** All was taken, and it was ended. */
  ended(): void;
  /** The client has gone. */
  gone(): void;
}

/** Why a body ends before its end. */
export class StreamCut extends Error {
  override readonly name = "StreamCut";

  /** Cut by this node. */
  constructor() {
    super("The client takes less than is sent to it");
  }
}

/**
 * Text to a client. What is written in one turn leaves as one chunk, and as soon
 * as the client takes it: nothing waits for more.
 *
 * Invariant: it is hungry only while nothing waits, or a flush is on its way.
 */
export class Outflow implements TellingBody {
  /** For the response. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #ends: OutflowEnds;
  readonly #gzip: GzipChunks | undefined;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #unsent = "";
  #isHungry = false;
  #isFlushing = false;
  #isEnding = false;
  // Whether the last of it is on its way.
  #isLast = false;
  #isOver = false;
  #listener: TakingListener | undefined;
  // When it was seen to do nothing; undefined when it has done something since.
  #idleAtMs: number | undefined;

  /** @param gzip Compresses; nothing does when absent. */
  constructor(ends: OutflowEnds, gzip?: GzipChunks) {
    this.#ends = ends;
    this.#gzip = gzip;
    const source: UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> = {
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#pull(),
      cancel: () => this.#cancel(),
    };
    // Nothing is asked for before the client is there to take it.
    this.body = new ReadableStream(source, { highWaterMark: 0 });
    registerTelling(this.body, this);
  }

  tell(listener: TakingListener): void {
    this.#listener = listener;
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#controller.error(error);
    this.#cancel();
  }

  #pull(): void {
    this.#isHungry = true;
    this.#listener?.asked();
    // Later: Deno asks for more in the middle of being given something.
    if (this.#unsent !== "" || this.#isEnding) this.#flushSoon();
  }

  #cancel(): void {
    this.#end();
    this.#ends.gone();
  }

  #end(): void {
    this.#isOver = true;
    this.#unsent = "";
    this.#listener?.ended();
  }

  /** Sends `text`. Returns whether there is room for more. */
  write(text: string): boolean {
    if (this.#isOver || this.#isEnding) return true;
    this.#unsent += text;
    this.#flushSoon();
    return !this.#isFull;
  }

  get #isFull(): boolean {
    return this.#unsent.length > UNSENT_BYTES;
  }

  #flushSoon(): void {
    if (!this.#isHungry || this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushing = false;
    if (!this.#isHungry || this.#isOver) return;
    const [text, wasFull] = [this.#unsent, this.#isFull];
    const isLast = this.#isEnding && !this.#isLast;
    this.#unsent = "";
    this.#idleAtMs = undefined;
    if (text !== "") this.#give(encoder.encode(text));
    if (isLast) this.#giveLast();
    // What is ended has ended when the last of it was taken.
    if (this.#isLast && this.#isHungry) this.#close();
    else if (wasFull && !isLast) this.#ends.drained();
  }

  #give(bytes: Uint8Array<ArrayBuffer>): void {
    this.#enqueue(this.#gzip?.add(bytes) ?? bytes);
  }

  #giveLast(): void {
    this.#isLast = true;
    if (this.#gzip !== undefined) this.#enqueue(this.#gzip.end());
  }

  #enqueue(bytes: Uint8Array<ArrayBuffer>): void {
    this.#isHungry = false;
    this.#listener?.gave(bytes.length);
    this.#controller.enqueue(bytes);
  }

  #close(): void {
    this.#controller.close();
    this.#end();
    this.#ends.ended();
  }

  /** Ends it behind what was written. Idempotent. */
  end(): void {
    this.#isEnding = true;
    this.#flushSoon();
  }

  /** Ends it at once, and not as it should end: the client sees that something is missing. */
  cut(): void {
    if (this.#isOver) return;
    this.#controller.error(new StreamCut());
    this.#end();
  }

  /**
   * Says something when nothing was said for `heartbeatMs`. To be called again
   * and again; it is as late as the calls are apart.
   */
  look(nowMs: number, heartbeatMs: number): void {
    this.#idleAtMs ??= nowMs;
    if (nowMs - this.#idleAtMs < heartbeatMs || !this.#isHungry) return;
    this.write(HEARTBEAT);
  }
}

const encoder = new TextEncoder();
