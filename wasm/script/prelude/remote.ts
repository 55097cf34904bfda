/**
 * Services of other processes, called from this one.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { callHost, guestFrames, makeError } from "./host.ts";
import { exchange } from "./own_exchange.ts";
import { type PidLike, pidText } from "./pid.ts";
import { Process } from "./process.ts";
import { checkTimeout, lazyCall, type ProxyHost, proxyOf } from "./proxy.ts";
import type { Call, Owned, Service } from "./service_types.ts";

const HOST: ProxyHost = {
  exchange,
  errors() {
    const at = new Error();
    return (message) =>
      makeError("Error", message, guestFrames(String(at.stack)));
  },
  kill: (pid) => callHost(OPS.kill, `${pid}`) === 1,
};

/**
 * Starts a service, which is this process's own.
 *
 * @typeParam T What the module of the service exports:
 * `typeof import("../store/index.ts")`.
 * @param component Name of a component of the app.
 * @param source Code from elsewhere, for a dynamic component.
 * @throws {Error} Why there is none, such as a capability that denies it.
 */
export function spawn<T = Record<string, never>>(
  component: string,
  source?: string,
): Owned<T> {
  const pid = Process.spawn(component, source);
  return proxyOf(HOST, { pid, isOwned: true }) as Owned<T>;
}

/**
 * A service that runs already.
 *
 * @typeParam T As of {@linkcode spawn}.
 * @param service Its name, or its pid as a number.
 * @throws {Error} Nobody has the name.
 */
export function connect<T = Record<string, never>>(
  service: string | bigint | number,
): Service<T> {
  const pid = typeof service === "string"
    ? Process.whereis(service)
    : BigInt(pidText(service));
  if (pid === null) {
    throw new Error(`connect: no process registered as ${service}`);
  }
  return proxyOf(HOST, { pid, isOwned: false }) as Service<T>;
}

/**
 * Calls one function of a service, without a proxy.
 *
 * @param ms For the whole call, in milliseconds.
 * @throws {RangeError} `ms` is negative or not a number.
 */
export function callTimeout<Value = unknown>(
  pid: PidLike,
  op: string,
  ms: number,
  ...args: unknown[]
): Call<Value> {
  const target = {
    ...{ pid: BigInt(pidText(pid)), isOwned: false },
    timeoutMs: checkTimeout(ms),
  };
  return lazyCall(HOST, target, op, args) as Call<Value>;
}
