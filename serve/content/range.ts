/**
 * `Range` of a request: which part of a file is asked for.
 *
 * @module
 */

/** What is to be sent of a file. */
export type Range =
  /** All of it: none was asked for, several were, or what was makes no sense. */
  | { readonly type: "whole" }
  /** Bytes `first` to `last`, both included. Invariant: 0 ≤ first ≤ last < size. */
  | { readonly type: "part"; readonly first: number; readonly last: number }
  /** What was asked for begins behind the end. */
  | { readonly type: "unsatisfiable" };

const WHOLE: Range = { type: "whole" };

/**
 * Reads `Range`. Several ranges at once are answered with all of the file, as
 * a server may: their parts could overlap, and add up to many times the file.
 *
 * @param header `undefined` when the request has none.
 * @param size Of the file, in bytes.
 * @see RFC 9110, section 14.
 */
export function parseRange(header: string | undefined, size: number): Range {
  if (header === undefined) return WHOLE;
  const parsed = /^bytes=[\t ]*(\d*)-(\d*)[\t ]*$/i.exec(header);
  if (parsed === null) return WHOLE;
  const [, from = "", to = ""] = parsed;
  if (from === "") return to === "" ? WHOLE : lastBytes(Number(to), size);
  return between(Number(from), to === "" ? Infinity : Number(to), size);
}

function lastBytes(count: number, size: number): Range {
  if (count === 0 || size === 0) return { type: "unsatisfiable" };
  return { type: "part", first: Math.max(0, size - count), last: size - 1 };
}

function between(first: number, to: number, size: number): Range {
  if (to < first) return WHOLE;
  if (first >= size) return { type: "unsatisfiable" };
  return { type: "part", first, last: Math.min(to, size - 1) };
}
