/**
 * The request that a script answers, and its answer, where a body of either
 * comes in pieces.
 *
 * @module
 */

import { Pid, type Runtime } from "@rusm/otp";
import { NO_BYTES, type Part, type ScriptFrame } from "../http/frames.ts";
import { GuestLine, type LineListener } from "../http/guest_line.ts";
import { WHOLE_REPLY_BYTES_MAX } from "../http/limits.ts";
import type { GuestReply, GuestRequest } from "../message.ts";
import type { Pipe } from "./web/pipes.ts";

/** What a script's exchange tells its process. */
export interface ExchangeListener {
  /** All of the answer was sent: there is nothing left to do. */
  answered(): void;
  /** The client has gone, which is to be told to operation `watcher`. */
  clientGone(watcher: number): void;
}

/**
 * One request. Nothing is sent before the guest asks for it.
 *
 * Invariant: the answer begins once.
 */
export class ScriptExchange implements LineListener {
  readonly #runtime: Runtime;
  readonly #caller: Pid<GuestReply | ScriptFrame>;
  readonly #isStreamed: boolean;
  readonly #listener: ExchangeListener;
  readonly #line: GuestLine;
  #watcher: number | undefined;
  #hasBegun = false;
  #isReplying = false;
  #isGone = false;

  /** Nothing is said yet. */
  constructor(
    runtime: Runtime,
    { from, isStreamed }: GuestRequest,
    listener: ExchangeListener,
  ) {
    this.#runtime = runtime;
    this.#caller = Pid.fromBigInt(BigInt(from));
    this.#isStreamed = isStreamed === true;
    this.#listener = listener;
    this.#line = new GuestLine(runtime, this.#caller, this);
  }

  /** Answers with all at once. Does nothing when the answer has begun. */
  reply(reply: GuestReply): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { head, body } = reply;
    if (body !== null && body.length > WHOLE_REPLY_BYTES_MAX) {
      return void this.#replyInPieces(head, body);
    }
    this.#send(reply);
    this.#listener.answered();
  }

  /** Whether all of the answer is there, and is being sent: it needs nothing of the guest. */
  get isReplying(): boolean {
    return this.#isReplying;
  }

  async #replyInPieces(head: string, body: Uint8Array): Promise<void> {
    this.#isReplying = true;
    const { inbox } = this.#line;
    this.#send({ type: "begin", inbox, head, length: body.length });
    const pipe = this.#replyPipe();
    try {
      for (let at = 0; at < body.length; at += WHOLE_REPLY_BYTES_MAX) {
        await pipe.write(body.subarray(at, at + WHOLE_REPLY_BYTES_MAX));
      }
    } catch {
      // Its client has gone, and wants no more of it.
    }
    pipe.end(null);
  }

  #send(frame: GuestReply | ScriptFrame): void {
    this.#runtime.send(this.#caller, frame);
  }

  /** The request's body, to be read. At its end at once when it does not come in pieces. */
  openRequest(): Pipe {
    return {
      read: async () => this.#isStreamed ? await this.#line.read() : null,
      write: () => Promise.resolve(),
      end() {},
      close() {},
    };
  }

  /**
   * Begins the answer.
   *
   * @param head JSON of a `ReplyHead`.
   * @returns The answer's body, to be written. Closing it before its end cuts it.
   * @throws {TypeError} It has begun already.
   */
  openReply(head: string): Pipe {
    if (this.#hasBegun) {
      throw new TypeError("Cannot answer a request a second time");
    }
    this.#hasBegun = true;
    this.#send({ type: "begin", inbox: this.#line.inbox, head });
    return this.#replyPipe();
  }

  #replyPipe(): ReplyPipe {
    return new ReplyPipe(this.#line, {
      pass: (part) => this.#pass(part),
      answered: () => this.#listener.answered(),
    });
  }

  #pass(part: Part): void {
    if (!this.#isGone) this.#send({ type: "part", part });
  }

  /** Has the listener told when the client has gone, by the last `watcher` only. */
  watch(watcher: number): void {
    if (this.#isGone) return this.#listener.clientGone(watcher);
    if (this.#watcher === undefined) {
      this.#send({ type: "watch", inbox: this.#line.inbox });
    }
    this.#watcher = watcher;
  }

  /** See {@linkcode LineListener.gone}. */
  gone(): Error {
    return new TypeError("Cannot go on with a body whose client has gone");
  }

  /** See {@linkcode LineListener.tooLarge}. */
  tooLarge(): Error {
    return new TypeError("Cannot read a body that is larger than allowed");
  }

  /** See {@linkcode LineListener.lost}. */
  lost(): void {
    this.#isGone = true;
    if (this.#watcher !== undefined) this.#listener.clientGone(this.#watcher);
  }

  /** Its process has ended. */
  close(): void {
    this.#line.close();
  }
}

interface ReplyEnds {
  pass(part: Part): void;
  answered(): void;
}

/** The body of an answer. */
class ReplyPipe implements Pipe {
  readonly #line: GuestLine;
  readonly #ends: ReplyEnds;
  #isWriting = false;
  #isOver = false;

  constructor(line: GuestLine, ends: ReplyEnds) {
    this.#line = line;
    this.#ends = ends;
  }

  read(): Promise<null> {
    return Promise.resolve(null);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isWriting || this.#isOver) {
      throw new RangeError("Cannot write a body twice at the same time");
    }
    if (bytes.length === 0) return;
    this.#isWriting = true;
    try {
      const { pass } = this.#ends;
      await this.#line.write(() => pass({ kind: "piece", bytes }));
    } finally {
      this.#isWriting = false;
    }
  }

  end(message: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const kind = message === null ? "last" : "cut";
    this.#ends.pass({ kind, bytes: NO_BYTES });
    if (message === null) this.#ends.answered();
  }

  close(): void {
    this.end("It was closed before its end");
  }
}
