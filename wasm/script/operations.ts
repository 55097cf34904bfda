/**
 * Operations that a guest has started and that are answered later: timers,
 * files, streams, messages, and those of the Web APIs.
 *
 * @module
 */

import { pidOf } from "../actor/asking.ts";
import { NO_STREAM } from "../core/streams.ts";
import { readFile, writeFile } from "../host/filesystem.ts";
import { bytes, idOf, text } from "../host/pure.ts";
import { OPERATION_BYTES_MAX, OPERATIONS_MAX } from "../limits.ts";
import { type HostValue, OPS } from "./ops.ts";
import type { ScriptGuest } from "./script_guest.ts";
import { WebOperations } from "./web/web_operations.ts";

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

/** What operations use of their process. */
export type OperationsGuest = Pick<
  ScriptGuest,
  "self" | "capability" | "exchange" | "mail" | "shared" | "streams"
>;

/** An operation under way. */
interface Operation {
  /** What it was given that lies on the heap of the scheduler. */
  readonly bytes: number;
  readonly cancel: () => void;
}

/**
 * The operations of one process.
 *
 * Invariant: an id is listed until its operation has ended or was cancelled,
 * and only of a listed id anything is heard.
 */
export class Operations {
  readonly #guest: OperationsGuest;
  readonly #listener: OperationsListener;
  readonly #listed = new Map<number, Operation>();
  readonly #web: WebOperations;
  #bytes = 0;

  /** No operations. */
  constructor(guest: OperationsGuest, listener: OperationsListener) {
    this.#guest = guest;
    this.#listener = listener;
    this.#web = new WebOperations(guest);
  }

  /** How many are under way. */
  get count(): number {
    return this.#listed.size;
  }

  /**
   * Starts or cancels an operation.
   *
   * @returns Whether `op` is about operations at all.
   * @throws {RangeError} Too many are under way, or too much was given to them.
   */
  call(op: number, args: HostValue[]): boolean {
    const id = idOf(args);
    switch (op) {
      case OPS.timerStart:
        this.#startTimer(id, Number(args[1]));
        return true;
      case OPS.mail:
        this.#startMail(id);
        return true;
      case OPS.timerCancel:
      case OPS.fetchAbort:
      case OPS.mailCancel:
      case OPS.streamAcceptCancel:
        this.#cancel(id);
        return true;
    }
    const run = this.#runOf(op, args);
    if (run === undefined) return this.#web.call(op, args);
    this.#start(id, sizeOf(args[2]), run);
    return true;
  }

  /** Cancels all that is under way, and closes what is open. */
  cancelAll(): void {
    for (const id of [...this.#listed.keys()]) this.#cancel(id);
    this.#web.close();
  }

  /** An operation has ended. Returns whether it was listed. */
  ended(id: number): boolean {
    this.#bytes -= this.#listed.get(id)?.bytes ?? 0;
    return this.#listed.delete(id);
  }

  #cancel(id: number): void {
    this.#listed.get(id)?.cancel();
    this.ended(id);
  }

  #insistRoom(bytes: number): void {
    if (this.#listed.size + this.#listener.unheard >= OPERATIONS_MAX) {
      throw new RangeError(
        `Cannot have more than ${OPERATIONS_MAX} operations under way`,
      );
    }
    // One that is larger can be alone.
    const isAlone = this.#bytes === 0 || bytes === 0;
    if (!isAlone && this.#bytes + bytes > OPERATION_BYTES_MAX) {
      throw new RangeError(
        `Cannot give more than ${OPERATION_BYTES_MAX} bytes to operations under way: ${
          this.#bytes + bytes
        }`,
      );
    }
  }

  #list(id: number, cancel: () => void, bytes = 0): void {
    this.#listed.set(id, { bytes, cancel });
    this.#bytes += bytes;
  }

  #startTimer(id: number, delayMs: number): void {
    this.#insistRoom(0);
    const timer = setTimeout(() => {
      this.ended(id);
      this.#listener.fired(id);
    }, delayMs);
    this.#list(id, () => clearTimeout(timer));
  }

  #startMail(id: number): void {
    this.#insistRoom(0);
    const { mail } = this.#guest;
    mail.wait(id);
    this.#list(id, () => mail.giveUp(id));
  }

  #start(id: number, bytes: number, run: Run): void {
    this.#insistRoom(bytes);
    const controller = new AbortController();
    this.#list(id, () => controller.abort(), bytes);
    run(controller.signal).catch(failed).then((settled) => {
      if (this.ended(id)) this.#listener.settled(id, settled);
    });
  }

  #runOf(op: number, args: HostValue[]): Run | undefined {
    const [, first, second] = args;
    switch (op) {
      case OPS.fileRead:
        return () => this.#readFile(text(first));
      case OPS.fileWrite:
        return () => this.#writeFile(text(first), bytes(second));
      case OPS.streamOpenStart:
        return () => this.#openStream(BigInt(text(first)));
      case OPS.streamAcceptStart:
        return (signal) => this.#acceptStream(first, signal);
      case OPS.streamReadStart:
        return () => this.#readStream(Number(first));
      case OPS.streamWriteStart:
        return () => this.#writeStream(Number(first), bytes(second));
    }
    return this.#web.runOf(op, args);
  }

  async #readFile(path: string): Promise<Settled> {
    const bytes = await readFile(this.#guest.capability, path);
    return { errorName: null, head: null, bytes };
  }

  async #writeFile(path: string, bytes: Uint8Array): Promise<Settled> {
    await writeFile(this.#guest.capability, path, bytes);
    return { errorName: null, head: null, bytes: null };
  }

  async #openStream(to: bigint): Promise<Settled> {
    const stream = await this.#guest.streams.open(pidOf(to));
    return found(stream === NO_STREAM ? null : `${stream}`);
  }

  async #acceptStream(
    from: HostValue,
    signal: AbortSignal,
  ): Promise<Settled> {
    const { streams } = this.#guest;
    const pid = typeof from === "string" ? pidOf(BigInt(from)) : undefined;
    const stream = await streams.accept(pid, signal);
    // The guest gave it up when it was there already.
    if (signal.aborted) streams.giveBack(stream);
    return found(`${stream}`);
  }

  async #readStream(stream: number): Promise<Settled> {
    return found(null, await this.#guest.shared.read(stream));
  }

  async #writeStream(stream: number, chunk: Uint8Array): Promise<Settled> {
    const outcome = await this.#guest.shared.write(stream, chunk);
    return found(outcome === NO_STREAM ? "0" : "1");
  }
}

/** Does an operation, until `signal` aborts. */
type Run = (signal: AbortSignal) => Promise<Settled>;

function found(head: string | null, bytes?: Uint8Array): Settled {
  return { errorName: null, head, bytes: bytes ?? null };
}

function sizeOf(value: HostValue): number {
  return value instanceof Uint8Array ? value.length : 0;
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
