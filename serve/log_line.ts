/**
 * A line of the log, as it looks.
 *
 * `HH:MM:SS who            action message`
 *
 * @module
 */

import { LOG_TEXT_CHARS_MAX } from "./limits.ts";

/** What one line says. */
export interface LogLine {
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
  /** Who speaks: the platform or a process. */
  readonly who: string;
  /** What happened, in one word: a level, `spawn`, `exit`, a protocol. */
  readonly action: string;
  /** The words of the message, in order. Their text may come from anyone. */
  readonly words: readonly Word[];
}

/** A part of a message. */
export interface Word {
  /** What it says. */
  readonly text: string;
  /** How it is coloured; plain when absent. */
  readonly tone?: Tone;
}

/** What a colour means. */
export type Tone = keyof typeof TONES;

// Parameters of the SGR escape sequence.
const TONES = {
  error: "31",
  ok: "32",
  warn: "33",
  level: "36",
  time: "90",
  who: "2;35",
} as const;

const WHO_WIDTH = 14;
const ACTION_WIDTH = 6;

// What no line begins with: not even a reader that skips blanks, and takes words
// apart, can take a line that goes on for one of its own.
const INDENT: string = " ".repeat(
  "HH:MM:SS".length + WHO_WIDTH + ACTION_WIDTH + 1,
) + "| ";

/**
 * Formats a line, with its line end.
 *
 * No text can break out of its place: control characters, which could move the
 * cursor or hide what is there, are shown as `\x1b`; a text of several lines
 * goes on behind a bar, so that none of its lines can pass for a line of the log.
 *
 * @param isColored Whether escape sequences for colours are put in.
 */
export function formatLine(line: LogLine, isColored: boolean): string {
  const paint = isColored ? paintTone : paintNothing;
  const tone = toneOf(line.action);
  const message = line.words
    .map((word) => paint(escapeText(word.text), word.tone))
    .join(" ");
  return [
    paint(formatTime(line.atMs), "time"),
    paint(escapeLine(line.who).padEnd(WHO_WIDTH), "who"),
    paint(line.action.padEnd(ACTION_WIDTH), tone),
    message,
  ].join(" ").trimEnd() + "\n";
}

function formatTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(
    "YYYY-MM-DDT".length,
    -".000Z".length,
  );
}

function toneOf(action: string): Tone {
  return action === "error" || action === "warn" ? action : "level";
}

function escapeText(text: string): string {
  const lines = cutText(text).replaceAll("\r\n", "\n").split("\n");
  const last = lines.findLastIndex((line) => line !== "");
  return lines.slice(0, last + 1).map(escapeLine).join("\n" + INDENT);
}

/** Shortens `text` to what a line takes, and says by how much. */
export function cutText(text: string): string {
  const excess = text.length - LOG_TEXT_CHARS_MAX;
  if (excess <= 0) return text;
  return `${text.slice(0, LOG_TEXT_CHARS_MAX)}… ${excess} more characters`;
}

/**
 * Control characters, line and paragraph separators, and what turns the direction
 * of text around: each is one UTF-16 code unit.
 */
export const HARMFUL: RegExp = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

// A tab does no harm.
function escapeLine(text: string): string {
  return text.replace(
    HARMFUL,
    (char) => char === "\t" ? char : escapeChar(char),
  );
}

function escapeChar(char: string): string {
  const code = char.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u{${code}}`;
}

function paintTone(text: string, tone: Tone | undefined): string {
  return tone === undefined ? text : `\x1b[${TONES[tone]}m${text}\x1b[0m`;
}

function paintNothing(text: string): string {
  return text;
}
