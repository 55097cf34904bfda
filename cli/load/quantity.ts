/**
 * Quantities as they are typed.
 *
 * @module
 */

import type { Arguments } from "../arguments.ts";
import { UsageError } from "../errors.ts";

const UNITS_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** The longest time that can be waited for: a longer timer would fire at once. */
export const MS_MAX = 2_147_483_647;

/**
 * Reads a time, such as `500ms`, `1.5s`, `10m`, or `10` for seconds.
 *
 * @returns Milliseconds; undefined when it is no time.
 */
export function parseMs(text: string): number | undefined {
  const [, digits, unit = "s"] = /^(\d+(?:\.\d+)?)(us|µs|ms|s|m|h)?$/
    .exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * UNITS_MS[unit]!;
}

/**
 * Reads the time behind an option.
 *
 * @param name Of the option, without dashes.
 * @param least In milliseconds.
 * @throws {UsageError} It is no time, or out of range.
 */
export function timeOption(name: string, text: string, least = 0): number {
  const ms = parseMs(text);
  if (ms !== undefined && ms >= least && ms <= MS_MAX) return ms;
  throw new UsageError(
    `Expected a time such as 500ms, 10s or 5m behind --${name}: ${text}`,
  );
}

/**
 * Reads the number behind an option, which may have underscores.
 *
 * @param name Of the option, without dashes.
 * @throws {UsageError} It is no whole number, or out of range.
 */
export function countOption(
  name: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const count = parseCount(text);
  if (count !== undefined && count >= least && count <= most) return count;
  throw new UsageError(
    `Expected a whole number, ${least} to ${most}, behind --${name}: ${text}`,
  );
}

/** Reads a whole number, which may have underscores; undefined when it is none. */
export function parseCount(text: string): number | undefined {
  return /^\d+(_\d+)*$/.test(text)
    ? Number(text.replaceAll("_", ""))
    : undefined;
}

/** The number behind option `name`, or what it usually is. See {@linkcode countOption}. */
export function countValue(
  { values }: Arguments,
  name: string,
  usual: number,
  bounds: { readonly least: number; readonly most: number },
): number {
  const text = values.get(name);
  return text === undefined ? usual : countOption(name, text, bounds);
}

/** The time behind option `name`, or what it usually is. See {@linkcode timeOption}. */
export function timeValue(
  { values }: Arguments,
  name: string,
  usualMs: number,
  leastMs: number,
): number {
  const text = values.get(name);
  return text === undefined ? usualMs : timeOption(name, text, leastMs);
}
