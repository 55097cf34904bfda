/**
 * Every bound of this member, with its unit, in one place.
 *
 * @module
 */

/** Time that a request may take from its head to its response, in milliseconds; a listener may set its own. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Longest `request_timeout_ms`, in milliseconds: a longer timer would fire at once. */
export const REQUEST_TIMEOUT_MS_MAX = 2_147_483_647;

/** Size of a request's body, in bytes; a listener may set its own. */
export const BODY_BYTES_MAX: number = 8 * 1024 * 1024;

/** Requests of one listener that are handled at the same time; a listener may set its own. */
export const IN_FLIGHT_MAX = 1_024;

/** Length of the head of a guest's reply, status and headers as JSON, in UTF-16 code units. */
export const REPLY_HEAD_CHARS_MAX: number = 64 * 1024;

/** Headers of a guest's reply: many clients take 100, and the node adds some. */
export const REPLY_HEADERS_MAX = 96;

/** Messages that wait for a native process that waits for its guest, which sends one. */
export const EXCHANGE_MAILBOX_MAX = 16;

/** Length of one text in the log, in UTF-16 code units: a guest chooses the text. */
export const LOG_TEXT_CHARS_MAX = 8_192;

/** When a client that was turned away may come back, in seconds. */
export const RETRY_AFTER_SECONDS = 1;

/** Time until a lost listener is replaced, and between attempts, in milliseconds. */
export const LISTEN_RETRY_MS = 100;

/** Time for requests in flight to end when the node stops, in milliseconds. */
export const DRAIN_MS_MAX = 10_000;

/** Time for the answers to those that did not, in milliseconds: a client may not read its answer. */
export const CUT_MS_MAX = 1_000;

/** Time for all residents to end when the node stops, in milliseconds; then they are killed. */
export const RESIDENTS_STOP_MS_MAX = 10_000;

/** Length of what waits for a slow reader of standard error, in UTF-16 code units; as much again is on its way. */
export const STDERR_WAITING_CHARS_MAX: number = 1024 * 1024;

/** Time until a full pipe is tried again, in milliseconds. */
export const STDERR_RETRY_MS = 10;

/** Time for the last lines of the log to be read when the node stops, in milliseconds. */
export const LOG_FLUSH_MS_MAX = 1_000;

/** Time between a change of how many processes live and the line about it, in milliseconds. */
export const CENSUS_MS = 2_000;
