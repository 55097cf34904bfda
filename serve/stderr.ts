/**
 * Standard error, as the sink of a log.
 *
 * @module
 */

/** Writes some of `bytes`; returns how many. */
type WriteSync = (bytes: Uint8Array) => number;

/** Whether colours can be shown: it is a terminal, and `NO_COLOR` is unset. */
export function isStderrColored(): boolean {
  return Deno.stderr.isTerminal() && !Deno.noColor;
}

/**
 * Writes `text` to standard error, all of it, before it returns.
 *
 * Lines of several writers do not mix, and none is lost while somebody reads
 * slowly: then the call waits.
 * When it cannot be written (a closed pipe, a full disk), the rest is dropped.
 */
export function writeStderr(text: string): void {
  writeAll(encoder.encode(text), (bytes) => Deno.stderr.writeSync(bytes));
}

const encoder = new TextEncoder();

/** {@linkcode writeStderr}, to whatever `writeSync` writes to. */
export function writeAll(bytes: Uint8Array, writeSync: WriteSync): void {
  let written = 0;
  while (written < bytes.length) {
    const count = writeSome(bytes.subarray(written), writeSync);
    if (count === undefined) return;
    written += count;
  }
}

function writeSome(
  bytes: Uint8Array,
  writeSync: WriteSync,
): number | undefined {
  try {
    return writeSync(bytes);
  } catch (error) {
    // Another process has made the pipe non-blocking, and it is full: wait, as
    // a blocking write would. Whatever else is wrong (nobody reads, the disk is
    // full) must not stop the node, and there is no other place to say it.
    if (!(error instanceof Deno.errors.WouldBlock)) return undefined;
    Atomics.wait(NEVER, 0, 0, RETRY_MS);
    return 0;
  }
}

const RETRY_MS = 1;
const NEVER: Int32Array = new Int32Array(new SharedArrayBuffer(4));
