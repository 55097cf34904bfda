/**
 * Compressed messages, RFC 7692, each on its own.
 *
 * @module
 */

import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { DEFLATE, RECEIVER } from "./library.ts";

/** As much of the package's class as is used here; its types leave it out. */
interface Deflate {
  readonly params: Readonly<Record<string, unknown>>;
  readonly _maxPayload: number;
  decompress(data: Uint8Array, isLast: boolean, done: Done): void;
  compress(data: Uint8Array | string, isLast: boolean, done: Done): void;
}

type Done = (error: Error | null, data?: Uint8Array) => void;

interface Errors {
  createError(
    type: ErrorConstructor,
    message: string,
    hasPrefix: boolean,
    closeCode: number,
    code: string,
  ): Error;
}

// What ends a message and is not sent, RFC 7692, section 7.2.1.
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);
const { Z_DEFAULT_WINDOWBITS } = constants;
const NOTHING = new Uint8Array(0);
// `Z_SYNC_FLUSH`: the data has no end of its own.
const SYNC = { finishFlush: 2 } as const;

// The compressed pieces of messages that are not whole, by whom they are for. The
// receiver bounds them by the size of a message.
const pieces = new WeakMap<Deflate, Uint8Array[]>();

/**
 * Has the package compress each message by one call, where neither side keeps
 * a context between messages, which is what this node agrees on.
 *
 * The streams that it uses otherwise end the whole program here when a client
 * sends what is not compressed: on Deno a stream that has failed still calls
 * back, and the package then resets what is closed. A message holds no
 * memory between calls either. The size of what is inflated is bounded while it
 * is inflated.
 */
export function deflateByMessage(): void {
  const methods = DEFLATE.prototype as unknown as Deflate;
  const { compress, decompress } = methods;
  methods.decompress = function (data, isLast, done) {
    if (hasContext(this)) decompress.call(this, data, isLast, done);
    else inflatePiece(this, data, isLast, done);
  };
  methods.compress = function (data, isLast, done) {
    if (hasContext(this) || !isLast) compress.call(this, data, isLast, done);
    else done(null, deflate(data, windowBitsOf(this)));
  };
}

function hasContext({ params }: Deflate): boolean {
  return params["client_no_context_takeover"] !== true ||
    params["server_no_context_takeover"] !== true;
}

function inflatePiece(
  deflate: Deflate,
  data: Uint8Array,
  isLast: boolean,
  done: Done,
): void {
  const all = pieces.get(deflate) ?? [];
  all.push(data);
  if (isLast) pieces.delete(deflate);
  else pieces.set(deflate, all);
  // The receiver waits in its loop, which must not be entered from within. An
  // immediate lets other connections have their turn.
  setImmediate(() => {
    if (isLast) inflate(all, deflate._maxPayload, done);
    else done(null, NOTHING);
  });
}

function inflate(
  all: readonly Uint8Array[],
  bytesMax: number,
  done: Done,
): void {
  let data: Uint8Array;
  try {
    const whole = Buffer.concat([...all, TAIL]);
    data = inflateRawSync(whole, { ...SYNC, maxOutputLength: bytesMax });
  } catch (error) {
    // The client's doing, whatever it is: it is told by a close frame.
    return done(errorOf((error as { code?: unknown }).code));
  }
  done(null, data);
}

function errorOf(code: unknown): Error {
  const errors = new RECEIVER() as unknown as Errors;
  return code === "ERR_BUFFER_TOO_LARGE"
    ? errors.createError(
      ...[Error, "Inflates to too much", false, 1009, code] as const,
    )
    : errors.createError(
      ...[Error, "Not compressed", false, 1007, "WS_ERR_INVALID_DATA"] as const,
    );
}

// What the client has asked for: it keeps no more to refer back to.
function windowBitsOf({ params }: Deflate): number {
  return Number(params["server_max_window_bits"] ?? Z_DEFAULT_WINDOWBITS);
}

function deflate(data: Uint8Array | string, windowBits: number): Uint8Array {
  return deflateRawSync(data, { ...SYNC, windowBits })
    .subarray(0, -TAIL.length);
}
