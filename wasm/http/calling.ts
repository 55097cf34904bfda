/**
 * The half of an exchange that has the request.
 *
 * @module
 */

import {
  type Context,
  DONE,
  type Down,
  type ExitReason,
  formatReason,
  type Pid,
  type Runtime,
} from "@rusm/otp";
import { HandlerFailed } from "../errors.ts";
import type {
  CallerFrame,
  GuestFrame,
  Header,
  Part,
  RequestStart,
} from "./frames.ts";
import { EXCHANGE_MAILBOX_MAX, LINGER_MS } from "./limits.ts";
import { ResponseBody } from "./response_body.ts";

/** How a request is answered. */
export interface HandleOptions {
  /** From now to the head of the response, in milliseconds; no limit when absent. */
  readonly timeoutMs?: number;
  /** Of the request's body, in bytes; no limit when absent. */
  readonly bodyBytesMax?: number;
  /** Aborted when nobody waits for the response any more. */
  readonly signal?: AbortSignal;
  /** Called once, when the process has ended, or none was started. Must not throw. */
  readonly onEnd?: () => void;
}

/** Starts the guest, which `self` monitors. */
export type StartGuest = (
  self: Pick<Context<Down>, "pid" | "monitor">,
  start: RequestStart,
) => { readonly pid: Pid };

/** What the half that has the request waits for. */
export type Incoming = GuestFrame | Down;

/**
 * Has a guest answer `request`.
 *
 * @returns The response, whose body comes as the guest writes it: it fails when
 * the guest does.
 * @throws {HandlerFailed} There is no response.
 */
export function callHandler(
  runtime: Runtime,
  startGuest: StartGuest,
  request: Request,
  options: HandleOptions,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const half = runtime.spawn<Incoming>(async (self) => {
      try {
        const calling = new Calling(self, request, options, {
          resolve,
          reject,
        });
        await calling.run(startGuest);
      } catch (error) {
        // Whoever has the request must not wait for ever.
        reject(error);
      }
    }, { mailboxMax: EXCHANGE_MAILBOX_MAX });
    if (options.onEnd !== undefined) half.join().then(options.onEnd);
  });
}

interface Outcome {
  resolve(response: Response): void;
  reject(error: unknown): void;
}

// Their responses have no body, whatever the guest writes.
const BODILESS = new Set([204, 304]);

class Calling {
  readonly #self: Context<Incoming>;
  readonly #request: Request;
  readonly #options: HandleOptions;
  readonly #outcome: Outcome;
  #guest!: Pid;
  #inbox: Pid<CallerFrame> | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #readCount = 0;
  #hasAnswer = false;
  #isGone = false;
  #body: ResponseBody | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    self: Context<Incoming>,
    request: Request,
    options: HandleOptions,
    outcome: Outcome,
  ) {
    this.#self = self;
    this.#request = request;
    this.#options = options;
    this.#outcome = outcome;
  }

  async run(startGuest: StartGuest): Promise<void> {
    const { signal, timeoutMs } = this.#options;
    const lose = () => this.#lose();
    const self = this.#self as Pick<Context<Down>, "pid" | "monitor">;
    this.#guest = startGuest(self, this.#head()).pid;
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => this.#expire(timeoutMs), timeoutMs);
    }
    signal?.addEventListener("abort", lose);
    if (signal?.aborted) lose();
    try {
      await this.#self.receiveEach((frame) => this.#heed(frame));
    } finally {
      clearTimeout(this.#timer);
      signal?.removeEventListener("abort", lose);
      this.#reader?.cancel().catch(() => {});
    }
  }

  #head(): RequestStart {
    const { method, url, headers, body } = this.#request;
    return {
      ...{ caller: this.#self.pid as Pid<GuestFrame>, method, url },
      headers: [...headers],
      hasBody: body !== null,
    };
  }

  #heed(frame: Incoming): typeof DONE | void {
    switch (frame.type) {
      case "want":
        this.#inbox = frame.inbox;
        this.#sendPiece();
        return;
      case "head":
        this.#inbox = frame.inbox;
        return this.#answer(frame);
      case "part":
        return this.#add(frame.part);
      case "none":
        return this.#fail(frame.why);
      case "down":
        this.#end(frame.reason);
        return DONE;
    }
  }

  #answer(
    { status, headers, part }: Extract<GuestFrame, { type: "head" }>,
  ): void {
    if (this.#hasAnswer) return;
    this.#hasAnswer = true;
    clearTimeout(this.#timer);
    const init = { status, headers: headersOf(headers) };
    const isBodiless = BODILESS.has(status) || this.#request.method === "HEAD";
    if (part.kind === "last") {
      const whole = isBodiless || part.bytes.length === 0 ? null : part.bytes;
      this.#outcome.resolve(
        new Response(whole as Uint8Array<ArrayBuffer> | null, init),
      );
      return this.#linger();
    }
    const body = this.#body = new ResponseBody({
      taken: () => this.#tell({ type: "taken" }),
      gone: () => this.#lose(),
    });
    if (isBodiless) body.discard();
    this.#outcome.resolve(new Response(isBodiless ? null : body.stream, init));
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

  #expire(timeoutMs: number): void {
    this.#giveUp(
      new HandlerFailed("timeout", `it took more than ${timeoutMs} ms`),
    );
  }

  // Nobody waits for what the guest would answer.
  #giveUp(error: HandlerFailed): void {
    this.#hasAnswer = true;
    this.#outcome.reject(error);
    this.#self.runtime.exit(this.#guest, {
      type: "exit",
      payload: error.message,
    });
  }

  #fail(why: string): void {
    if (this.#hasAnswer) return;
    this.#hasAnswer = true;
    this.#outcome.reject(new HandlerFailed("noAnswer", why));
    this.#linger();
  }

  #end(reason: ExitReason): void {
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
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const payload = `Went on for ${LINGER_MS} ms after the response`;
      this.#self.runtime.exit(this.#guest, { type: "exit", payload });
    }, LINGER_MS);
  }

  #tell(frame: CallerFrame): void {
    if (this.#inbox !== undefined) {
      this.#self.runtime.send(this.#inbox, frame);
    }
  }
}

function headersOf(list: readonly Header[]): Headers {
  const headers = new Headers();
  for (const [name, value] of list) headers.append(name, value);
  return headers;
}
