/**
 * Keys of `[[serve]]` that say who is let in, and for how long.
 *
 * @module
 */

import {
  BODY_TIMEOUT_MS,
  CONNECTIONS_MAX,
  CONNECTIONS_PER_CLIENT_MAX,
  HEADER_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  IN_FLIGHT_PER_CLIENT_MAX,
  REQUEST_TIMEOUT_MS_MAX,
  WRITE_TIMEOUT_MS,
} from "../limits.ts";
import { parseNetwork } from "../listen/forwarded.ts";
import {
  type Fields,
  integer,
  listOf,
  type Reader,
  type Report,
  type Shape,
  text,
} from "./fields.ts";
import type { TomlNode } from "./toml.ts";

/** Who a listener lets in. */
export interface ClientLimits {
  /** Connections at the same time; at least 1. */
  readonly connectionsMax: number;
  /** Those of one client; at least 1. */
  readonly connectionsPerClientMax: number;
  /** Networks whose proxies are believed. */
  readonly trustedProxies: readonly string[];
}

/** And how long a connection may do nothing. */
export interface ConnectionLimits extends ClientLimits {
  /** From the begin of a connection to its first request's head, in milliseconds. */
  readonly headerTimeoutMs: number;
  /** From a response to the next request's head, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** From one piece of a response's body to the next that the client takes, in milliseconds. */
  readonly writeTimeoutMs: number;
}

/** And what is asked on it. */
export interface Admission extends ConnectionLimits {
  /** Requests of one client handled at the same time; at least 1. */
  readonly inFlightPerClientMax: number;
  /** From one piece of a request's body to the next, in milliseconds. */
  readonly bodyTimeoutMs: number;
}

/** Reads a time in milliseconds: at least 1, and no more than a timer can. */
export const timeout: Reader<number> = integer(1, REQUEST_TIMEOUT_MS_MAX);

/** The keys of {@linkcode ClientLimits}. */
export const CLIENT_LIMITS = {
  "max_connections": integer(1),
  "max_connections_per_client": integer(1),
  "trusted_proxies": listOf(network, "an array of networks"),
} satisfies Shape;

/** The keys of {@linkcode ConnectionLimits}. */
export const CONNECTION_LIMITS = {
  ...CLIENT_LIMITS,
  "header_timeout_ms": timeout,
  "idle_timeout_ms": timeout,
  "write_timeout_ms": timeout,
} satisfies Shape;

/** The keys of {@linkcode Admission}. */
export const ADMISSION = {
  ...CONNECTION_LIMITS,
  "max_in_flight_per_client": integer(1),
  "body_timeout_ms": timeout,
} satisfies Shape;

/** What was read, and the defaults for the rest. */
export function readClientLimits(
  fields: Fields<typeof CLIENT_LIMITS>,
): ClientLimits {
  return {
    connectionsMax: fields.max_connections?.value ?? CONNECTIONS_MAX,
    connectionsPerClientMax: fields.max_connections_per_client?.value ??
      CONNECTIONS_PER_CLIENT_MAX,
    trustedProxies: fields.trusted_proxies?.value ?? [],
  };
}

/** What was read, and the defaults for the rest. */
export function readConnectionLimits(
  fields: Fields<typeof CONNECTION_LIMITS>,
): ConnectionLimits {
  return {
    ...readClientLimits(fields),
    headerTimeoutMs: fields.header_timeout_ms?.value ?? HEADER_TIMEOUT_MS,
    idleTimeoutMs: fields.idle_timeout_ms?.value ?? IDLE_TIMEOUT_MS,
    writeTimeoutMs: fields.write_timeout_ms?.value ?? WRITE_TIMEOUT_MS,
  };
}

/** What was read, and the defaults for the rest. */
export function readAdmission(fields: Fields<typeof ADMISSION>): Admission {
  return {
    ...readConnectionLimits(fields),
    inFlightPerClientMax: fields.max_in_flight_per_client?.value ??
      IN_FLIGHT_PER_CLIENT_MAX,
    bodyTimeoutMs: fields.body_timeout_ms?.value ?? BODY_TIMEOUT_MS,
  };
}

function network(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const typed = text(node, label, report);
  if (typed === undefined || parseNetwork(typed) !== undefined) return typed;
  report(
    node.at,
    `Cannot read a network in ${label}: ${JSON.stringify(typed)}`,
    `write an address or a network, such as "127.0.0.1" or "10.0.0.0/8"`,
  );
  return undefined;
}
