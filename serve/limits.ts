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

/** Size of a request's body that comes to a script with the request, in bytes; a larger one is read as the guest reads it. */
export const WHOLE_BODY_BYTES_MAX: number = 64 * 1024;

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

/** Connections of a listener at the same time; a listener may set its own. */
export const CONNECTIONS_MAX = 10_000;

/** Connections of one client to one listener; a listener may set its own. */
export const CONNECTIONS_PER_CLIENT_MAX = 1_000;

/** Requests of one client that a listener handles at the same time; a listener may set its own. */
export const IN_FLIGHT_PER_CLIENT_MAX = 512;

/** Connections of the admin listener at the same time. */
export const ADMIN_CONNECTIONS_MAX = 64;

/** Time from the begin of a connection to the whole head of its first request, in milliseconds; a listener may set its own. */
export const HEADER_TIMEOUT_MS = 10_000;

/** Time from a response to the whole head of the next request, in milliseconds; a listener may set its own. */
export const IDLE_TIMEOUT_MS = 60_000;

/** Time from one piece of a request's body to the next, in milliseconds; a listener may set its own. */
export const BODY_TIMEOUT_MS = 15_000;

/** Time for a client to take a piece of a response's body, in milliseconds; a listener may set its own. */
export const WRITE_TIMEOUT_MS = 30_000;

/** How late a deadline of a connection may be noticed, in milliseconds; an eighth of the deadline when that is less. */
export const DEADLINE_LATE_MS_MAX = 1_000;

/** Connections at a time whose clients are told that there is no room. */
export const TURNED_AWAY_MAX = 256;

/** Time for such a client to ask and be told, in milliseconds. */
export const TURN_AWAY_MS = 2_000;

/** Different headers of a request. Deno's own bounds are 64 KiB for a head, and more headers. */
export const REQUEST_HEADERS_MAX = 100;

/** Size from which a whole body is sent in pieces, so that a client that does not read is noticed, in bytes. */
export const BODY_PIECE_BYTES: number = 64 * 1024;

/** Length from which a response is compressed, in bytes: below, it hardly gets smaller. */
export const COMPRESS_BYTES_MIN = 256;

/** Time until a listener that was lost accepts again, and between attempts, in milliseconds. */
export const ACCEPT_RETRY_MS = 100;

/** Time for a last response to leave before its connection is closed, in milliseconds. */
export const LINGER_MS = 50;

/** The same after responses that came in pieces, whose end is told only when it has left, and for a client of HTTP/2, which has to hear of it first. */
export const STREAM_LINGER_MS = 2_000;

/** Time from a change of a certificate's files until they are read, in milliseconds: there are two of them. */
export const TLS_SETTLE_MS = 500;

/** Names that clients ask a TLS listener for before it forgets them. */
export const TLS_NAMES_MAX = 10_000;

/** Time between two looks at the memory that is taken, in milliseconds, for clients that send while they are answered. */
export const FLOOD_TICK_MS = 250;

/** Looks after which what they have seen at the most is the level of the memory, if that is less than before. */
export const FLOOD_LEVEL_TICKS = 40;

/** Growth of the memory beyond its level from which on the sockets are looked at, in bytes. */
export const FLOOD_GROWTH_BYTES: number = 64 * 1024 * 1024;

/** Time between two looks at the sockets, in milliseconds. */
export const FLOOD_LOOK_MS = 50;

/** Time before each of them in which the main thread reads no socket, so that what slow clients send is seen, in milliseconds. */
export const FLOOD_HOLD_MS = 10;

/** How often they are looked at, at the most; half as often when nobody was seen sending by then. */
export const FLOOD_LOOKS_MAX = 8;

/** How often a client must be seen sending before it is cut. */
export const FLOOD_LOOKS_MIN = 3;

/** What must wait in the socket of a client that may be sending other requests, or HTTP/2, in bytes. */
export const FLOOD_WAITING_BYTES: number = 16 * 1024;

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

/** Time that the handler of a connection has to end when its client is gone, in milliseconds; then it is killed. */
export const CLOSE_GRACE_MS = 200;

/** Connections beyond those, and those that have not asked for anything yet: what is more is closed without an answer. */
export const OPENING_MAX = 1_024;

/** Time without a new connection after which a listener of WebSockets calls itself, in milliseconds: it may be deaf. */
export const HEARING_MS = 5_000;

/** Time for that call to be heard, in milliseconds; then it listens anew. */
export const CALL_MS = 2_000;

/** Time for a connection to ask to become a WebSocket, in milliseconds; a listener may set its own. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Size of a message of a WebSocket's client, inflated, in bytes; a listener may set its own. */
export const MESSAGE_BYTES_MAX: number = 1024 * 1024;

/** Largest `max_message_size`, in bytes: as much may wait for one guest. */
export const MESSAGE_BYTES_MAX_MAX: number = 64 * 1024 * 1024;

/** Pieces that a message of a WebSocket's client may come in, whatever its size. */
export const MESSAGE_PIECES_MAX_MIN: number = 16 * 1024;

/** Bytes of the largest message for each piece that it may come in besides: a piece takes some hundred bytes of memory. */
export const BYTES_PER_PIECE = 64;

/** Time without a byte of its client after which a WebSocket is pinged, in milliseconds; a listener may set its own. */
export const PING_INTERVAL_MS = 30_000;

/** Time for the answer to a ping, in milliseconds; a listener may set its own. */
export const PONG_TIMEOUT_MS = 10_000;

/** Time without an event after which an event stream gets a comment, in milliseconds; a listener may set its own. */
export const HEARTBEAT_MS = 15_000;

/** Longest time between two looks for connections that are idle, or late, in milliseconds. */
export const PULSE_MS_MAX = 1_000;

/** Time for a client to answer a close frame, in milliseconds; then the connection is cut. */
export const CLOSE_TIMEOUT_MS = 2_000;

/** Frames of a client that its handler has not taken, from which on nothing more is read. */
export const WINDOW_FRAMES = 64;

/** Frames of a client after which its handler says that it has taken them. */
export const FRAMES_PER_WORD = 16;

/** Bytes of frames after which it does. */
export const BYTES_PER_WORD: number = 256 * 1024;

/** Bytes of such frames, from which on nothing more is read. */
export const WINDOW_BYTES: number = 1024 * 1024;

/** Bytes of frames that came in one piece with those, and wait until they are taken: a few can inflate to a lot. */
export const HELD_BYTES_MAX: number = 16 * 1024 * 1024;

/** Bytes that are sent and that the client has not taken, from which on whoever sends waits. */
export const UNSENT_BYTES: number = 64 * 1024;

/** Messages to a client that wait behind those; a listener may set its own. */
export const QUEUED_MESSAGES_MAX = 1_024;

/** Bytes of such messages; one that is larger can wait alone. */
export const QUEUED_BYTES_MAX: number = 8 * 1024 * 1024;

/** Size of a message from which on it is compressed where that was agreed on, in bytes. */
export const COMPRESSED_BYTES_MIN = 256;

/** Time for a program to end when newer code takes its place, in milliseconds; then it is killed. */
export const COMMAND_STOP_MS_MAX = 5_000;

/** Time for an authentication hook to answer, in milliseconds; a listener may set its own. */
export const AUTHENTICATION_TIMEOUT_MS = 15_000;

/** Requests that one authentication hook has before it at the same time; then others are told to come back. */
export const AUTHENTICATIONS_MAX = 1_024;

/** Claims of one request: they go with each message. */
export const CLAIMS_MAX = 64;

/** Length of their names and values, in UTF-16 code units. */
export const CLAIM_CHARS_MAX = 4_096;

/** Size of what an authentication hook answers, in bytes. */
export const VERDICT_BYTES_MAX: number = 64 * 1024;

/** Time between two words about the faults of one authentication hook, in milliseconds: a client can ask for as many as it likes. */
export const FAULT_QUIET_MS = 10_000;

/** How long an authentication hook waits before it is started again: the longer, the more restarts it had within the period. */
export const HOOK_RESTARTS = {
  periodMs: 60_000,
  backoff: { initialMs: 10, factor: 2, maxMs: 1_000, jitter: 0.2 },
} as const;
