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
   * JSON of {@linkcode FetchedHead}. From the start on, `id` names a pipe too:
   * what is written is the request's body, if it has `isStreamed`; what is
   * read is the answer's. NotCapable: the capability does not reach that host.
   */
  fetchStart: 9,
  /** (id). Neither the answer nor its body is wanted; an unknown id is ignored. */
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
  /** (pid in decimal, bytes or text) → 1, or 0 when there is no such process. */
  send: 16,
  /**
   * (ms ≥ 0, or -1 to wait for ever; 1 for text, without a byte order mark and
   * malformed bytes as U+FFFD, or 0 for bytes) → the next message, or null when
   * none came in time. May suspend the guest.
   */
  receive: 17,
  /** (JSON of {@linkcode ReplyHead}, body as bytes, as text or null). Answers `handle`. */
  reply: 18,
  /** (). The function that `run` called has ended well. */
  done: 19,
  /** (name, message, stack of guest frames only). The process cannot go on. */
  fail: 20,
  /** (component) → the pid of a new process. May suspend. Error: why there is none. */
  spawn: 21,
  /** (component, source) → the pid of a new process. May suspend. Error: why there is none. */
  spawnFrom: 22,
  /**
   * (pid) → a number for `demonitor`, or null when the capability denies it.
   * RangeError: too many.
   */
  monitor: 23,
  /** (number, 1 to drop what has been told already) → 1 when it was there, or 0. */
  demonitor: 24,
  /** (pid) → 1, or 0 when the capability denies it. RangeError: too many. */
  link: 25,
  /** (pid) → 1 when `link` had linked it, or 0. */
  unlink: 26,
  /** (1 or 0) → what it was before. Exit signals arrive as messages, or end the process. */
  trapExit: 27,
  /** () → JSON list of pids: all of the node, or only this one. May suspend. */
  list: 28,
  /** (pid) → JSON of {@linkcode ProcessHead}, or null. May suspend. */
  info: 29,
  /** (pid) → 1 or 0. May suspend. */
  isAlive: 30,
  /** (pid) → 1 when it was ended, or 0. May suspend. */
  kill: 31,
  /** (reason or null for `normal`). Ends the process at once, and does not return. */
  exit: 32,
  /** (name) → 1 when it has the name now, or 0. May suspend. RangeError: too long. */
  register: 33,
  /** (name) → 1 when it was taken back, or 0. May suspend. */
  unregister: 34,
  /** (name) → a pid, or null. */
  whereis: 35,
  /** (text). RangeError: too long. */
  setLabel: 36,
  /** (pid, ms ≥ 0, bytes) → a number for `cancelTimer`. RangeError: too many wait. */
  sendAfter: 37,
  /** (number) → 1 when it was not sent, or 0. */
  cancelTimer: 38,
  /** (tag) → 1 when it is in the group, or 0. May suspend. */
  tagJoin: 39,
  /** (tag) → 1 when it was in the group, or 0. */
  tagLeave: 40,
  /** (tag) → JSON list of pids. */
  tagMembers: 41,
  /** (tag) → how many were ended. */
  tagKill: 42,
  /**
   * (strategy, JSON list of components, restarts that are borne or 0 for all, ms
   * or 0 for ever) → the pid of a supervisor. May suspend. Error: why there is
   * none.
   */
  supervise: 43,
  /** (bytes or text). Sets a message aside. RangeError: too many, or too much. */
  stash: 44,
  /** (). Puts what was set aside in front of what waits. */
  unstash: 45,
  /**
   * Started. (id). Settles with the next message, as text when it is that and
   * begins with `{`, as bytes otherwise; one at a time. TypeError: one is under
   * way.
   */
  mail: 46,
  /** (id). Gives it up, and loses no message; an unknown id is ignored. */
  mailCancel: 47,
  /** (pid) → the number of a stream, or null when there is none. May suspend. */
  streamOpen: 48,
  /** () → the number of a stream. May suspend. */
  streamAccept: 49,
  /** (stream) → bytes, or null at the end. May suspend. */
  streamRead: 50,
  /** (stream, bytes) → 1, or 0 when nobody reads. May suspend. */
  streamWrite: 51,
  /** (stream). An unknown one is ignored. */
  streamClose: 52,
  /** Started. (id, pid). Settles with the number of a stream, or null. */
  streamOpenStart: 53,
  /** Started. (id, pid of who opens it, or null for anybody). Settles with the number of a stream. */
  streamAcceptStart: 54,
  /** (id). Gives it up, and loses no stream; an unknown id is ignored. */
  streamAcceptCancel: 55,
  /** Started. (id, stream). Settles with bytes, or null at the end. */
  streamReadStart: 56,
  /** Started. (id, stream, bytes). Settles with `1`, or `0` when nobody reads. */
  streamWriteStart: 57,
  /** (bucket, key) → bytes or null. May suspend. Error: the store's, as all of `kv`. */
  kvGet: 58,
  /** (bucket, key, bytes, ms until it is gone, or null). May suspend. */
  kvSet: 59,
  /** (bucket, key) → 1 when there was one, or 0. May suspend. */
  kvDelete: 60,
  /** (bucket, key) → 1 or 0. May suspend. */
  kvExists: 61,
  /** (bucket, prefix or null, key before the first or null, limit or null) → JSON list of keys. May suspend. */
  kvList: 62,
  /** (bucket, key, bytes that must be there, bytes to write; null is nothing) → 1 when it was so, or 0. May suspend. */
  kvCompareAndSet: 63,
  /** (JSON list of {@linkcode KvWrite}, the values one behind the other). May suspend. */
  kvBatch: 64,
  /** () → JSON of {@linkcode ConnectionHead}, or null when it was not spawned for one. */
  connection: 65,
  /** (bytes of text) → 1, or 0 when the client is gone. May suspend. */
  wsSendText: 66,
  /** (bytes) → 1, or 0 when the client is gone. May suspend. */
  wsSendBytes: 67,
  /** (code, reason). May suspend. */
  wsClose: 68,
  /** (data, type or null, id or null, retry in ms or null) → 1, or 0 when the client is gone. May suspend. */
  sseSend: 69,
  /** () → JSON list of its arguments, its name first; empty when it has none. */
  args: 70,
  /** (stream) → 1 when a read has found that its writer went without ending it, or 0. */
  streamIsBroken: 71,
  /** () → 1 when the message received last is a text frame of the client, or 0. */
  wsReceivedText: 72,

  // Web APIs, from 100 on.

  /**
   * Pure. (name of {@linkcode LIBRARIES}) → the function that makes the
   * library, which is a {@linkcode LibraryScript}.
   */
  loadLibrary: 100,
  /**
   * (decoder, label, flags). Opens a decoder for a text that comes in chunks.
   * RangeError: unknown label, or too many are open.
   */
  decoderOpen: 101,
  /** Started. (id, pipe). Settles with the next bytes, or with none at the end. */
  pipeRead: 102,
  /**
   * Started. (id, pipe, bytes). Settles when the pipe can take more. At most
   * {@linkcode PIPE_CHUNK_BYTES_MAX} bytes: RangeError.
   */
  pipeWrite: 103,
  /** (pipe, message or null). The last was written, or the source failed. */
  pipeEnd: 104,
  /** (pipe). Neither side goes on; an unknown pipe is ignored. */
  pipeClose: 105,
  /**
   * (pipe, one of {@linkcode CODECS}, 1 to compress, 0 to decompress). Opens a
   * pipe: what is written comes out the other way.
   */
  codecOpen: 106,
  /**
   * Started. (id, JSON of {@linkcode SubtleRequest}, bytes). Settles with JSON
   * of {@linkcode SubtleAnswer} and bytes.
   */
  subtle: 107,
  /**
   * (decoder, bytes, 1 for the last chunk) → text. The last one closes it.
   * TypeError: malformed bytes, when fatal; that closes it too.
   */
  decodeChunk: 108,
  /** (decoder). No more is to be decoded; an unknown decoder is ignored. */
  decoderClose: 109,
  /** (pipe). Opens a pipe: what is read is the body of the request that `handle` was called for, if it comes in pieces. */
  requestOpen: 110,
  /**
   * (pipe, JSON of {@linkcode ReplyHead}). Begins to answer `handle`, and opens
   * a pipe: what is written is the body. Its good end ends the process well.
   * TypeError: an answer has begun.
   */
  replyBegin: 111,
  /** Started, but it keeps no process alive. (id). Settles with nothing when the client has gone. */
  clientWatch: 112,
} as const;

/** Bytes that one `pipeRead` and one `pipeWrite` pass at most. */
export const PIPE_CHUNK_BYTES_MAX = 65_536;

/** Formats of `codecOpen`, as `CompressionStream` has them. */
export const CODECS = ["gzip", "deflate", "deflate-raw", "brotli"] as const;

/** A format of `codecOpen`. */
export type Codec = (typeof CODECS)[number];

/**
 * The parts of the prelude that are in an image only when its component seems
 * to need them, and the globals of each. Whatever else needs one has it
 * evaluated then.
 */
export const LIBRARIES = {
  http: ["Headers", "Request", "Response"],
  streams: [
    ...["ByteLengthQueuingStrategy", "CompressionStream"],
    ...["CountQueuingStrategy", "DecompressionStream"],
    ...["ReadableByteStreamController", "ReadableStream"],
    ...["ReadableStreamBYOBReader", "ReadableStreamBYOBRequest"],
    ...["ReadableStreamDefaultController", "ReadableStreamDefaultReader"],
    ...["TextDecoderStream", "TextEncoderStream", "TransformStream"],
    ...["TransformStreamDefaultController", "WritableStream"],
    ...["WritableStreamDefaultController", "WritableStreamDefaultWriter"],
  ],
  forms: ["Blob", "File", "FormData"],
  subtle: ["CryptoKey", "SubtleCrypto"],
  events: [
    ...["AbortController", "AbortSignal", "CloseEvent", "CustomEvent"],
    ...["ErrorEvent", "Event", "EventTarget", "MessageEvent"],
    ...["ProgressEvent", "PromiseRejectionEvent"],
  ],
  fetch: ["fetch"],
  url: ["URL", "URLSearchParams"],
  text: ["TextDecoder", "TextEncoder"],
  clone: ["structuredClone"],
  inspect: ["console"],
} as const satisfies Record<string, readonly string[]>;

/** Names a library. */
export type LibraryName = keyof typeof LIBRARIES;

/**
 * What the script of a library evaluates to: takes what the prelude shares
 * with its libraries, and gives `install` what it is made of.
 */
export type LibraryScript = (
  core: object,
  install: (library: object) => void,
) => void;

/** What `subtle` is asked. Bytes stand in one piece, cut by `lengths`. */
export interface SubtleRequest {
  /** What to do. */
  type:
    | "decrypt"
    | "deriveBits"
    | "digest"
    | "encrypt"
    | "exportKey"
    | "generateKey"
    | "importKey"
    | "sign"
    | "verify";
  /** The algorithm: bytes in it are `{ "bytes": index }`, keys `{ "key": KeyHead }`. */
  algorithm: unknown;
  /** The key, where there is one. */
  key?: KeyHead;
  /** Format of `importKey` and `exportKey`. */
  format?: string;
  /** What the new key is for. */
  usages?: string[];
  /** Whether the new key can be exported. */
  extractable?: boolean;
  /** Bits that `deriveBits` gives; null for all there are. */
  lengthBits?: number | null;
  /** Lengths of the pieces that the bytes are made of. */
  lengths: number[];
}

/** A key on its way: its bytes are a piece of the request's or the answer's. */
export interface KeyHead {
  /** Of what kind it is. */
  type: "secret" | "private" | "public";
  /** In which format its bytes are. */
  format: "raw" | "pkcs8" | "spki";
  /** Index of the piece. */
  bytes: number;
  /** As `CryptoKey.algorithm` has it, a byte array as numbers. */
  algorithm: unknown;
  /** What it is for. */
  usages: string[];
}

/** What `subtle` answers. */
export interface SubtleAnswer {
  /** Keys that were made: one, or the private and the public one. */
  keys?: KeyHead[];
  /** Whether a signature holds. */
  holds?: boolean;
  /** A key as JWK. */
  jwk?: unknown;
  /** Lengths of the pieces that the bytes are made of. */
  lengths: number[];
}

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
  /** Whether the body is written to the pipe; there is none otherwise. */
  isStreamed?: true;
}

/** What is known of a process. */
export interface ProcessHead {
  /** In decimal. */
  pid: string;
  /** How many processes it is linked to. */
  links: number;
  /** How many monitors of it there are. */
  monitors: number;
  /** In the order it got them. */
  names: string[];
  /** What it calls itself. */
  label: string | null;
  /** How many messages wait for it. */
  mailboxDepth: number;
  /** Whether exit signals reach it as messages. */
  trapExit: boolean;
}

/** One write of a batch. */
export interface KvWrite {
  /** Of what. */
  bucket: string;
  /** Of what in it. */
  key: string;
  /** How many bytes the value has; null to remove it. */
  length: number | null;
  /** Milliseconds until it is gone; null to keep it. */
  ttlMs: number | null;
}

/** What a client asked for when it connected. */
export interface ConnectionHead {
  /** Such as `GET`. */
  method: string;
  /** With its leading slash. */
  path: string;
  /** Without the question mark. */
  query: string;
  /** What the route's pattern matched: name and decoded value. */
  params: [name: string, value: string][];
  /** Names in lower case. */
  headers: HeaderList;
  /** `ip:port`, or empty when it is not known. */
  remoteAddr: string;
  /** The WebSocket subprotocol that was agreed on. */
  subprotocol: string | null;
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
  /** Whether there is a body to read. */
  hasBody: boolean;
}

/** What processes of a component of TypeScript can do. */
export interface ComponentAbilities {
  /** Whether it answers requests: by a default function, by one with `fetch`, or by an export `fetch`. */
  readonly answers: boolean;
  /** Its functions besides the default: what a service does, and the actions of routes. */
  readonly functions: readonly string[];
  /**
   * What a process does that begins with `run`; null when it cannot.
   *
   * | | |
   * | --- | --- |
   * | `"websocket"`, `"sse"` | talks to the client that it is spawned for |
   * | `"authentication"` | says who may make requests, until it is ended |
   * | `"service"` | does its functions for others, until it is ended |
   * | `"worker"` | calls its default function, once |
   */
  readonly runs:
    | "websocket"
    | "sse"
    | "authentication"
    | "service"
    | "worker"
    | null;
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
  /** Evaluates a library, before the component is evaluated. */
  preload(name: LibraryName): void;
  /**
   * Takes `module.exports` of the bundle, once, when the image is baked.
   *
   * The first of these that is a function answers requests: the default
   * export (the exports themselves when there is none), its `fetch`, the export
   * `fetch`. A request with an action is answered by the export of that name, if
   * there is one.
   *
   * @returns JSON of {@linkcode ComponentAbilities}. A guest can have had a hand
   * in it.
   */
  component(exports: unknown): string;
  /** What the module of the SDK exports. Frozen. */
  readonly guestModule: object;
  /**
   * Answers one request: ends in `reply` or `fail`, at once or in a later job.
   *
   * @param head JSON of {@linkcode RequestHead}.
   * @param body Owned by the guest afterwards.
   * @param isStreamed 1 when the body is to be read by `requestOpen`, or 0.
   */
  handle(head: string, body: Uint8Array | null, isStreamed: number): void;
  /**
   * Does what `runs` of {@linkcode ComponentAbilities} says: ends in `done` or
   * `fail`, but for a service, which does not end.
   */
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
