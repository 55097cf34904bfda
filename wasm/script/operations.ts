/**
 * Operations that a guest has started and that are answered later: timers,
 * fetches and files.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { readFile, writeFile } from "../host/filesystem.ts";
import { fetchFor } from "../host/http.ts";
import { bytes, text } from "../host/pure.ts";
import { OPERATIONS_MAX } from "../limits.ts";
import { type FetchHead, type HostValue, OPS } from "./ops.ts";

/** How an operation ended: the arguments of the guest's `settle`, after the id. */
export interface Settled {
  /** Null when it went well. */
  readonly errorName: string | null;
  /** What it found as text, or the message of the error. */
  readonly head: string | null;
  /** What it found as bytes. */
  readonly bytes: Uint8Array | null;
}

/** Who hears of operations that have ended. */
export interface OperationsListener {
  /** Operation `id` has an answer. */
  settled(id: number, settled: Settled): void;
  /** The time of timer `id` has come. */
  fired(id: number): void;
  /** How much of all that the guest has not heard yet, since it still computes. */
  readonly unheard: number;
}

/**
 * The operations of one process.
 *
 * Invariant: an id is listed until its operation has ended or was cancelled,
 * and only of a listed id anything is heard.
 */
export class Operations {
  readonly #capability: Capability;
  readonly #listener: OperationsListener;
  // How to cancel each operation under way.
  readonly #cancels = new Map<number, () => void>();

  /** No operations. */
  constructor(capability: Capability, listener: OperationsListener) {
    this.#capability = capability;
    this.#listener = listener;
  }

  /** How many are under way. */
  get count(): number {
    return this.#cancels.size;
  }

  /**
   * Starts or cancels an operation.
   *
   * @returns Whether `op` is about operations at all.
   * @throws {RangeError} Too many are under way.
   */
  call(op: number, args: HostValue[]): boolean {
    const id = Number(args[0]);
    switch (op) {
      case OPS.timerStart:
        this.#startTimer(id, Number(args[1]));
        return true;
      case OPS.fetchStart:
        this.#start(id, (signal) => this.#fetch(args, signal));
        return true;
      case OPS.fileRead:
        this.#start(id, () => this.#readFile(text(args[1])));
        return true;
      case OPS.fileWrite:
        this.#start(id, () => this.#writeFile(text(args[1]), bytes(args[2])));
        return true;
      case OPS.timerCancel:
      case OPS.fetchAbort:
        this.#cancel(id);
        return true;
      default:
        return false;
    }
  }

  /** Cancels all that is under way. */
  cancelAll(): void {
    for (const id of [...this.#cancels.keys()]) this.#cancel(id);
  }

  #cancel(id: number): void {
    this.#cancels.get(id)?.();
    this.#cancels.delete(id);
  }

  #list(id: number, cancel: () => void): void {
    if (this.#cancels.size + this.#listener.unheard >= OPERATIONS_MAX) {
      throw new RangeError(
        `Cannot have more than ${OPERATIONS_MAX} timers, fetches and files under way`,
      );
    }
    this.#cancels.set(id, cancel);
  }

  #startTimer(id: number, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#cancels.delete(id);
      this.#listener.fired(id);
    }, delayMs);
    try {
      this.#list(id, () => clearTimeout(timer));
    } catch (refused) {
      // The timer exists before there is a way to cancel it.
      clearTimeout(timer);
      throw refused;
    }
  }

  #start(id: number, run: (signal: AbortSignal) => Promise<Settled>): void {
    const controller = new AbortController();
    this.#list(id, () => controller.abort());
    run(controller.signal).catch(failed).then((settled) => {
      if (this.#cancels.delete(id)) this.#listener.settled(id, settled);
    });
  }

  async #fetch(args: HostValue[], signal: AbortSignal): Promise<Settled> {
    const head: FetchHead = JSON.parse(text(args[1]));
    const body = args[2] instanceof Uint8Array ? args[2] : null;
    const answer = await fetchFor(this.#capability, head, body, signal);
    return {
      errorName: null,
      head: JSON.stringify(answer.head),
      bytes: answer.body,
    };
  }

  async #readFile(path: string): Promise<Settled> {
    const bytes = await readFile(this.#capability, path);
    return { errorName: null, head: null, bytes };
  }

  async #writeFile(path: string, bytes: Uint8Array): Promise<Settled> {
    await writeFile(this.#capability, path, bytes);
    return { errorName: null, head: null, bytes: null };
  }
}

// The guest learns of every failure; paths of the host stay here.
function failed(thrown: unknown): Settled {
  const { name, message } = thrown instanceof Error
    ? thrown
    : new Error(String(thrown));
  const head = thrown instanceof Deno.errors.NotFound
    ? "Cannot find the file"
    : message;
  return { errorName: name, head, bytes: null };
}
