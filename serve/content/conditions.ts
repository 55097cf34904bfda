/**
 * Conditions of a request for a file: whether the client has it already.
 *
 * @module
 */

/** What tells one version of a file from another. */
export interface Version {
  /** As it is sent: `W/"1f-18c"`. */
  readonly etag: string;
  /** When the file was changed, in milliseconds; 0 when nobody knows. */
  readonly modifiedMs: number;
}

/** The tag of a file by its size, in bytes, and the time of its last change. */
export function weakTag(size: number, modifiedMs: number): string {
  return `W/"${size.toString(16)}-${modifiedMs.toString(16)}"`;
}

/**
 * Whether the client has this version: `If-None-Match`, and only without it
 * `If-Modified-Since`.
 *
 * @see RFC 9110, section 13.2.2.
 */
export function isUnchanged(headers: Headers, version: Version): boolean {
  const tags = headers.get("if-none-match");
  if (tags !== null) return hasTag(tags, version.etag);
  const since = headers.get("if-modified-since");
  return since !== null && version.modifiedMs > 0 &&
    seconds(version.modifiedMs) <= seconds(Date.parse(since));
}

/**
 * Whether a range is of what the client has: there is no `If-Range`, or it is
 * the time of this version. A weak tag never is: other bytes may have it.
 *
 * @see RFC 9110, section 13.1.5.
 */
export function mayRange(headers: Headers, { modifiedMs }: Version): boolean {
  const condition = headers.get("if-range");
  if (condition === null) return true;
  return modifiedMs > 0 &&
    seconds(Date.parse(condition)) === seconds(modifiedMs);
}

function hasTag(list: string, etag: string): boolean {
  const opaque = etag.replace(/^W\//, "");
  const tags: readonly string[] = list.match(/"[\x21\x23-\x7e\x80-\xff]*"/g) ??
    [];
  return list.trim() === "*" || tags.includes(opaque);
}

// Dates of HTTP have no fractions.
function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
