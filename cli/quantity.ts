/**
 * Quantities as people read them.
 *
 * @module
 */

const UNITS = ["B", "kB", "MB", "GB"];

/** `1.9 kB`: at most three digits before the unit, which grows by 1,000. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** `12 ms`, or `1.2 s` from a second on. */
export function formatMs(ms: number): string {
  return ms < 999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
