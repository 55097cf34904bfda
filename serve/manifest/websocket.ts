/**
 * What `[[serve]]` says of WebSockets.
 *
 * @module
 */

import {
  HANDSHAKE_TIMEOUT_MS,
  MESSAGE_BYTES_MAX,
  MESSAGE_BYTES_MAX_MAX,
  PING_INTERVAL_MS,
  PONG_TIMEOUT_MS,
  QUEUED_BYTES_MAX,
  QUEUED_MESSAGES_MAX,
  REQUEST_TIMEOUT_MS_MAX,
} from "../limits.ts";
import {
  CLIENT_LIMITS,
  type ClientLimits,
  readClientLimits,
} from "./admission.ts";
import { readCompression } from "./content.ts";
import { type Fields, integer, listOf, type Report, text } from "./fields.ts";
import type { TomlNode } from "./toml.ts";

/** How WebSockets are spoken. */
export interface WebSocketRules {
  /** Who is let in. */
  readonly admission: ClientLimits;
  /** Time from a connection to its request, in milliseconds; at least 1. */
  readonly handshakeTimeoutMs: number;
  /** Values of `Origin` that may connect; all may when it is empty. */
  readonly allowedOrigins: readonly string[];
  /** Subprotocols that are spoken. */
  readonly subprotocols: readonly string[];
  /** Whether messages may be compressed. */
  readonly compression: boolean;
  /** Size of a client's message, inflated, in bytes; at least 1. */
  readonly messageBytesMax: number;
  /** Time without a byte of the client after which it is pinged, in milliseconds; at least 1. */
  readonly pingIntervalMs: number;
  /** Time for the answer to a ping, in milliseconds; at least 1. */
  readonly pongTimeoutMs: number;
  /** Messages that may wait for a client that is behind; at least 1. */
  readonly queuedMessagesMax: number;
  /** Bytes of such messages; at least 1. One that is larger can wait alone. */
  readonly queuedBytesMax: number;
}

const MS = integer(1, REQUEST_TIMEOUT_MS_MAX);
const STRINGS = "an array of strings";

/** The keys, each with what reads its value. */
export const WEBSOCKET = {
  ...CLIENT_LIMITS,
  "handshake_timeout_ms": MS,
  "allowed_origins": listOf(text, STRINGS),
  "subprotocols": listOf(readToken, STRINGS),
  "compression": readCompression,
  "max_message_size": integer(1, MESSAGE_BYTES_MAX_MAX),
  "ping_interval_ms": MS,
  "pong_timeout_ms": MS,
  "max_queued_messages": integer(1),
  "max_queued_bytes": integer(1),
} as const;

/** What the keys say, and the defaults of those that are absent. */
export function webSocketRules(
  fields: Fields<typeof WEBSOCKET>,
): WebSocketRules {
  return {
    admission: readClientLimits(fields),
    handshakeTimeoutMs: fields.handshake_timeout_ms?.value ??
      HANDSHAKE_TIMEOUT_MS,
    allowedOrigins: fields.allowed_origins?.value ?? [],
    subprotocols: fields.subprotocols?.value ?? [],
    compression: fields.compression?.value === true,
    messageBytesMax: fields.max_message_size?.value ?? MESSAGE_BYTES_MAX,
    pingIntervalMs: fields.ping_interval_ms?.value ?? PING_INTERVAL_MS,
    pongTimeoutMs: fields.pong_timeout_ms?.value ?? PONG_TIMEOUT_MS,
    queuedMessagesMax: fields.max_queued_messages?.value ??
      QUEUED_MESSAGES_MAX,
    queuedBytesMax: fields.max_queued_bytes?.value ?? QUEUED_BYTES_MAX,
  };
}

// A token of RFC 9110, section 5.6.2.
function readToken(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const token = text(node, label, report);
  if (token === undefined || /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(token)) {
    return token;
  }
  const hint = `write one word for each of ${label}`;
  report(node.at, `Not a subprotocol: ${JSON.stringify(token)}`, hint);
  return undefined;
}
