/**
 * The header `traceparent`.
 *
 * @module
 */

/** What names a span. */
export interface SpanContext {
  /** Of all that one request causes: 32 hexadecimal digits, not all 0. */
  readonly traceId: string;
  /** Of the span: 16 of them, not all 0. */
  readonly spanId: string;
  /** Bit 0 is set when it is recorded. */
  readonly traceFlags: number;
}

/** Writes a span's name as a header of version 00. */
export function formatTraceParent(
  { traceId, spanId, traceFlags }: SpanContext,
): string {
  const flags = (traceFlags & 0xff).toString(16).padStart(2, "0");
  return `00-${traceId}-${spanId}-${flags}`;
}

/**
 * Reads a span's name from a header; undefined when it is none.
 *
 * @see W3C Trace Context, section 3.2: of a version that is not known, only what
 * 00 has is read.
 */
export function parseTraceParent(header: string): SpanContext | undefined {
  const [, version, traceId, spanId, flags, rest] = HEADER.exec(header) ?? [];
  if (version === undefined || version === "ff") return undefined;
  if (version === "00" && rest !== undefined) return undefined;
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return undefined;
  return {
    ...{ traceId: traceId!, spanId: spanId! },
    traceFlags: parseInt(flags!, 16),
  };
}

/** Whether `name` is of a header that says what a request is a part of. */
export function isTraceHeader(name: string): boolean {
  return /^trace(?:parent|state)$/i.test(name);
}

const HEADER =
  /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.{0,512})?$/;
