/**
 * What services look like from elsewhere, for the type checker.
 *
 * @module
 */

/**
 * A call that is made when it is awaited, and once. Until then nothing is sent.
 *
 * Rejects with the service's own message; with `timeout` when its time is up; and
 * with `Cannot call <op>: the service ended (<reason>)` when the service ends
 * first and the profile grants spawn or process-control.
 */
export type Call<Value> = Promise<Value>;

/**
 * A call that is made when it is iterated over, once for each iteration. Leaving
 * the loop ends the generator in the service, when it gives its next value.
 * Rejects as a {@linkcode Call} does, behind the values that came before.
 */
export type StreamingCall<Value> = AsyncIterable<Value>;

/** Any function: `any` is the one type of parameters and result that every function has. */
// deno-lint-ignore no-explicit-any -- the one type that every function has
export type AnyFunction = (...args: any[]) => any;

/** What an exported function is from elsewhere. */
export type Remote<F extends AnyFunction> = (
  ...args: RemoteArgs<Parameters<F>>
) => RemoteResult<ReturnType<F>>;

/** Arguments as they are given: what a function that is called back returns goes nowhere. */
export type RemoteArgs<Args extends unknown[]> = {
  [Index in keyof Args]: Args[Index] extends (...args: infer Given) => unknown
    ? (...args: Given) => unknown
    : Args[Index];
};

/** What a call gives. */
export type RemoteResult<Result> = Result extends
  | AsyncGenerator<infer Value, unknown, unknown>
  | Generator<infer Value, unknown, unknown> ? StreamingCall<Value>
  : Call<Awaited<Result> extends void ? null : Awaited<Result>>;

/** Names of a module that are functions for others. */
export type Operations<T> = {
  [Name in keyof T]: Name extends "default" ? never
    : T[Name] extends AnyFunction ? Name
    : never;
}[keyof T];

/** The functions of a service. */
export type Functions<T> = {
  readonly [Name in Operations<T>]: T[Name] extends AnyFunction
    ? Remote<T[Name]>
    : never;
};

/** The functions of a service, to be called without an answer. */
export type Casts<T> = {
  readonly [Name in Operations<T>]: T[Name] extends AnyFunction
    ? (...args: Parameters<T[Name]>) => void
    : never;
};

/** What a proxy has besides the functions of its service. */
export interface ProxyMembers<T> {
  /** The pid of the service. */
  readonly pid: bigint;

  /**
   * Calls without an answer: nobody learns whether they were done. A function
   * among the arguments is a TypeError.
   */
  readonly cast: Casts<T>;

  /**
   * The same service, whose calls reject with an Error `timeout` when they take
   * longer, from the first message to the last value.
   *
   * @param ms In milliseconds, 0 or more.
   * @throws {RangeError} `ms` is negative or not a number.
   */
  withTimeout(ms: number): Service<T>;
}

/**
 * A service of another process, as its module is: a function gives a
 * {@linkcode Call} of what it returns, a generator a {@linkcode StreamingCall}.
 *
 * What crosses is JSON, but for functions among the arguments, which are called
 * back while the call is under way. A service does one request after the other.
 * What a service exports as `pid`, `cast`, `withTimeout`, `stop` or `then` is
 * hidden behind the proxy's own.
 */
export type Service<T> =
  & Omit<Functions<T>, keyof ProxyMembers<T> | "stop" | "then">
  & ProxyMembers<T>;

/** A service that this process has started. */
export type Owned<T> = Omit<Service<T>, "withTimeout"> & {
  /** As of {@linkcode ProxyMembers}. */
  withTimeout(ms: number): Owned<T>;

  /** Ends the service. False when it has ended. */
  stop(): boolean;
};
