/**
 * Bounds of HTTP.
 *
 * @module
 */

/** What all fields of one process may take, in bytes, besides those that come from the network. */
export const FIELDS_BYTES_MAX: number = 1024 * 1024;

/** What one field counts for besides its name and value, in bytes. */
export const FIELD_OVERHEAD_BYTES = 128;

/** Requests that one process can have under way. */
export const OUTGOING_REQUESTS_MAX = 256;

/** The head of a response, and its trailers, in bytes each. */
export const RESPONSE_HEAD_BYTES_MAX: number = 64 * 1024;

/** How long a connection, a response's head, and the next bytes of it are waited for when the guest says nothing, in milliseconds. */
export const TIMEOUT_MS = 600_000;

/** The longest method, scheme, path or authority, in characters. */
export const URI_LENGTH_MAX: number = 32 * 1024;
