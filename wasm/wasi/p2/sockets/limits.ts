/**
 * Bounds of sockets.
 *
 * @module
 */

/** Sockets that one process can have, connections that it has not accepted yet among them. */
export const SOCKETS_MAX = 256;

/** Names that one process can have looked up at the same time. */
export const LOOKUPS_MAX = 64;

/** Addresses that one process has found by names, of which it is remembered by which. */
export const NAMES_MAX = 1_024;

/** What is read of a connection at once, in bytes. */
export const READ_BYTES_MAX: number = 32 * 1024;

/** Datagrams that wait for one guest on one socket; more are dropped. */
export const DATAGRAMS_WAITING_MAX = 256;

/** Their bytes; more are dropped. */
export const DATAGRAM_BYTES_WAITING_MAX: number = 1024 * 1024;

/** Datagrams that one call may send. */
export const DATAGRAMS_SENDING_MAX = 16;

/** The largest datagram that UDP can carry over IPv4, in bytes. */
export const DATAGRAM_BYTES_MAX = 65_507;

/** What buffers of sockets are said to hold, in bytes: Deno does not set them. */
export const BUFFER_BYTES: bigint = 65_536n;

/** The hop limit of a socket that was told no other. Deno sets another only of UDP over IPv4. */
export const HOP_LIMIT = 64;
