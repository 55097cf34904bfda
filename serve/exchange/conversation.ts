/**
 * A conversation with the guest that answers a request.
 *
 * @module
 */

import {
  type Context,
  crashOf,
  type Down,
  type ExitReason,
  LATER,
  type Pid,
  type ProcessBody,
  type SendTimer,
} from "@rusm/otp";
import {
  type CallerFrame,
  type GuestMessage,
  type GuestReply,
  type Part,
  ResponseBody,
  type ScriptFrame,
} from "@rusm/wasm";
import {
  type Answer,
  answer,
  answerOf,
  type Beginning,
  beginningOf,
  unavailable,
} from "../answer.ts";
import { CLOSE_GRACE_MS } from "../limits.ts";
import type { Stopping } from "../stopping.ts";
import type { RequestPieces } from "./request_pieces.ts";

/** What the native process of an exchange is told. */
export type ConversationMail =
  | GuestReply
  | ScriptFrame
  | Down
  /** The client has gone. */
  | { readonly type: "gone" }
  /** The request's body is larger than allowed. */
  | { readonly type: "refused" }
  /** The time is up that began with wait `nth`. */
  | { readonly type: "late"; readonly nth: number };

/** What a conversation is about. */
export interface Topic {
  /** Of the request. */
  readonly method: string;
  /** The request's body, if the guest is to ask for it. */
  readonly pieces: RequestPieces | undefined;
  /** From the request's head to the response's, in milliseconds. */
  readonly timeoutMs: number;
  /** What is left of that. */
  readonly leftMs: number;
  /** When the node is told to stop. */
  readonly stopping: Pick<Stopping, "when">;
  /** Has a guest answer the request to `self`; undefined when there is no room for one. */
  spawnGuest(self: Context<ConversationMail>): Pid<GuestMessage> | undefined;
  /** Takes the response, once. */
  respond(response: Response): void;
  /** Calls `gone` when the client goes before it has all of the response. Called once at the most. */
  watch(gone: () => void): void;
  /** Told why a reply of the guest cannot be used. */
  failed(why: string): void;
  /** Told that it ended as it should not: nobody listens to the guest any more. */
  crashed(reason: ExitReason): void;
  /** Called when it is over. */
  over(): void;
}

/**
 * Puts a request to a guest, and passes its answer on: whole, or as it comes, no
 * faster than the client takes it. It is over when the guest has ended, or has
 * replied all at once.
 *
 * A guest whose client has gone, or does not get what it would send, has
 * `CLOSE_GRACE_MS` to end; then it is asked to, and after as long again killed.
 *
 * A process without an asynchronous function: there is one for each request.
 */
export class Conversation implements ProcessBody<ConversationMail> {
  readonly #topic: Topic;
  // Both from its start.
  #self!: Context<ConversationMail>;
  #guest: Pid<GuestMessage> | undefined;
  #inbox: Pid<CallerFrame> | undefined;
  #hasAnswer = false;
  #body: ResponseBody | undefined;
  // What the guest has said that its body has, and has not sent.
  #bytesLeft: number | undefined;
  #isWatching = false;
  #isGone = false;
  #isLeaving = false;
  #isOver = false;
  #timer: SendTimer | undefined;
  #waitCount = 0;
  #dueMs = Infinity;
  // What to do when the time is up.
  #late: () => void = () => this.#expire();
  #forgetStopping: (() => void) | undefined;
  readonly #take = (mail: ConversationMail) => {
    this.#heed(mail);
    this.#receive();
  };

  /** Nothing was said yet. */
  constructor(topic: Topic) {
    this.#topic = topic;
  }

  start(self: Context<ConversationMail>): typeof LATER {
    this.#self = self;
    try {
      this.#ask();
      this.#receive();
    } catch (error) {
      // Whatever went wrong here, the client must not wait for ever.
      const reason = crashOf(error);
      this.stop(reason);
      self.end(reason);
    }
    return LATER;
  }

  #ask(): void {
    const { stopping, pieces, leftMs, respond } = this.#topic;
    this.#guest = this.#topic.spawnGuest(this.#self);
    if (this.#guest === undefined) {
      this.#isOver = true;
      return respond(unavailable());
    }
    this.#wait(leftMs);
    if (pieces === undefined) return;
    this.#forgetStopping = stopping.when(() => this.#stopReading());
  }

  // A body that is under way then is not waited for.
  #stopReading(): void {
    if (!this.#hasAnswer) this.#topic.pieces?.stop();
  }

  #receive(): void {
    while (!this.#isOver) {
      const mail = this.#self.receiveBy(this.#take);
      if (mail === LATER) return;
      this.#heed(mail);
    }
    this.#close();
    this.#self.end("normal");
  }

  #close(): void {
    this.#stopWaiting();
    this.#forgetStopping?.();
    this.#topic.over();
  }

  /** It was ended, or a mistake of ours has ended it. */
  stop(reason: ExitReason): void {
    this.#topic.crashed(reason);
    this.#body?.fail();
    this.#close();
  }

  // A guest that floods its mailbox may have kept the timer's message out of it.
  #heed(mail: ConversationMail): void {
    this.#heedOne(mail);
    const { host } = this.#self.runtime;
    if (!this.#isOver && host.now() >= this.#dueMs) this.#due();
  }

  // Any guest can send bytes or text to any pid: those have no type.
  #heedOne(mail: ConversationMail): void {
    switch (mail.type) {
      case "reply":
        return this.#reply(mail);
      case "begin":
        this.#inbox = mail.inbox;
        return this.#begin(mail);
      case "part":
        return this.#add(mail.part);
      case "want":
        this.#inbox = mail.inbox;
        return void this.#sendPiece();
      case "watch":
        this.#inbox = mail.inbox;
        return this.#watch();
      case "gone":
        return this.#lose();
      case "refused":
        return this.#refuse();
      case "late":
        if (mail.nth === this.#waitCount) this.#due();
        return;
      case "down":
        return this.#ended(mail.reason);
    }
  }

  #reply(reply: GuestReply): void {
    if (this.#hasAnswer) return;
    this.#respond(this.#usable(answerOf(reply)));
    // The guest ends with its reply.
    this.#isOver = true;
  }

  #usable(answered: Answer): Response {
    if (answered.type === "response") return answered.response;
    this.#topic.failed(answered.why);
    return answer(502);
  }

  #respond(response: Response): void {
    this.#hasAnswer = true;
    this.#topic.respond(response);
  }

  #begin({ head, length }: Extract<ScriptFrame, { type: "begin" }>): void {
    if (this.#hasAnswer) return;
    this.#stopWaiting();
    const beginning = beginningOf(head, this.#topic.method, length);
    if (beginning.type === "invalid") {
      this.#respond(this.#usable(beginning));
      return this.#leave();
    }
    this.#watch();
    this.#open(beginning);
  }

  #open({ status, headers, length, body }: Beginning): void {
    if (body !== "streamed") {
      // Of a stream Deno tells no length, and of null that it is 0.
      const none = body === "untold" ? new Blob().stream() : null;
      this.#respond(new Response(none, { status, headers }));
      this.#tell({ type: "gone" });
      return this.#leave();
    }
    this.#bytesLeft = length;
    const { runtime, pid } = this.#self;
    this.#body = new ResponseBody({
      taken: () => this.#tell({ type: "taken" }),
      gone: () => void runtime.send(pid, { type: "gone" }),
    });
    this.#respond(new Response(this.#body.stream, { status, headers }));
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { runtime, pid } = this.#self;
    this.#topic.watch(() => void runtime.send(pid, { type: "gone" }));
  }

  #add(part: Part): void {
    if (this.#isLeaving) return;
    const why = this.#reasonAgainst(part);
    if (why !== undefined) this.#topic.failed(why);
    const isCut = why !== undefined || part.kind === "cut";
    this.#body?.add(isCut ? { ...part, kind: "cut", bytes: NO_BYTES } : part);
    if (isCut) this.#leave();
  }

  // A client that was told a length must not get another one.
  #reasonAgainst({ kind, bytes }: Part): string | undefined {
    if (this.#bytesLeft === undefined || kind === "cut") return undefined;
    this.#bytesLeft -= bytes.length;
    if (this.#bytesLeft < 0) {
      return "Cannot send more than the content-length of the response";
    }
    return kind === "last" && this.#bytesLeft > 0
      ? `Cannot end a response ${this.#bytesLeft} bytes before its content-length`
      : undefined;
  }

  async #sendPiece(): Promise<void> {
    const { runtime, pid } = this.#self;
    const frame = await this.#topic.pieces?.next();
    if (frame === undefined) return;
    this.#tell(frame);
    if (frame.type === "broken" && frame.isTooLarge) {
      runtime.send(pid, { type: "refused" });
    }
  }

  #tell(frame: CallerFrame): void {
    if (this.#inbox !== undefined) {
      this.#self.runtime.send(this.#inbox, frame);
    }
  }

  #refuse(): void {
    if (this.#hasAnswer) return;
    this.#respond(answer(413));
    this.#leave();
  }

  // A guest that has not answered yet may go on: not all that it does is for
  // its client.
  #lose(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#tell({ type: "gone" });
    if (this.#hasAnswer) this.#leave();
  }

  #leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#wait(CLOSE_GRACE_MS, () => {
      this.#killLate();
      this.#self.runtime.exit(this.#guest!, "shutdown");
    });
  }

  #killLate(): void {
    this.#wait(CLOSE_GRACE_MS, () => this.#self.runtime.kill(this.#guest!));
  }

  #wait(ms: number, late = this.#late): void {
    this.#stopWaiting();
    this.#late = late;
    const { runtime, pid } = this.#self;
    this.#dueMs = runtime.host.now() + ms;
    const nth = this.#waitCount;
    this.#timer = runtime.sendAfter(pid, ms, { type: "late", nth });
  }

  #stopWaiting(): void {
    this.#timer?.cancel();
    // One that was sent already is none of this wait.
    this.#waitCount++;
    this.#dueMs = Infinity;
  }

  #due(): void {
    this.#stopWaiting();
    this.#late();
  }

  #expire(): void {
    const { timeoutMs, pieces } = this.#topic;
    // Whoever waits for its client has not used up its own time.
    this.#respond(answer(pieces?.isWaiting ? 408 : 504));
    this.#killLate();
    const payload = `No answer in ${timeoutMs} ms`;
    this.#self.runtime.exit(this.#guest!, { type: "exit", payload });
  }

  #ended(reason: ExitReason): void {
    this.#isOver = true;
    this.#body?.fail();
    if (!this.#hasAnswer) this.#respond(this.#answerTo(reason));
  }

  // The guest ended without a reply. Why is in the log, not in the response.
  #answerTo(reason: ExitReason): Response {
    switch (this.#topic.pieces?.failure) {
      case "tooSlow":
        return answer(408);
      case "broken":
        return answer(400);
      case "stopped":
        return unavailable();
    }
    if (reason === "shutdown") return unavailable();
    const isOutOfTime = typeof reason === "object" && reason.type === "limit" &&
      reason.limit === "cpu";
    return answer(isOutOfTime ? 504 : 502);
  }
}

const NO_BYTES = new Uint8Array(0);
