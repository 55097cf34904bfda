/**
 * Which hosts a capability reaches.
 *
 * @module
 */

import type { Capability } from "../capability.ts";

/**
 * Whether `capability` grants to connect to a port of a host.
 *
 * @param host Name or address in lower case, an IPv6 address with or without
 * brackets.
 */
export function reaches(
  { network }: Capability,
  host: string,
  port: number,
): boolean {
  if (typeof network === "boolean") return network;
  const names = host.includes(":") && !host.startsWith("[")
    ? [host, `[${host}]`]
    : [host];
  return names.some((name) =>
    network.includes(name) || network.includes(`${name}:${port}`)
  );
}
