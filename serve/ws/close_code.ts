/**
 * Close frames, as guests ask for them.
 *
 * @module
 */

/** What a close frame says. */
export interface Closing {
  /** Absent when it says nothing. */
  readonly code?: number;
  /** At most 123 bytes in UTF-8. */
  readonly reason: string;
}

/** Status codes of RFC 6455, section 7.4.1, that the node itself closes with. */
export const CLOSE = {
  /** The handler is done. */
  normal: 1000,
  /** The node stops. */
  goingAway: 1001,
  /** The client sends what it may not. */
  policy: 1008,
  /** The handler has failed. */
  failed: 1011,
  /** The client takes less than is sent to it. */
  tryAgainLater: 1013,
} as const;

// "No status": the frame says nothing.
const NO_STATUS = 1005;

/** Bytes of a control frame, RFC 6455, section 5.5, without the code. */
const REASON_BYTES_MAX = 123;

/**
 * The close frame that a guest asked for: a code that no frame may have is
 * 1011, except 1005, which stands for none; a reason is cut to what a frame holds.
 */
export function closingOf(code: number, reason: string): Closing {
  if (code === NO_STATUS) return { reason: "" };
  return {
    code: maySend(code) ? code : CLOSE.failed,
    reason: cutReason(reason),
  };
}

// RFC 6455, section 7.4, and the registry of IANA for 1012 to 1014.
function maySend(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006);
}

function cutReason(reason: string): string {
  const room = new Uint8Array(REASON_BYTES_MAX);
  const { read } = new TextEncoder().encodeInto(reason, room);
  return reason.slice(0, read);
}
