/**
 * Calls: a request to a server, and its reply.
 *
 * @module
 */

import type { Tie } from "./bonds.ts";
import type { Context } from "./context.ts";
import { CallCycle, CallRefused, CallTimeout, ServerDown } from "./errors.ts";
import { CALL_TIMEOUT_MS } from "./limits.ts";
import { type Pid, processOf } from "./pid.ts";
import type { Process } from "./process.ts";
import type { MonitorRef } from "./signal.ts";
import { checkDelay, type Timer } from "./timer.ts";

/**
 * What a server answers: one function type per request, named by the `type` of
 * the request.
 *
 * The parameter, if any, is what the request holds besides its `type`; the
 * return type is the reply.
 *
 * @example
 * ```ts
 * import type { Request } from "@rusm/otp";
 *
 * interface Counter {
 *   add(request: { readonly by: number }): number;
 *   get(): number;
 * }
 * const add: Request<Counter> = { type: "add", by: 2 };
 * const get: Request<Counter> = { type: "get" };
 * ```
 */
export type Protocol<Self> = {
  readonly [Type in keyof Self]: (request: never) => unknown;
};

/** What `Self` can be asked; see {@linkcode Protocol}. */
export type Request<
  Self extends Protocol<Self>,
  Type extends keyof Self = keyof Self,
> = {
  [Each in Type]: { readonly type: Each } & RequestData<Self[Each]>;
}[Type];

/** What a request holds besides its `type`. */
export type RequestData<Signature> = Signature extends () => unknown ? unknown
  : Signature extends (request: infer Data) => unknown ? Data
  : never;

/** What `Self` answers to a request of `Type`. */
export type Reply<
  Self extends Protocol<Self>,
  Type extends keyof Self = keyof Self,
> = ReturnType<Self[Type]>;

/**
 * A request on its way. To answer it, send the reply to `from`: the first
 * message that arrives there is the reply.
 */
export interface CallMessage<Self extends Protocol<Self>> {
  /** The tag. */
  readonly type: "call";
  /** Takes the reply; an alias of the caller, which is gone when nobody waits. */
  readonly from: Pid<Reply<Self>>;
  /** What is asked. */
  readonly request: Request<Self>;
  /** Never there: it only ties the type to its parameter. */
  readonly protocol?: Self;
}

/** How a {@linkcode call} waits. */
export interface CallOptions {
  /** Milliseconds to wait for the reply; 5,000 when absent, `Infinity` for ever. */
  readonly timeoutMs?: number;
}

/** The part of a {@linkcode Context} that a process shows to make calls. */
export type Caller = Pick<Context<never>, "pid" | "runtime" | "signal">;

/**
 * Sends `request` to a server and waits for its reply.
 *
 * The server is monitored while the call waits, so a server that ends takes
 * the call with it at once instead of at the deadline. Nothing of a call comes
 * through the mailbox of the caller: neither the reply, also when it is late,
 * nor the end of the server. A process can wait in several calls at once. When
 * it has ended, its calls never come to an end, as its receives do not.
 *
 * A call that closes a cycle is refused: when the server waits in a call to the
 * caller, or to one that does, and none of them waits in a receive too. Cycles
 * over more than one scheduler are not seen, and run into the deadline.
 *
 * Shape on the wire: {@linkcode CallMessage}, answered by the bare reply.
 *
 * @typeParam Self What the server answers.
 * @param self The process that calls.
 * @param server A process that takes {@linkcode CallMessage}s.
 * @param request Shared, not copied, when the server lives in this thread.
 * @returns The reply. Rejects with {@linkcode CallTimeout},
 * {@linkcode ServerDown}, {@linkcode CallCycle}, or {@linkcode CallRefused} when
 * the server has no room for it.
 * @throws {RangeError} `timeoutMs` is negative, not a number, or too long.
 *
 * @see OTP `gen_server:call/3`. Differs: rejects where OTP exits the caller; a
 * cycle is seen, where OTP sees only a call to itself.
 *
 * @example
 * ```ts
 * import { call, type CallMessage, Runtime } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * interface Doubler {
 *   double(request: { readonly value: number }): number;
 * }
 *
 * const runtime = new Runtime();
 * const doubler = runtime.spawn<CallMessage<Doubler>>(async (self) => {
 *   const { from, request } = await self.receive();
 *   runtime.send(from, request.value * 2);
 * });
 * const asker = runtime.spawn(async (self) => {
 *   const reply = await call(self, doubler.pid, { type: "double", value: 21 });
 *   strictEqual(reply, 42);
 * });
 * strictEqual(await asker.join(), "normal");
 * ```
 */
export function call<Self extends Protocol<Self>, Type extends keyof Self>(
  self: Caller,
  server: Pid<CallMessage<Self>>,
  request: { readonly type: Type } & NoInfer<Request<Self, Type>>,
  options: CallOptions = {},
): Promise<Reply<Self, Type>> {
  const { timeoutMs = CALL_TIMEOUT_MS } = options;
  if (timeoutMs !== Infinity) checkDelay(timeoutMs);
  const process = processOf(self.pid);
  // A body can run on for a moment when its process has exited.
  if (process === undefined) return new Promise(() => {});
  const path = findCycle(process, server);
  if (path !== undefined) return Promise.reject(new CallCycle(path));
  return new Promise((resolve, reject) => {
    new WaitingCall({ process, server, resolve, reject })
      .start(request, timeoutMs);
  });
}

// The way from the caller to itself that a call to `server` would close.
function findCycle(caller: Process, server: Pid): Pid[] | undefined {
  const path = findPath(caller, server, new Set());
  return path && [caller.pid, ...path];
}

// A process that waits in a receive too can answer, and blocks nobody.
function findPath(
  caller: Process,
  from: Pid,
  seen: Set<Process>,
): Pid[] | undefined {
  const process = caller.core.find(from);
  if (process === caller) return [caller.pid];
  if (process === undefined || seen.has(process)) return undefined;
  seen.add(process);
  if (process.isReceiving) return undefined;
  for (const callee of process.bonds?.callees() ?? []) {
    const path = findPath(caller, callee, seen);
    if (path !== undefined) return [process.pid, ...path];
  }
  return undefined;
}

/** What a {@linkcode WaitingCall} is made with. */
interface WaitingCallParts {
  readonly process: Process;
  readonly server: Pid;
  readonly resolve: (reply: never) => void;
  readonly reject: (error: Error) => void;
}

/** One call from its request to its end, by whichever way that comes first. */
class WaitingCall implements Tie {
  readonly callee: Pid;
  readonly #parts: WaitingCallParts;
  readonly #from: Pid<unknown>;
  #ref: MonitorRef | undefined;
  #timer: Timer | undefined;
  #isWaiting = true;

  constructor(parts: WaitingCallParts) {
    this.#parts = parts;
    this.callee = parts.server;
    this.#from = parts.process.addAlias({
      once: true,
      take: (reply) => this.#end(() => parts.resolve(reply as never)),
    });
  }

  /** Asks the server, unless it is known to be down. */
  start(request: unknown, timeoutMs: number): void {
    const { process, server } = this.#parts;
    const { core } = process;
    process.tie(this);
    this.#ref = core.monitor(process, server, {}, ({ reason }) => {
      this.#fail(new ServerDown(server, reason));
    });
    if (!this.#isWaiting) return;
    if (timeoutMs !== Infinity) {
      this.#timer = core.timers.start(timeoutMs, () => {
        this.#fail(new CallTimeout(server, timeoutMs));
      });
    }
    const message = { type: "call", from: this.#from, request };
    if (!core.send(server, message)) this.#fail(new CallRefused(server));
  }

  #fail(error: Error): void {
    this.#end(() => this.#parts.reject(error));
  }

  #end(settle: () => void): void {
    if (!this.#isWaiting) return;
    this.cancel();
    const { process } = this.#parts;
    process.untie(this);
    process.unalias(this.#from);
    if (this.#ref !== undefined) process.demonitor(this.#ref);
    settle();
  }

  /** The process has ended, and took its alias and monitor with it. */
  cancel(): void {
    this.#isWaiting = false;
    if (this.#timer !== undefined) {
      this.#parts.process.core.timers.cancel(this.#timer);
    }
  }
}
