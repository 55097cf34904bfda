/**
 * The words of the log, for people.
 *
 * @module
 */

import { type ExitReason, formatReason } from "@rusm/otp";
import { summarize } from "./capability_summary.ts";
import type { LogLine, Tone, Word } from "./log_line.ts";
import {
  type Access,
  type Census,
  type GuestRecord,
  levelOf,
  type LifecycleEvent,
  type LogRecord,
  type ProcessExit,
  type RestartEvent,
} from "./log_record.ts";

/** Puts `record` into words. Pure. */
export function wordLine(record: LogRecord, atMs: number): LogLine {
  switch (record.type) {
    case "node":
      return wordNode(record.level, [{ text: record.text }], atMs);
    case "guest":
      return wordGuest(record, atMs);
    case "http":
    case "sse":
    case "ws":
      return wordNode(record.type, wordsOfAccess(record), atMs);
    case "gaveUp":
      return wordNode("gaveup", wordsOf(record), atMs);
    default:
      return wordNode(record.type, wordsOf(record), atMs);
  }
}

/** Who speaks when it is not a guest. */
const NODE = "rusm";

/** What is left of a component's name in front of its pid. */
const NAME_WIDTH = 10;

function wordNode(
  action: string,
  words: readonly Word[],
  atMs: number,
): LogLine {
  return { atMs, who: NODE, action, words };
}

function wordGuest(
  { component, pid, level, text }: GuestRecord,
  atMs: number,
): LogLine {
  const who = `${component.slice(0, NAME_WIDTH)}#${pid}`;
  return { atMs, who, action: level, words: [{ text }] };
}

function wordsOf(event: LifecycleEvent): readonly Word[] {
  switch (event.type) {
    case "spawn": {
      const { component, pid, capability } = event;
      return plain(`${component}#${pid}`, summarize(capability));
    }
    case "exit":
      return wordsOfExit(event);
    case "restart":
      return wordsOfRestart(event);
    case "gaveUp":
      return [...plain(`${event.child}:`), reasonWord(event.reason, "error")];
    case "census":
      return wordsOfCensus(event);
    case "listen":
      return plain(event.url, event.label);
    case "store":
      return plain(event.path);
  }
}

function plain(...texts: readonly string[]): readonly Word[] {
  return texts.map((text) => ({ text }));
}

function wordsOfExit(exit: ProcessExit): readonly Word[] {
  const { component, pid, reason, linkedTo } = exit;
  const level = levelOf(exit);
  const tone = level === "error" || level === "warn" ? level : "ok";
  const label = `${component}#${pid}`;
  if (linkedTo === undefined) {
    return [...plain(label), reasonWord(reason, tone, stackOf(reason))];
  }
  // The process that it was linked to has told its stack.
  return [
    ...plain(label),
    reasonWord(reason, tone),
    ...plain(`by link to #${linkedTo}`),
  ];
}

function wordsOfRestart(event: RestartEvent): readonly Word[] {
  const { child, reason, count, countMax, waitMs } = event;
  return [
    ...plain(child),
    ...count === 0 ? [] : plain(`${count} of ${countMax}`),
    ...waitMs === 0 ? [] : plain(`in ${round(waitMs)} ms`),
    reasonWord(reason, "warn"),
  ];
}

function reasonWord(reason: ExitReason, tone: Tone, stack = ""): Word {
  return { text: `${formatReason(reason)}${stack}`, tone };
}

function stackOf(reason: ExitReason): string {
  if (typeof reason === "string" || reason.type !== "crashed") return "";
  return reason.stack ? `\n${reason.stack.trimEnd()}` : "";
}

function wordsOfCensus({ components, tags }: Census): readonly Word[] {
  const counts = [...countsOf(components), ...countsOf(tags)];
  return plain(...counts.length === 0 ? ["(none)"] : counts);
}

function countsOf(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].map(([name, count]) => `${name}=${count}`);
}

function wordsOfAccess(access: Access): readonly Word[] {
  const { method, path, status, durationMs, bytes } = access;
  const { component, pid, client, requestId } = access;
  return [
    ...plain(`${method} ${path} →`),
    { text: String(status), tone: toneOf(status) },
    ...durationMs === undefined ? [] : plain(`${round(durationMs)}ms`),
    ...bytes === undefined ? [] : plain(`${bytes}B`),
    ...component === undefined ? [] : plain(labelOf(component, pid)),
    ...client === undefined ? [] : plain(client),
    // Last: a client may have chosen it.
    ...requestId === undefined ? [] : plain(`id=${requestId}`),
  ];
}

function labelOf(component: string, pid: Access["pid"]): string {
  return pid === undefined ? component : `${component}#${pid}`;
}

function toneOf(status: number): Tone {
  if (status >= 500) return "error";
  return status >= 400 ? "warn" : "ok";
}

function round(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}
