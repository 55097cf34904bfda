/**
 * What passes between a script guest and its host: the operations that the
 * prelude asks for, and the entry points that it leaves for the runner.
 *
 * The guest's half is `prelude/`, the host's half is the runner. Both sides
 * take every number and every shape from here.
 *
 * @module
 */

/**
 * The first argument of `__host`, by name. The remaining arguments and the
 * result are listed at each.
 *
 * *Pure* operations depend on nothing but their arguments; the runner answers
 * them also while an image is baked. *Started* operations return at once and
 * are answered later through {@linkcode GuestEntry}.
 */
export const OPS = {
  /** (level: 0 error | 1 warn | 2 info | 3 debug, text). Writes one entry to the log. */
  log: 0,
  /** Pure. (href, base?) → JSON of {@linkcode UrlParts}. TypeError: no URL. */
  urlParse: 1,
  /**
   * Pure. (href, property of {@linkcode UrlParts}, value) → JSON of
   * {@linkcode UrlParts}. A value the property cannot take changes nothing,
   * except for `href`. TypeError: `href` is no URL.
   */
  urlSet: 2,
  /** Pure. (label) → the encoding's canonical name, lower case. RangeError: unknown label. */
  encodingName: 3,
  /**
   * Pure. (label, flags, bytes) → text. Flags are the sum of
   * {@linkcode DECODE_FATAL} and {@linkcode DECODE_KEEP_BOM}. RangeError:
   * unknown label. TypeError: malformed bytes, when fatal.
   */
  decode: 4,
  /** Pure. (text) → its bytes in UTF-8. */
  encode: 5,
  /** (count: 0 to 65,536) → that many random bytes, fit for keys. */
  randomBytes: 6,
  /** Started. (id, ms ≥ 0). One call of `fire(id)` after that time. */
  timerStart: 7,
  /** (id). After it, `fire(id)` is not called; an unknown id is ignored. */
  timerCancel: 8,
  /**
   * Started. (id, JSON of {@linkcode FetchHead}, body or null). Settles with
   * JSON of {@linkcode FetchedHead} and the body. NotCapable: the capability
   * does not reach that host.
   */
  fetchStart: 9,
  /** (id). The answer is no longer wanted; an unknown id is ignored. */
  fetchAbort: 10,
  /** (name) → the variable's value; undefined when it is not set or not granted. */
  envGet: 11,
  /** () → JSON list of the names that are granted and set. */
  envNames: 12,
  /** Started. (id, path in the guest). Settles with the bytes. NotFound, NotCapable. */
  fileRead: 13,
  /** Started. (id, path in the guest, bytes). Settles with nothing. NotCapable. */
  fileWrite: 14,
  /** () → the pid of this process, in decimal. */
  self: 15,
  /** (pid in decimal, bytes) → 1, or 0 when there is no such process. */
  send: 16,
  /**
   * (ms ≥ 0, or -1 to wait for ever) → the next message, or null when none
   * came in time. May suspend the guest.
   */
  receive: 17,
  /** (JSON of {@linkcode ReplyHead}, body as bytes, as text or null). Answers `handle`. */
  reply: 18,
  /** (). The function that `run` called has ended well. */
  done: 19,
  /** (name, message, stack of guest frames only). The process cannot go on. */
  fail: 20,
} as const;

/** Flag of `decode`: malformed bytes are an error. */
export const DECODE_FATAL = 1;

/** Flag of `decode`: a byte order mark is kept as text. */
export const DECODE_KEEP_BOM = 2;

/** Bytes that one `randomBytes` gives at most, as in Web Crypto. */
export const RANDOM_BYTES_MAX = 65_536;

/**
 * File name under which the prelude is evaluated. Frames of this file are
 * taken out of the stacks that a guest or a log sees.
 */
export const PRELUDE_FILE = "rusm:prelude";

/** What an argument or a result of `__host` can be. */
export type HostValue = string | number | Uint8Array | null | undefined;

/**
 * The one function of the runner that a guest is given, as the global
 * `__host`; the prelude takes it and deletes the global. It throws an Error
 * whose `name` says what went wrong; name and message reach the guest, nothing
 * else of it does.
 */
export type Host = (op: number, ...args: HostValue[]) => HostValue;

/** Name and value of each header field, in order; a name may repeat. */
export type HeaderList = [name: string, value: string][];

/** A parsed URL: the properties of the `URL` class. */
export interface UrlParts {
  /** The whole URL, serialized. */
  href: string;
  /** Scheme, host and port, or `null` as text. */
  origin: string;
  /** Scheme, with its colon. */
  protocol: string;
  /** Percent-encoded. */
  username: string;
  /** Percent-encoded. */
  password: string;
  /** Host name and port. */
  host: string;
  /** Host name alone. */
  hostname: string;
  /** In decimal; empty for the scheme's own port. */
  port: string;
  /** Percent-encoded. */
  pathname: string;
  /** Empty, or the query with its question mark. */
  search: string;
  /** Empty, or the fragment with its number sign. */
  hash: string;
}

/** A request that the guest is to answer. */
export interface RequestHead {
  /** Upper case. */
  method: string;
  /** Absolute. */
  url: string;
  /** Names in lower case. */
  headers: HeaderList;
  /** What the route's pattern matched: name and decoded value. */
  params: [name: string, value: string][];
  /** The route's action, if it has one. */
  action: string | null;
}

/** The guest's answer to a request. */
export interface ReplyHead {
  /** 200 to 599. */
  status: number;
  /** Names in lower case. */
  headers: HeaderList;
}

/** A request that the guest makes. */
export interface FetchHead {
  /** Upper case for the usual methods. */
  method: string;
  /** Absolute. */
  url: string;
  /** Names in lower case. */
  headers: HeaderList;
  /** What a redirect does, as in `RequestInit`. */
  redirect: "follow" | "manual" | "error";
}

/** The answer to a request that the guest made. */
export interface FetchedHead {
  /** 200 to 599. */
  status: number;
  /** May be empty. */
  statusText: string;
  /** Names in lower case. */
  headers: HeaderList;
  /** Where the answer came from, after redirects. */
  url: string;
  /** Whether there were redirects. */
  redirected: boolean;
}

/**
 * The entry points of the prelude: the global `__rusm`, which the runner reads
 * once and deletes before the component is evaluated.
 *
 * `component` throws what a getter of the exports throws; the others throw
 * nothing. None may be called while a `__host` call is under way:
 * a guest has one stack. Of `reply`, `done` and `fail` the first one counts.
 */
export interface GuestEntry {
  /**
   * Takes `module.exports` of the bundle, once, when the image is baked.
   *
   * The first of these that is a function answers requests: the default
   * export (the exports themselves when there is none), its `fetch`, the export
   * `fetch`. Only the first of them can be `run`.
   */
  component(exports: unknown): void;
  /**
   * Answers one request: ends in `reply` or `fail`, at once or in a later job.
   *
   * @param head JSON of {@linkcode RequestHead}.
   * @param body Owned by the guest afterwards.
   */
  handle(head: string, body: Uint8Array | null): void;
  /** Calls the default export: ends in `done` or `fail`. */
  run(): void;
  /**
   * Answers a started operation. An unknown id is ignored.
   *
   * @param errorName Null when it went well; otherwise `head` is the message.
   */
  settle(
    id: number,
    errorName: string | null,
    head: string | null,
    bytes: Uint8Array | null,
  ): void;
  /** Tells that a timer's time has come. An unknown id is ignored. */
  fire(id: number): void;
}
