import { strictEqual } from "node:assert";
import { LOG_LEVELS, LOG_RANKS, parseLogLevel } from "./log_level.ts";

// deno-fmt-ignore
const WORDS = [
  ["off",     "off"],
  ["error",   "error"],
  ["warn",    "warn"],
  ["warning", "warn"],
  ["info",    "info"],
  ["INFO",    "info"],
  ["Debug",   "debug"],
  ["trace",   "debug"],
  ["",        undefined],
  ["loud",    undefined],
  ["inf",     undefined],
] as const;

for (const [word, level] of WORDS) {
  Deno.test(`parseLogLevel() of "${word}" is ${level}`, () => {
    strictEqual(parseLogLevel(word), level);
  });
}

Deno.test("LOG_RANKS has the order of LOG_LEVELS", () => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    strictEqual(LOG_RANKS[level], index);
  }
});
