/**
 * Services and proxies on a switchboard.
 *
 * @module
 */

import { type ProxyHost, proxyOf } from "../prelude/proxy.ts";
import { serve } from "../prelude/service.ts";
import { type Line, Switchboard } from "./switchboard.ts";

// deno-lint-ignore no-explicit-any -- what a service has is for each test to know
export type AnyProxy = any;

/** A client, pid 1, and a service, pid 2. */
export interface Pair {
  readonly board: Switchboard;
  readonly client: Line;
  readonly service: Line;
  /** The service, for the client. */
  readonly proxy: AnyProxy;
}

/** A service of `functions`, and a client of it. */
export function pairOf(
  functions: Readonly<Record<string, (...args: never[]) => unknown>>,
): Pair {
  const board = new Switchboard();
  const client = board.add("1");
  const service = board.add("2");
  const operations = new Map(Object.entries(functions)) as Map<
    string,
    (...args: unknown[]) => unknown
  >;
  serve(operations, service.exchange, service, () => {});
  return { board, client, service, proxy: proxyFor(client, 2n) };
}

/** A proxy of `pid` for `line`, which owns it. */
export function proxyFor(line: Line, pid: bigint): AnyProxy {
  const host: ProxyHost = {
    exchange: line.exchange,
    errors: () => (message) => new Error(message),
    kill: () => true,
  };
  return proxyOf(host, { pid, isOwned: true });
}

/** Lets all that can go on do so. */
export async function settled(): Promise<void> {
  for (let count = 0; count < 100; count++) await Promise.resolve();
}
