/**
 * The half of an exchange that has the request.
 *
 * @module
 */

import {
  type Context,
  type Down,
  type ExitReason,
  formatReason,
  LATER,
  type Metadata,
  type Pid,
  type ProcessBody,
  type Runtime,
  type SendTimer,
} from "@rusm/otp";
import { HandlerFailed } from "../errors.ts";
import type { TraceParent } from "../trace/telemetry.ts";
import type { CallerFrame, GuestFrame, Part, RequestStart } from "./frames.ts";
import { eachHeader, headerText } from "./header_text.ts";
import { EXCHANGE_MAILBOX_MAX, LINGER_MS } from "./limits.ts";
import { ResponseBody } from "./response_body.ts";

/** A request that a guest is asked to answer. A `Request` is one. */
export interface HandledRequest {
  /** As the client wrote it. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Names in lower case. No line feed in either. */
  readonly headers: Iterable<[name: string, value: string]>;
  /** Read as the guest takes it; null without one. */
  readonly body: ReadableStream<Uint8Array> | null;
}

/** As much of an `AbortSignal` as tells that somebody has gone. */
export interface LeaveSignal {
  /** Whether somebody has. */
  readonly aborted: boolean;
  /** Has `listener` called when somebody goes. */
  addEventListener(type: "abort", listener: () => void): void;
  /** Calls `listener` no more. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/** How a request is answered. */
export interface HandleOptions {
  /** From now to the head of the response, in milliseconds; no limit when absent. */
  readonly timeoutMs?: number;
  /** Of the request's body, in bytes; no limit when absent. */
  readonly bodyBytesMax?: number;
  /** Aborted when nobody waits for the response any more. An `AbortSignal` is one. */
  readonly signal?: LeaveSignal;
  /** The span that it is answered in; none when absent. */
  readonly trace?: TraceParent | undefined;
  /** Told which process answers. Must not throw. */
  readonly spawned?: (pid: Pid) => void;
  /** Called once, when the process has ended, or none was started. Must not throw. */
  readonly onEnd?: () => void;
  /** See `Start.metadata`. */
  readonly metadata?: Metadata | undefined;
}

/** Starts the guest, which `self` monitors. */
export type StartGuest = (
  self: Pick<Context<Down>, "pid" | "monitor">,
  start: RequestStart,
) => { readonly pid: Pid };

/** What the half that has the request waits for. */
export type Incoming = GuestFrame | Down | Due;

/** That a time is up. */
export type Due =
  /** There was no answer in time. */
  | { readonly type: "expired" }
  /** The guest has gone on for long enough. */
  | { readonly type: "lingered" };

/**
 * Has a guest answer `request`.
 *
 * @returns The response, whose body comes as the guest writes it: it fails when
 * the guest does.
 * @throws {HandlerFailed} There is no response.
 * @throws {RangeError} `options.timeoutMs` is no time that can be waited.
 */
export function callHandler(
  runtime: Runtime,
  startGuest: StartGuest,
  request: HandledRequest,
  options: HandleOptions,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const outcome = { resolve, reject };
    runtime.spawn(new Calling(startGuest, request, options, outcome), BOUNDED);
  });
}

const BOUNDED = { mailboxMax: EXCHANGE_MAILBOX_MAX };

interface Outcome {
  resolve(response: Response): void;
  reject(error: unknown): void;
}

// Their responses have no body, whatever the guest writes.
const BODILESS = new Set([204, 304]);

/**
 * A process without an asynchronous function, and without a promise but that of
 * the response: there is one for each request.
 */
class Calling implements ProcessBody<Incoming> {
  readonly #startGuest: StartGuest;
  readonly #request: HandledRequest;
  readonly #options: HandleOptions;
  readonly #outcome: Outcome;
  #self!: Context<Incoming>;
  #guest: Pid | undefined;
  #inbox: Pid<CallerFrame> | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #readCount = 0;
  #hasAnswer = false;
  #isGone = false;
  #body: ResponseBody | undefined;
  #timer: SendTimer | undefined;
  #due: { readonly atMs: number; readonly frame: Due } | undefined;
  #lost: (() => void) | undefined;
  readonly #take = (frame: Incoming) => {
    if (this.#heed(frame)) this.#receive();
  };

  constructor(
    startGuest: StartGuest,
    request: HandledRequest,
    options: HandleOptions,
    outcome: Outcome,
  ) {
    this.#startGuest = startGuest;
    this.#request = request;
    this.#options = options;
    this.#outcome = outcome;
  }

  start(self: Context<Incoming>): typeof LATER {
    this.#self = self;
    try {
      this.#begin();
      this.#receive();
    } catch (error) {
      // Whoever has the request must not wait for ever.
      this.#outcome.reject(error);
      this.#close();
    }
    return LATER;
  }

  #begin(): void {
    const { signal, timeoutMs, spawned } = this.#options;
    if (timeoutMs !== undefined) this.#sendAfter(timeoutMs, "expired");
    const self = this.#self as Pick<Context<Down>, "pid" | "monitor">;
    this.#guest = this.#startGuest(self, this.#head()).pid;
    spawned?.(this.#guest);
    if (signal === undefined) return;
    this.#lost = () => this.#lose();
    signal.addEventListener("abort", this.#lost);
    if (signal.aborted) this.#lose();
  }

  #sendAfter(delayMs: number, type: Due["type"]): void {
    const { runtime, pid } = this.#self;
    this.#stopTimer();
    const frame = { type };
    this.#due = { atMs: runtime.host.now() + delayMs, frame };
    this.#timer = runtime.sendAfter(pid, delayMs, frame);
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#due = undefined;
  }

  #receive(): void {
    for (;;) {
      const frame = this.#self.receiveBy(this.#take);
      if (frame === LATER || !this.#heed(frame)) return;
    }
  }

  #close(): void {
    this.#end();
    this.#self.end("normal");
  }

  #end(): void {
    this.#stopTimer();
    const { signal, onEnd } = this.#options;
    if (this.#lost !== undefined) {
      signal!.removeEventListener("abort", this.#lost);
    }
    this.#reader?.cancel().catch(() => {});
    onEnd?.();
  }

  /** The half was ended, or a mistake of ours has ended it: so does the guest. */
  stop(reason: ExitReason): void {
    this.#settle(reason);
    if (this.#guest !== undefined) this.#self.runtime.kill(this.#guest);
    this.#end();
  }

  #head(): RequestStart {
    const { method, url, headers, body } = this.#request;
    return {
      caller: this.#self.pid as Pid<GuestFrame>,
      method,
      url,
      headers: headerText(headers),
      hasBody: body !== null,
    };
  }

  // Returns whether there is more to come. A guest that floods the mailbox may
  // have kept the timer's frame out of it.
  #heed(frame: Incoming): boolean {
    const goesOn = this.#heedOne(frame);
    const due = this.#due;
    if (!goesOn || due === undefined) return goesOn;
    return this.#self.runtime.host.now() < due.atMs || this.#heedOne(due.frame);
  }

  #heedOne(frame: Incoming): boolean {
    switch (frame.type) {
      case "whole":
        this.#answerWhole(frame);
        break;
      case "down":
        this.#settle(frame.reason);
        this.#close();
        return false;
      case "want":
        this.#inbox = frame.inbox;
        this.#sendPiece();
        break;
      case "head":
        this.#inbox = frame.inbox;
        this.#answer(frame);
        break;
      case "part":
        this.#add(frame.part);
        break;
      case "none":
        this.#fail(frame.why);
        break;
      case "expired":
        this.#stopTimer();
        this.#expire();
        break;
      case "lingered":
        this.#stopTimer();
        this.#endGuest(`Went on for ${LINGER_MS} ms after the response`);
    }
    return true;
  }

  #answerWhole(
    { status, headers, bytes, isEnd }: Extract<GuestFrame, { type: "whole" }>,
  ): void {
    if (this.#hasAnswer) return;
    this.#hasAnswer = true;
    const hasNone = bytes.length === 0 || this.#isBodiless(status);
    this.#respond(status, headers, hasNone ? null : bytes);
    // Its end is on the way.
    if (isEnd) this.#stopTimer();
    else this.#linger();
  }

  #isBodiless(status: number): boolean {
    return BODILESS.has(status) || this.#request.method === "HEAD";
  }

  #respond(
    status: number,
    head: string,
    body: Uint8Array | ReadableStream<Uint8Array<ArrayBuffer>> | null,
  ): void {
    const response = new Response(body as BodyInit | null, { status });
    // Deno checks headers that a response is made with a second time.
    const { headers } = response;
    eachHeader(head, (name, value) => headers.append(name, value));
    this.#outcome.resolve(response);
  }

  #answer(
    { status, headers, part }: Extract<GuestFrame, { type: "head" }>,
  ): void {
    if (this.#hasAnswer) return;
    this.#hasAnswer = true;
    this.#stopTimer();
    const body = this.#body = new ResponseBody({
      taken: () => this.#tell({ type: "taken" }),
      gone: () => this.#lose(),
    });
    const isBodiless = this.#isBodiless(status);
    if (isBodiless) body.discard();
    this.#respond(status, headers, isBodiless ? null : body.stream);
    this.#add(part);
    if (this.#isGone) this.#tell({ type: "gone" });
  }

  #add(part: Part): void {
    this.#body?.add(part);
    if (part.kind === "last" || part.kind === "cut") this.#linger();
  }

  async #sendPiece(): Promise<void> {
    try {
      this.#reader ??= this.#request.body!.getReader();
      const { done, value } = await this.#reader.read();
      if (done) return this.#tell({ type: "end" });
      this.#readCount += value.length;
      if (this.#readCount > (this.#options.bodyBytesMax ?? Infinity)) {
        return this.#refuseBody();
      }
      this.#tell({ type: "piece", bytes: value });
    } catch {
      // The client's doing, or its absence: the guest hears that there is no more.
      this.#tell({ type: "broken", isTooLarge: false });
    }
  }

  #refuseBody(): void {
    this.#tell({ type: "broken", isTooLarge: true });
    if (this.#hasAnswer) return;
    this.#giveUp(
      new HandlerFailed("tooLarge", "the request's body is too large"),
    );
  }

  #expire(): void {
    if (this.#hasAnswer) return;
    const { timeoutMs } = this.#options;
    this.#giveUp(
      new HandlerFailed("timeout", `it took more than ${timeoutMs} ms`),
    );
  }

  // Nobody waits for what the guest would answer.
  #giveUp(error: HandlerFailed): void {
    this.#hasAnswer = true;
    this.#outcome.reject(error);
    this.#endGuest(error.message);
  }

  #endGuest(payload: string): void {
    this.#self.runtime.exit(this.#guest!, { type: "exit", payload });
  }

  #fail(why: string): void {
    if (this.#hasAnswer) return;
    this.#hasAnswer = true;
    this.#outcome.reject(new HandlerFailed("noAnswer", why));
    this.#linger();
  }

  // The guest has ended.
  #settle(reason: ExitReason): void {
    this.#body?.fail();
    if (this.#hasAnswer) return;
    this.#hasAnswer = true;
    this.#outcome.reject(
      reason === "normal"
        ? new HandlerFailed("noAnswer", "it returned without one")
        : new HandlerFailed("ended", formatReason(reason), reason),
    );
  }

  // The client has gone. The guest is told, and may end what it does.
  #lose(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    if (!this.#hasAnswer) {
      this.#hasAnswer = true;
      this.#outcome.reject(new HandlerFailed("gone", "the client has gone"));
    }
    this.#tell({ type: "gone" });
    this.#linger();
  }

  #linger(): void {
    this.#sendAfter(LINGER_MS, "lingered");
  }

  #tell(frame: CallerFrame): void {
    if (this.#inbox !== undefined) {
      this.#self.runtime.send(this.#inbox, frame);
    }
  }
}
