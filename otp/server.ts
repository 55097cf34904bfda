/**
 * Servers: processes that keep a state and answer calls, casts and other
 * messages, one at a time.
 *
 * @module
 */

import type { CallMessage, Protocol, Reply, Request } from "./call.ts";
import { type Context, type ProcessBody, TIMEOUT } from "./context.ts";
import { type Pid, processOf } from "./pid.ts";
import { crashOf, type ExitReason } from "./reason.ts";
import type { Runtime } from "./runtime.ts";
import type { ExitMessage } from "./signal.ts";

/** A message that nobody answers. */
export interface CastMessage<Cast> {
  /** The tag. */
  readonly type: "cast";
  /** What is told. */
  readonly message: Cast;
}

/**
 * Everything that a server accepts.
 *
 * @typeParam Self What it answers to calls.
 * @typeParam Cast What it takes as casts.
 * @typeParam Info What else it takes, such as {@linkcode Down}. Its `type` must
 * be neither `"call"` nor `"cast"`.
 */
export type ServerMessage<Self extends Protocol<Self>, Cast, Info> =
  | CallMessage<Self>
  | CastMessage<Cast>
  | Info;

/** A value, or the promise of it. */
export type Awaitable<Value> = Value | Promise<Value>;

/** What a server does before it waits for a message. */
export interface Onward<State> {
  /** Called before the next message is taken. */
  readonly continue?: (state: State) => Awaitable<Next<State>>;
  /** When no message comes for so many milliseconds, `handleTimeout` is called. */
  readonly timeoutMs?: number;
}

/** The server goes on. */
export interface NoReply<State> extends Onward<State> {
  /** The tag. */
  readonly type: "noReply";
  /** The new state; the old one when absent. */
  readonly state?: State;
}

/** The server answers the call and goes on. */
export interface ReplyNow<State, Value> extends Onward<State> {
  /** The tag. */
  readonly type: "reply";
  /** The reply. */
  readonly reply: Value;
  /** The new state; the old one when absent. */
  readonly state?: State;
}

/** The server calls `terminate` and exits. */
export interface Stop<State> {
  /** The tag. */
  readonly type: "stop";
  /** Why. */
  readonly reason: ExitReason;
  /** The last state; the one before when absent. */
  readonly state?: State;
}

/** The server stops, and answers the call after `terminate`. */
export interface StopAndReply<State, Value> extends Stop<State> {
  /** The reply. */
  readonly reply: Value;
}

/** What comes of a message that is no call. */
export type Next<State> = NoReply<State> | Stop<State>;

/** What comes of a call. After `noReply` somebody must {@linkcode reply} later. */
export type CallResult<State, Value> =
  | ReplyNow<State, Value>
  | NoReply<State>
  | Stop<State>
  | StopAndReply<State, Value>;

/** What comes of `init`. */
export type InitResult<State> =
  | Ready<State>
  | Pick<Stop<State>, "type" | "reason">;

/** The server is ready for messages. */
export interface Ready<State> extends Onward<State> {
  /** The tag. */
  readonly type: "ok";
  /** The first state. */
  readonly state: State;
}

/** What the handler of a call acts with. */
export interface CallScene<Message, Value> {
  /** The server. */
  readonly self: Context<Message>;
  /** Takes the reply; see {@linkcode reply}. */
  readonly from: Pid<Value>;
}

/** A handler for each request of `Self`, by its `type`. */
export type CallHandlers<Self extends Protocol<Self>, State, Message> = {
  readonly [Type in keyof Self]: (
    request: Request<Self, Type>,
    state: State,
    scene: CallScene<Message, Reply<Self, Type>>,
  ) => Awaitable<CallResult<State, Reply<Self, Type>>>;
};

/**
 * What a server does. Its handlers run one at a time: while one waits, messages
 * do too. A handler that throws ends the server, after `terminate`.
 *
 * @typeParam Self What it answers to calls; see {@linkcode Protocol}.
 * @typeParam State What it keeps from one message to the next.
 * @typeParam Cast What it takes as casts.
 * @typeParam Info What other messages it takes.
 */
export interface ServerSpec<
  Self extends Protocol<Self>,
  State,
  Cast = never,
  Info = never,
> {
  /** Makes the first state. When it throws or says `stop`, `terminate` is not called. */
  readonly init: (
    self: Context<ServerMessage<Self, Cast, Info>>,
  ) => Awaitable<InitResult<State>>;

  /** Answers calls. A request that is not among them ends the server. */
  readonly handleCall: CallHandlers<
    Self,
    State,
    ServerMessage<Self, Cast, Info>
  >;

  /** Takes casts. A cast to a server without it ends the server. */
  readonly handleCast?: (
    message: Cast,
    state: State,
    self: Context<ServerMessage<Self, Cast, Info>>,
  ) => Awaitable<Next<State>>;

  /**
   * Takes all other messages; they are dropped when it is absent. The exit of
   * {@linkcode Context.parent} is not among them: it stops the server.
   */
  readonly handleInfo?: (
    message: Info,
    state: State,
    self: Context<ServerMessage<Self, Cast, Info>>,
  ) => Awaitable<Next<State>>;

  /** Called when no message came for {@linkcode Onward.timeoutMs}, which needs it. */
  readonly handleTimeout?: (
    state: State,
    self: Context<ServerMessage<Self, Cast, Info>>,
  ) => Awaitable<Next<State>>;

  /**
   * Called last, when the server stops, a handler has thrown, or, in a server
   * that traps exits, its parent asked it to exit or ended. Not called after
   * any other exit, such as a kill or {@linkcode Context.exit}. When it throws,
   * that is the exit reason.
   */
  readonly terminate?: (
    reason: ExitReason,
    state: State,
    self: Context<ServerMessage<Self, Cast, Info>>,
  ) => unknown;
}

/**
 * The body of a server, for {@linkcode Runtime.spawn} or a supervisor;
 * {@linkcode startServer} starts one and waits until it is ready.
 *
 * @see OTP `gen_server`. Differs: {@linkcode Context.exit} within a handler
 * ends the server without `terminate`; a message that no handler takes is not
 * logged.
 *
 * @example A counter
 * ```ts
 * import { call, Runtime, server } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * interface Counter {
 *   add(request: { readonly by: number }): number;
 *   get(): number;
 * }
 *
 * const counter = server<Counter, number>({
 *   init: () => ({ type: "ok", state: 0 }),
 *   handleCall: {
 *     add({ by }, count) {
 *       return { type: "reply", reply: count + by, state: count + by };
 *     },
 *     get: (_request, count) => ({ type: "reply", reply: count }),
 *   },
 * });
 *
 * const runtime = new Runtime();
 * const { pid } = runtime.spawn(counter);
 * const asker = runtime.spawn(async (self) => {
 *   await call(self, pid, { type: "add", by: 2 });
 *   strictEqual(await call(self, pid, { type: "get" }), 2);
 * });
 * strictEqual(await asker.join(), "normal");
 * runtime.kill(pid);
 * ```
 */
export function server<
  Self extends Protocol<Self>,
  State,
  Cast = never,
  Info = never,
>(
  spec: ServerSpec<Self, State, Cast, Info>,
): ProcessBody<ServerMessage<Self, Cast, Info>> {
  return { start: (self) => serve(self, spec) };
}

/** Runs a server to its end; calls `ready` after `init`. */
export async function serve<Self extends Protocol<Self>, State, Cast, Info>(
  self: Context<ServerMessage<Self, Cast, Info>>,
  spec: ServerSpec<Self, State, Cast, Info>,
  ready?: () => void,
): Promise<void> {
  const first = await spec.init(self);
  if (first.type === "stop") self.exit(first.reason);
  ready?.();
  await new Serving(self, spec, first.state).run(first);
}

/**
 * Tells a server something. Never waits, and nobody answers.
 *
 * @returns See {@linkcode Runtime.send}.
 *
 * @see OTP `gen_server:cast/2`.
 */
export function cast<Cast>(
  runtime: Runtime,
  server: Pid<CastMessage<Cast>>,
  message: NoInfer<Cast>,
): boolean {
  return runtime.send(server, { type: "cast", message });
}

/**
 * Answers a call whose handler did not. May be called by any process, once.
 *
 * @param from What the handler was given.
 * @returns False when it is known that nobody waits any more.
 *
 * @see OTP `gen_server:reply/2`.
 */
export function reply<Value>(
  runtime: Runtime,
  from: Pid<Value>,
  value: NoInfer<Value>,
): boolean {
  return runtime.send(from, value);
}

/** What a handler may return, and the first thing to do. */
type Result<State> = CallResult<State, never> | Ready<State>;

/** A handler of calls, whatever the request. */
type AnyCallHandler<State> = (
  request: unknown,
  state: State,
  scene: unknown,
) => Awaitable<CallResult<State, never>>;

/** A server that is ready. */
class Serving<Self extends Protocol<Self>, State, Cast, Info> {
  readonly #self: Context<ServerMessage<Self, Cast, Info>>;
  readonly #spec: ServerSpec<Self, State, Cast, Info>;
  #state: State;
  // Who is answered when the server has stopped.
  #last: Pid<Reply<Self>> | undefined;

  constructor(
    self: Context<ServerMessage<Self, Cast, Info>>,
    spec: ServerSpec<Self, State, Cast, Info>,
    state: State,
  ) {
    this.#self = self;
    this.#spec = spec;
    this.#state = state;
  }

  async run(first: Ready<State>): Promise<void> {
    const stop = await this.#goOn(first);
    try {
      await this.#spec.terminate?.(stop.reason, this.#state, this.#self);
    } finally {
      if ("reply" in stop) this.#answer(this.#last!, stop.reply);
    }
    this.#self.exit(stop.reason);
  }

  async #goOn(
    first: Ready<State>,
  ): Promise<Stop<State> | StopAndReply<State, never>> {
    try {
      let result: Result<State> = first;
      while (result.type !== "stop") {
        result = await this.#next(result);
        if ("state" in result) this.#state = result.state!;
      }
      return result;
    } catch (thrown) {
      // terminate() hears of a crash before all others do, but not of an exit.
      if (processOf(this.#self.pid) !== undefined) {
        const reason = crashOf(thrown);
        await this.#spec.terminate?.(reason, this.#state, this.#self);
      }
      throw thrown;
    }
  }

  async #next(onward: Onward<State>): Promise<Result<State>> {
    if (onward.continue !== undefined) return onward.continue(this.#state);
    const { timeoutMs } = onward;
    const message = timeoutMs === undefined
      ? await this.#self.receive()
      : await this.#self.receive({ timeoutMs });
    return message === TIMEOUT ? this.#timeOut() : this.#handle(message);
  }

  #timeOut(): Awaitable<Next<State>> {
    const { handleTimeout } = this.#spec;
    if (handleTimeout === undefined) {
      throw new TypeError("Cannot time out without handleTimeout");
    }
    return handleTimeout(this.#state, this.#self);
  }

  #handle(
    message: ServerMessage<Self, Cast, Info>,
  ): Awaitable<Result<State>> {
    if (isCall<Self>(message)) return this.#handleCall(message);
    if (isCast<Cast>(message)) return this.#handleCast(message.message);
    if (isExit(message) && this.#isParent(message.from)) {
      return { type: "stop", reason: message.reason };
    }
    const info = message as Info;
    const { handleInfo } = this.#spec;
    return handleInfo?.(info, this.#state, this.#self) ?? { type: "noReply" };
  }

  #isParent(from: Pid | undefined): boolean {
    const { parent } = this.#self;
    return from !== undefined && (parent?.equals(from) ?? false);
  }

  async #handleCall(
    { request, from }: CallMessage<Self>,
  ): Promise<Result<State>> {
    const handler = this.#handlerOf(request.type);
    const scene = { self: this.#self, from };
    const result = await handler(request, this.#state, scene);
    if (result.type === "reply") this.#answer(from, result.reply);
    else if (result.type === "stop") this.#last = from;
    return result;
  }

  // Who sends the request may be in another thread, where no types hold it.
  #handlerOf(type: keyof Self): AnyCallHandler<State> {
    const { handleCall } = this.#spec;
    if (!Object.hasOwn(handleCall, type)) {
      throw new TypeError(
        `Cannot handle a request of type: ${String(type)}`,
      );
    }
    return handleCall[type] as AnyCallHandler<State>;
  }

  #answer(from: Pid<Reply<Self>>, value: Reply<Self>): void {
    this.#self.runtime.send(from, value);
  }

  #handleCast(message: Cast): Awaitable<Next<State>> {
    const { handleCast } = this.#spec;
    if (handleCast === undefined) {
      throw new TypeError("Cannot handle a cast without handleCast");
    }
    return handleCast(message, this.#state, this.#self);
  }
}

function isCall<Self extends Protocol<Self>>(
  message: unknown,
): message is CallMessage<Self> {
  return typeOf(message) === "call";
}

function isCast<Cast>(message: unknown): message is CastMessage<Cast> {
  return typeOf(message) === "cast";
}

function isExit(message: unknown): message is ExitMessage {
  return typeOf(message) === "exit";
}

function typeOf(message: unknown): unknown {
  return typeof message === "object" && message !== null && "type" in message
    ? message.type
    : undefined;
}
