/**
 * The operations of the Web APIs of one process: bodies, codecs and keys.
 *
 * @module
 */

import { openCodec } from "../../host/codec.ts";
import { type Exchange, openExchange } from "../../host/http.ts";
import { bytes, idOf, text } from "../../host/pure.ts";
import { answerSubtle } from "../../host/subtle.ts";
import {
  type FetchHead,
  type HostValue,
  OPS,
  type SubtleRequest,
} from "../ops.ts";
import type { Settled } from "../operations.ts";
import type { ScriptExchange } from "../script_exchange.ts";
import type { ScriptGuest } from "../script_guest.ts";
import { traceOf } from "../../trace/carried.ts";
import { inTrace } from "../../trace/telemetry.ts";
import { Pipes } from "./pipes.ts";

/** An operation that was asked for and has not begun. */
export type Run = (signal: AbortSignal) => Promise<Settled>;

/** What they use of their process. */
export type WebGuest = Pick<ScriptGuest, "self" | "capability" | "exchange">;

/** The operations of the Web APIs of one process. */
export class WebOperations {
  readonly #guest: WebGuest;
  readonly #pipes = new Pipes();

  /** Nothing is open. */
  constructor(guest: WebGuest) {
    this.#guest = guest;
  }

  /**
   * Does an operation that is answered at once.
   *
   * @returns Whether `op` is one of these.
   */
  call(op: number, args: HostValue[]): boolean {
    const id = idOf(args);
    switch (op) {
      case OPS.codecOpen:
        this.#pipes.open(id, () => openCodec(text(args[1]), args[2] === 1));
        return true;
      case OPS.pipeEnd:
        this.#pipes.end(id, args[1] === null ? null : text(args[1]));
        return true;
      case OPS.pipeClose:
        this.#pipes.close(id);
        return true;
      case OPS.requestOpen:
        this.#pipes.open(id, () => this.#exchange().openRequest());
        return true;
      case OPS.replyBegin:
        this.#pipes.open(id, () => this.#exchange().openReply(text(args[1])));
        return true;
      case OPS.clientWatch:
        this.#guest.exchange?.watch(id);
        return true;
      default:
        return false;
    }
  }

  #exchange(): ScriptExchange {
    const { exchange } = this.#guest;
    if (exchange !== undefined) return exchange;
    throw new TypeError("Cannot answer where there is no request");
  }

  /** How to do an operation that is answered later; undefined if `op` is none of these. */
  runOf(op: number, args: HostValue[]): Run | undefined {
    const [, first, second] = args;
    switch (op) {
      case OPS.fetchStart:
        return (signal) => this.#fetch(args, signal);
      case OPS.pipeRead:
        return async () => found(await this.#pipes.read(Number(first)));
      case OPS.pipeWrite:
        return async () => {
          await this.#pipes.write(Number(first), bytes(second));
          return found(null);
        };
      case OPS.subtle:
        return () => this.#subtle(text(first), bytes(second));
    }
    return undefined;
  }

  /** Lets go of all that is open. */
  close(): void {
    this.#pipes.closeAll();
  }

  async #fetch(args: HostValue[], signal: AbortSignal): Promise<Settled> {
    const id = idOf(args);
    const head: FetchHead = JSON.parse(text(args[1]));
    const body = args[2] instanceof Uint8Array ? args[2] : null;
    const open = () => openExchange(this.#guest.capability, head);
    const exchange: Exchange = this.#pipes.open(id, open);
    signal.addEventListener("abort", () => this.#pipes.close(id));
    try {
      const answered = inTrace(
        traceOf(this.#guest.self),
        () => exchange.send(body),
      );
      return found(null, await answered);
    } catch (error) {
      this.#pipes.close(id);
      throw error;
    }
  }

  async #subtle(request: string, data: Uint8Array): Promise<Settled> {
    const asked: SubtleRequest = JSON.parse(request);
    const { answer, bytes } = await answerSubtle(asked, data);
    return found(bytes, answer);
  }
}

function found(bytes: Uint8Array | null, head?: object): Settled {
  return {
    errorName: null,
    head: head === undefined ? null : JSON.stringify(head),
    bytes,
  };
}
