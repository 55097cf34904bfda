/**
 * The lines of the log, for programs.
 *
 * @module
 */

import { type ExitReason, formatReason } from "@rusm/otp";
import { summarize } from "./capability_summary.ts";
import { cutText, HARMFUL } from "./log_line.ts";
import { type Access, levelOf, type LogRecord } from "./log_record.ts";

/**
 * Formats `record` as one JSON object on one line, with its line end.
 *
 * Shape: `ts`, ISO 8601 with milliseconds, UTC; `level`; `kind`, which says what
 * else there is:
 *
 * | kind | fields |
 * | --- | --- |
 * | `node` | `text` |
 * | `guest` | `component`, `pid`, `text` |
 * | `spawn` | `component`, `pid`, `grants` |
 * | `exit` | `component`, `pid`, `reason` and what belongs to it, `linked_to` |
 * | `restart` | `component`, `supervisor`, `reason` …, `count`, `count_max`, `wait_ms` |
 * | `gave_up` | `component`, `supervisor`, `reason` … |
 * | `census` | `components`, `tags`: objects of numbers |
 * | `listen` | `url`, `label` |
 * | `store` | `path` |
 * | `http`, `sse`, `ws` | `method`, `path`, `status`, `duration_ms`, `bytes`, `request_id`, `component`, `pid`, `client` |
 *
 * `reason` is one word. With `crashed` come `name`, `message` and `stack`, with
 * `limit` come `limit` and `message`, with `exit` comes `message`. What is not
 * known is left out. Pids are text. Texts are as they were said, but cut when they
 * are too long.
 */
export function formatJson(record: LogRecord, atMs: number): string {
  const ts = new Date(atMs).toISOString();
  const kind = record.type === "gaveUp" ? "gave_up" : record.type;
  const line = { ts, level: levelOf(record), kind, ...fieldsOf(record) };
  return `${escapeJson(JSON.stringify(line, cutField))}\n`;
}

/** What a line says besides when and what. */
type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(record: LogRecord): Fields {
  switch (record.type) {
    case "node":
      return { text: record.text };
    case "guest":
      return { ...processOf(record), text: record.text };
    case "spawn":
      return { ...processOf(record), grants: summarize(record.capability) };
    case "exit": {
      const { reason, linkedTo } = record;
      const linked_to = linkedTo === undefined ? undefined : String(linkedTo);
      return { ...processOf(record), ...reasonFields(reason), linked_to };
    }
    case "restart": {
      const { count, countMax: count_max, waitMs: wait_ms } = record;
      const counted = count === 0 ? {} : { count, count_max };
      return { ...childOf(record), ...counted, wait_ms };
    }
    case "gaveUp":
      return childOf(record);
    case "census":
      return {
        components: Object.fromEntries(record.components),
        tags: Object.fromEntries(record.tags),
      };
    case "listen":
      return { url: record.url, label: record.label };
    case "store":
      return { path: record.path };
    default:
      return fieldsOfAccess(record);
  }
}

function processOf(
  { component, pid }: Extract<LogRecord, { type: "guest" | "spawn" | "exit" }>,
): Fields {
  return { component, pid: String(pid) };
}

function childOf(
  { child, supervisor, reason }: Extract<
    LogRecord,
    { type: "restart" | "gaveUp" }
  >,
): Fields {
  const fields = { component: child, supervisor: String(supervisor) };
  return { ...fields, ...reasonFields(reason) };
}

function reasonFields(reason: ExitReason): Fields {
  if (typeof reason === "string") return { reason };
  switch (reason.type) {
    case "crashed": {
      const { name, message, stack } = reason;
      return { reason: "crashed", name, message, stack };
    }
    case "limit":
      return { reason: "limit", limit: reason.limit, message: reason.message };
    case "exit":
      return { reason: "exit", message: formatReason(reason) };
  }
}

function fieldsOfAccess(access: Access): Fields {
  const { method, path, status, durationMs, bytes, requestId } = access;
  const { component, pid, client } = access;
  return {
    ...{ method, path, status, duration_ms: roundMs(durationMs), bytes },
    ...{ request_id: requestId, component },
    ...{ pid: pid === undefined ? undefined : String(pid), client },
  };
}

// To the microsecond.
function roundMs(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1_000) / 1_000;
}

function cutField(_key: string, value: unknown): unknown {
  return typeof value === "string" ? cutText(value) : value;
}

// JSON lets stand what some readers take for the end of a line, and what moves
// the cursor of a terminal. All of it is within strings.
function escapeJson(json: string): string {
  return json.replace(
    HARMFUL,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
