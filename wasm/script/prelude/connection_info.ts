/**
 * What a client asked for when it connected.
 *
 * @module
 */

import type { ConnectionHead } from "../ops.ts";
import { connection } from "./connection.ts";

/** What a client asked for when it connected. */
export interface ConnectionInfo extends Readonly<ConnectionHead> {
  /** What the parameter of the route matched; null when it has none of that name. */
  param(name: string): string | null;
  /** The first value of a header, whose name is taken in any case; null when there is none. */
  header(name: string): string | null;
}

/** What is known of the connection of this process. */
export function connectionInfo(): ConnectionInfo {
  const head = connection() ?? NOTHING;
  return Object.freeze({
    ...head,
    param: (name: string) => firstOf(head.params, `${name}`),
    header: (name: string) => firstOf(head.headers, `${name}`.toLowerCase()),
  });
}

function firstOf(pairs: [string, string][], wanted: string): string | null {
  for (const [name, value] of pairs) if (name === wanted) return value;
  return null;
}

// A process that is driven by hand has a writer without a connection.
const NOTHING: ConnectionHead = {
  ...{ method: "GET", path: "/", query: "", params: [], headers: [] },
  ...{ remoteAddr: "", subprotocol: null },
};
