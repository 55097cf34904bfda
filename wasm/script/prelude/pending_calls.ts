/**
 * The calls of a process that are under way.
 *
 * @module
 */

import type { Port } from "./port.ts";
import {
  callbackMark,
  type Incoming,
  type Outcome,
  writeCall,
} from "./wire.ts";

/** What is asked of whom. */
export interface Asked {
  /** Pid of the service, in decimal. */
  readonly to: string;
  readonly op: string;
  /** Functions among them are called back while the call is under way. */
  readonly args: readonly unknown[];
  /** For the whole call, in milliseconds; none when undefined. */
  readonly timeoutMs: number | undefined;
  /** Makes the error of the call, which names the place where it was made. */
  readonly fail: (message: string) => Error;
}

/** Who waits for a call. Told of one failure at most, and of nothing behind it. */
export interface Caller {
  /** The service has answered. */
  replied(outcome: Outcome): void;
  /** The service has ended. */
  ended(error: Error): void;
  /** The call is not waited for any longer: its time is up, or a callback threw. */
  failed(error: unknown): void;
}

/** A call that is under way. */
export interface PendingCall {
  readonly ref: number;
  readonly asked: Asked;
  readonly caller: Caller;
  /** Its functions, by number; undefined when it has none. */
  readonly callbacks: ReadonlyMap<number, Callback> | undefined;
  /** What is known of the service. */
  watched?: Watched;
  /** Ends the time for it; absent when there is none. */
  stopTimer?: (() => void) | undefined;
}

type Callback = (...args: unknown[]) => unknown;

/** A service that calls wait for. */
export interface Watched {
  /** The monitor; undefined when there may be none. */
  readonly monitor: number | undefined;
  callCount: number;
}

/**
 * The calls of a process that are under way.
 *
 * Invariant: a service is watched exactly while a call to it is under way.
 */
export class PendingCalls {
  readonly #port: Port;
  // By ref.
  readonly #calls = new Map<number, PendingCall>();
  // By their number.
  readonly #callbacks = new Map<number, PendingCall>();
  // By pid.
  readonly #watched = new Map<string, Watched>();
  #lastRef = 0;
  #lastCallback = 0;

  /** None. */
  constructor(port: Port) {
    this.#port = port;
  }

  /** How many there are. */
  get count(): number {
    return this.#calls.size;
  }

  /**
   * Sends a call. It is under way until {@linkcode PendingCalls.end}, which is the
   * caller's to call, whatever it is told.
   *
   * @param isStream Whether a stream is to answer it.
   * @throws {TypeError} An argument has no JSON.
   */
  begin(asked: Asked, isStream: boolean, caller: Caller): PendingCall {
    const { to, op } = asked;
    const callbacks = this.#callbacksIn(asked.args);
    const args = callbacks === undefined
      ? asked.args
      : marked(asked.args, callbacks);
    const ref = ++this.#lastRef;
    const text = writeCall({
      op,
      args,
      from: this.#port.self(),
      ref,
      isStream,
    });
    const call: PendingCall = { ref, asked, caller, callbacks };
    this.#calls.set(ref, call);
    for (const id of callbacks?.keys() ?? []) this.#callbacks.set(id, call);
    try {
      call.watched = this.#watch(to);
      call.stopTimer = this.#startTimer(call);
    } catch (error) {
      // The host has no room for more, and nothing was sent.
      this.end(call);
      throw error;
    }
    if (!this.#port.send(to, text)) this.#unreachable(call);
    return call;
  }

  // Undefined when there is none. In the order of the arguments.
  #callbacksIn(args: readonly unknown[]): Map<number, Callback> | undefined {
    let callbacks: Map<number, Callback> | undefined;
    for (const arg of args) {
      if (typeof arg !== "function") continue;
      callbacks ??= new Map();
      callbacks.set(++this.#lastCallback, arg as Callback);
    }
    return callbacks;
  }

  // In a job of its own: who calls has the call by then.
  async #unreachable({ asked, caller }: PendingCall): Promise<void> {
    await undefined;
    caller.ended(unreachable(asked));
  }

  #watch(to: string): Watched {
    let watched = this.#watched.get(to);
    if (watched === undefined) {
      watched = { monitor: this.#port.monitor(to), callCount: 0 };
      this.#watched.set(to, watched);
    }
    watched.callCount++;
    return watched;
  }

  #startTimer(
    { asked: { timeoutMs, fail }, caller }: PendingCall,
  ): (() => void) | undefined {
    if (timeoutMs === undefined) return undefined;
    const expire = () => caller.failed(fail("timeout"));
    return this.#port.after(timeoutMs, expire);
  }

  /** Ends a call, however it went. Idempotent. */
  end(
    { ref, asked: { to }, callbacks, watched, stopTimer }: PendingCall,
  ): void {
    if (!this.#calls.delete(ref)) return;
    stopTimer?.();
    for (const id of callbacks?.keys() ?? []) this.#callbacks.delete(id);
    if (watched === undefined || --watched.callCount > 0) return;
    // Not one of a later call, when this one was told of an end.
    if (this.#watched.get(to) !== watched) return;
    this.#watched.delete(to);
    if (watched.monitor !== undefined) this.#port.demonitor(watched.monitor);
  }

  /** Tells who waits for a message. Returns false when nobody does. */
  deliver(incoming: Incoming): boolean {
    switch (incoming.type) {
      case "reply": {
        const call = this.#calls.get(incoming.ref);
        call?.caller.replied(incoming.outcome);
        return call !== undefined;
      }
      case "callback": {
        const call = this.#callbacks.get(incoming.id);
        if (call === undefined) return false;
        this.#callBack(call, incoming.id, incoming.args);
        return true;
      }
      case "down":
        return this.#endOf(incoming.pid, incoming.reason);
      default:
        return false;
    }
  }

  async #callBack(
    { ref, caller, callbacks }: PendingCall,
    id: number,
    args: unknown[],
  ): Promise<void> {
    try {
      await callbacks!.get(id)!(...args);
    } catch (error) {
      // Whoever made the call passed the function, and is to hear of it; when
      // the call is over, nobody catches it any more.
      if (!this.#calls.has(ref)) throw error;
      caller.failed(error);
    }
  }

  /** Whether the end of a service that is called will be told. */
  isTold(pid: string): boolean {
    return this.#watched.get(pid)?.monitor !== undefined;
  }

  // A process that monitors the same service itself is told twice, and the other
  // one is its own.
  #endOf(pid: string, reason: string): boolean {
    const watched = this.#watched.get(pid);
    if (watched?.monitor === undefined) return false;
    this.#watched.delete(pid);
    for (const { asked, caller } of [...this.#calls.values()]) {
      if (asked.to === pid) caller.ended(ended(asked, reason));
    }
    return true;
  }
}

function marked(
  args: readonly unknown[],
  callbacks: ReadonlyMap<number, Callback>,
): unknown[] {
  const ids = callbacks.keys();
  return args.map((arg) =>
    typeof arg === "function" ? callbackMark(ids.next().value!) : arg
  );
}

/** The error of a call whose service has ended. */
export function ended(
  { op, fail }: Pick<Asked, "op" | "fail">,
  reason: string,
): Error {
  return fail(`Cannot call ${op}: the service ended (${reason})`);
}

function unreachable({ op, fail }: Asked): Error {
  return fail(
    `Cannot call ${op}: the service ended (noproc), or its mailbox is full`,
  );
}
