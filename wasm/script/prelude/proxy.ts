/**
 * Proxies: services as if they were here.
 *
 * @module
 */

import type { Exchange } from "./exchange.ts";
import type { Asked } from "./pending_calls.ts";

/** What proxies are made with. */
export interface ProxyHost {
  /** Makes the calls. */
  readonly exchange: Exchange;
  /** Notes the place of a call, and makes its error. */
  readonly errors: () => (message: string) => Error;
  /** Ends a process. */
  readonly kill: (pid: bigint) => boolean;
}

/** Whom the calls of a proxy go to. */
export interface Target {
  /** The service. */
  readonly pid: bigint;
  /** Whether the proxy may stop it. */
  readonly isOwned: boolean;
  /** For each call, in milliseconds; none when absent. */
  readonly timeoutMs?: number;
}

/**
 * A proxy: any property is a function that makes a {@linkcode LazyCall}, but
 * `pid`, `cast`, `withTimeout` and `stop`, which are its own, and `then`, so
 * that it can be awaited for what it is.
 */
export function proxyOf(host: ProxyHost, target: Target): object {
  const { pid, isOwned } = target;
  const own = new Map<string | symbol, unknown>(Object.entries({
    pid,
    cast: castsOf(host, pid),
    withTimeout: (ms: number) =>
      proxyOf(host, { ...target, timeoutMs: checkTimeout(ms) }),
    stop: () => isOwned && host.kill(pid),
    then: undefined,
  }));
  return new Proxy({}, {
    get(_, op) {
      if (own.has(op) || typeof op === "symbol") return own.get(op);
      return (...args: unknown[]) => lazyCall(host, target, op, args);
    },
    set: () => false,
  });
}

function castsOf({ exchange }: ProxyHost, pid: bigint): object {
  return new Proxy({}, {
    get(_, op) {
      if (op === "then" || typeof op === "symbol") return undefined;
      return (...args: unknown[]) => exchange.cast({ to: `${pid}`, op, args });
    },
    set: () => false,
  });
}

/** A call of `op`, which is made when it is awaited or iterated over. */
export function lazyCall(
  { exchange, errors }: ProxyHost,
  { pid, timeoutMs }: Target,
  op: string,
  args: readonly unknown[],
): LazyCall {
  const fail = errors();
  return new LazyCall(exchange, { to: `${pid}`, op, args, timeoutMs, fail });
}

/**
 * Checks the time for a call.
 *
 * @throws {RangeError} `ms` is negative or not a number.
 */
export function checkTimeout(ms: number): number {
  if (ms >= 0) return Number(ms);
  throw new RangeError(`Cannot wait for a negative time: ${ms}`);
}

/**
 * A call that nothing was sent of yet. Awaited, it is made once, however often it
 * is awaited; iterated over, it is a streaming call, one for each iteration.
 */
export class LazyCall implements Promise<unknown>, AsyncIterable<unknown> {
  readonly #exchange: Exchange;
  readonly #asked: Asked;
  #made: Promise<unknown> | undefined;

  /** Sends nothing. */
  constructor(exchange: Exchange, asked: Asked) {
    this.#exchange = exchange;
    this.#asked = asked;
  }

  get #promise(): Promise<unknown> {
    return this.#made ??= this.#exchange.call(this.#asked);
  }

  /** Makes the call. */
  then<Value = unknown, Other = never>(
    fulfilled?: ((value: unknown) => Value | PromiseLike<Value>) | null,
    rejected?: ((error: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<Value | Other> {
    return this.#promise.then(fulfilled, rejected);
  }

  /** Makes the call. */
  catch<Other = never>(
    rejected?: ((error: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<unknown> {
    return this.#promise.catch(rejected);
  }

  /** Makes the call. */
  finally(settled?: (() => void) | null): Promise<unknown> {
    return this.#promise.finally(settled);
  }

  /** Makes a streaming call when the first value is asked for. */
  [Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    return this.#exchange.stream(this.#asked);
  }

  /** What it looks like in text. */
  get [Symbol.toStringTag](): string {
    return "Call";
  }
}
