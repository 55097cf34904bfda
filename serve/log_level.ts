/**
 * The words for how much is logged, and how it looks.
 *
 * @module
 */

/** The words for how much is logged, least first; each includes those before it. */
export const LOG_LEVELS: readonly ["off", "error", "warn", "info", "debug"] = [
  "off",
  "error",
  "warn",
  "info",
  "debug",
];

/** How much is logged. */
export type LogLevel = typeof LOG_LEVELS[number];

/** How important one line is. */
export type LineLevel = Exclude<LogLevel, "off">;

/** The words for how lines look: for people, and for programs. */
export const LOG_FORMATS: readonly ["text", "json"] = ["text", "json"];

/** How lines look. */
export type LogFormat = typeof LOG_FORMATS[number];

/** Place in {@linkcode LOG_LEVELS}: a line is written when its own is no greater. */
export const LOG_RANKS: Readonly<Record<LogLevel, number>> = {
  off: 0,
  error: 1,
  warn: 2,
  info: 3,
  debug: 4,
};

// What other programs call them.
const OTHER_WORDS: ReadonlyMap<string, LogLevel> = new Map([
  ["warning", "warn"],
  ["trace", "debug"],
]);

/**
 * Finds the level that `word` means, in capitals or not; `warning` is `warn`, and
 * `trace` is `debug`.
 *
 * @returns `undefined` when it means none.
 */
export function parseLogLevel(word: string): LogLevel | undefined {
  const lower = word.toLowerCase();
  return LOG_LEVELS.find((level) => level === lower) ?? OTHER_WORDS.get(lower);
}
