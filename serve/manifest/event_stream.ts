/**
 * What `[[serve]]` says of event streams.
 *
 * @module
 */

import {
  HEARTBEAT_MS,
  QUEUED_BYTES_MAX,
  QUEUED_MESSAGES_MAX,
  REQUEST_TIMEOUT_MS_MAX,
} from "../limits.ts";
import {
  CONNECTION_LIMITS,
  type ConnectionLimits,
  readConnectionLimits,
} from "./admission.ts";
import type { Content } from "../content/content.ts";
import { CONTENT, readContent } from "./content.ts";
import { type Fields, integer, type Report, text } from "./fields.ts";
import type { TomlNode } from "./toml.ts";

/** How event streams are written. */
export interface EventStreamRules {
  /** Who is let in, and how long a connection may do nothing. */
  readonly admission: ConnectionLimits;
  /** What is added to responses; no coding. */
  readonly content: Content;
  /** Whether what is sent may be compressed. */
  readonly compression: boolean;
  /** Time without an event after which a comment is sent, in milliseconds; at least 1. */
  readonly heartbeatMs: number;
  /** Messages that may wait for a client that is behind; at least 1. */
  readonly queuedMessagesMax: number;
  /** Bytes of such messages; at least 1. One that is larger can wait alone. */
  readonly queuedBytesMax: number;
  /** What becomes of a client for whom more would wait: it is let go, or misses the message. */
  readonly whenBehind: "disconnect" | "drop";
}

/** The keys, each with what reads its value. */
export const EVENT_STREAM = {
  ...CONNECTION_LIMITS,
  ...CONTENT,
  "heartbeat_ms": integer(1, REQUEST_TIMEOUT_MS_MAX),
  "max_queued_messages": integer(1),
  "max_queued_bytes": integer(1),
  "when_behind": readWhenBehind,
} as const;

/** What the keys say, and the defaults of those that are absent. */
export function eventStreamRules(
  fields: Fields<typeof EVENT_STREAM>,
): EventStreamRules {
  return {
    admission: readConnectionLimits(fields),
    content: { ...readContent(fields), codings: [] },
    compression: fields.compression?.value === true,
    heartbeatMs: fields.heartbeat_ms?.value ?? HEARTBEAT_MS,
    queuedMessagesMax: fields.max_queued_messages?.value ??
      QUEUED_MESSAGES_MAX,
    queuedBytesMax: fields.max_queued_bytes?.value ?? QUEUED_BYTES_MAX,
    whenBehind: fields.when_behind?.value ?? "disconnect",
  };
}

function readWhenBehind(
  node: TomlNode,
  label: string,
  report: Report,
): EventStreamRules["whenBehind"] | undefined {
  const word = text(node, label, report);
  if (word === undefined || word === "disconnect" || word === "drop") {
    return word;
  }
  const hint = `use "disconnect" or "drop"`;
  report(node.at, `Unknown ${label}: ${JSON.stringify(word)}`, hint);
  return undefined;
}
