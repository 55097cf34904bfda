/**
 * Bounds of requests that components answer.
 *
 * @module
 */

/** The headers of a response, in bytes; more is no answer. */
export const RESPONSE_HEADERS_BYTES_MAX: number = 64 * 1024;

/** How many headers a response has; more is no answer. */
export const RESPONSE_HEADERS_MAX = 256;

/**
 * How long a guest may go on when its response is complete, or nobody waits for
 * it any more, in milliseconds.
 */
export const LINGER_MS = 30_000;

/** Messages that wait for one half of an exchange: each side sends one and waits, so more are a stranger's. */
export const EXCHANGE_MAILBOX_MAX = 1_000;

/**
 * Bytes of a script's reply that go to the client in one message; what is larger
 * goes in pieces, so that many at once do not wait in the ways between threads.
 */
export const WHOLE_REPLY_BYTES_MAX: number = 64 * 1024;
