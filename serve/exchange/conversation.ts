/**
 * A conversation with the guest that answers a request.
 *
 * @module
 */

import {
  type Context,
  type Down,
  type ExitReason,
  type Metadata,
  type Pid,
  type Runtime,
  TIMEOUT,
} from "@rusm/otp";
import {
  type CallerFrame,
  type GuestMessage,
  type GuestReply,
  type GuestRequest,
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
  | { readonly type: "refused" };

/** What a conversation is about. */
export interface Topic {
  /** Runs the process that converses. */
  readonly runtime: Runtime;
  /** The request, but for whom to answer. */
  readonly request: Omit<GuestRequest, "from">;
  /** Goes with the request; nothing does when absent. */
  readonly metadata: Metadata | undefined;
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
  /** Takes the response, once. */
  respond(response: Response): void;
  /** Calls `gone` when the client goes before it has all of the response. Called once at the most. */
  watch(gone: () => void): void;
  /** Told why a reply of the guest cannot be used. */
  failed(why: string): void;
}

/**
 * Puts a request to a guest, and passes its answer on: whole, or as it comes, no
 * faster than the client takes it. It is over when the guest has ended, or has
 * replied all at once.
 *
 * A guest whose client has gone, or does not get what it would send, has
 * `CLOSE_GRACE_MS` to end; then it is asked to, and after as long again killed.
 */
export class Conversation {
  readonly #topic: Topic;
  readonly #self: Context<ConversationMail>;
  readonly #guest: Pid<GuestMessage>;
  #inbox: Pid<CallerFrame> | undefined;
  #hasAnswer = false;
  #body: ResponseBody | undefined;
  // What the guest has said that its body has, and has not sent.
  #bytesLeft: number | undefined;
  #isWatching = false;
  #isGone = false;
  #isLeaving = false;
  #isOver = false;
  // What to do when nothing comes until then.
  #deadlineMs: number;
  #late: () => void = () => this.#expire();

  /** Nothing was said yet to `guest`, with which the process of `self` converses. */
  constructor(
    topic: Topic,
    self: Context<ConversationMail>,
    guest: Pid<GuestMessage>,
  ) {
    this.#topic = topic;
    this.#self = self;
    this.#guest = guest;
    this.#deadlineMs = topic.runtime.host.now() + topic.leftMs;
  }

  /** Converses, from beginning to end. */
  async run(): Promise<void> {
    const { stopping, pieces } = this.#topic;
    const forget = pieces && stopping.when(() => this.#stopReading());
    try {
      await this.#run();
    } finally {
      forget?.();
    }
  }

  // A body that is under way then is not waited for.
  #stopReading(): void {
    if (!this.#hasAnswer) this.#topic.pieces?.stop();
  }

  async #run(): Promise<void> {
    const { runtime, request, metadata } = this.#topic;
    const { host } = runtime;
    this.#self.monitor(this.#guest);
    const from = this.#self.pid.toJSON();
    const options = metadata && { metadata };
    runtime.send(this.#guest, { ...request, from }, options);
    while (!this.#isOver) {
      const timeoutMs = Math.max(0, this.#deadlineMs - host.now());
      const mail = await this.#self.receive(
        timeoutMs === Infinity ? {} : { timeoutMs },
      );
      if (mail === TIMEOUT) this.#late();
      else this.#heed(mail);
    }
  }

  // Any guest can send bytes or text to any pid: those have no type.
  #heed(mail: ConversationMail): void {
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
    this.#deadlineMs = Infinity;
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
    const { runtime } = this.#topic;
    this.#body = new ResponseBody({
      taken: () => this.#tell({ type: "taken" }),
      gone: () => void runtime.send(this.#self.pid, { type: "gone" }),
    });
    this.#respond(new Response(this.#body.stream, { status, headers }));
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { runtime, watch } = this.#topic;
    watch(() => void runtime.send(this.#self.pid, { type: "gone" }));
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
    const { pieces, runtime } = this.#topic;
    const frame = await pieces?.next();
    if (frame === undefined) return;
    this.#tell(frame);
    if (frame.type === "broken" && frame.isTooLarge) {
      runtime.send(this.#self.pid, { type: "refused" });
    }
  }

  #tell(frame: CallerFrame): void {
    if (this.#inbox !== undefined) {
      this.#topic.runtime.send(this.#inbox, frame);
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
    const { runtime } = this.#topic;
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#within(CLOSE_GRACE_MS, () => {
      this.#killLate();
      runtime.exit(this.#guest, "shutdown");
    });
  }

  #killLate(): void {
    this.#within(CLOSE_GRACE_MS, () => this.#kill());
  }

  #kill(): void {
    this.#deadlineMs = Infinity;
    this.#topic.runtime.kill(this.#guest);
  }

  #within(ms: number, late: () => void): void {
    this.#deadlineMs = this.#topic.runtime.host.now() + ms;
    this.#late = late;
  }

  #expire(): void {
    const { runtime, timeoutMs, pieces } = this.#topic;
    // Whoever waits for its client has not used up its own time.
    this.#respond(answer(pieces?.isWaiting ? 408 : 504));
    this.#killLate();
    const payload = `No answer in ${timeoutMs} ms`;
    runtime.exit(this.#guest, { type: "exit", payload });
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

  /** Ends the guest, which nobody listens to any more, and the response where it is. */
  abandon(): void {
    this.#body?.fail();
    this.#topic.runtime.kill(this.#guest);
  }
}

const NO_BYTES = new Uint8Array(0);
