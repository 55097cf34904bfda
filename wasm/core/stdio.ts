/**
 * Where the standard streams of a guest go: to those of the node, or its
 * output to the log.
 *
 * @module
 */

import { LOG_BYTES_MAX, LOG_ENTRY_BYTES } from "../limits.ts";
import type { Wasip1Stdio, Wasip1Writer } from "../wasi/p1.ts";

/** Bytes that one read of standard input takes at most. */
const CHUNK_BYTES = 64 * 1024;

/** Takes what a guest logs; level is 0 error to 3 debug. */
export type Log = (level: number, text: string) => void;

/** The standard streams of the node. Threads share them. */
export function nodeStdio(): Wasip1Stdio {
  return {
    stdin: { read: readStdin },
    stdout: { write: (bytes) => writeAll(Deno.stdout, bytes) },
    stderr: { write: (bytes) => writeAll(Deno.stderr, bytes) },
    isTerminal: Deno.stdout.isTerminal(),
  };
}

async function readStdin(): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(CHUNK_BYTES);
  const count = await Deno.stdin.read(bytes);
  return count === null ? null : bytes.subarray(0, count);
}

interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

function writeAll(writer: SyncWriter, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    at += writer.writeSync(bytes.subarray(at));
  }
}

/** Streams of a guest without any: no input, and output that is logged line by line. */
export function loggedStdio(log: Log): Wasip1Stdio & { flush(): void } {
  const stdout = new LineWriter((line) => log(2, line));
  const stderr = new LineWriter((line) => log(0, line));
  return {
    stdin: { read: () => Promise.resolve(null) },
    stdout,
    stderr,
    flush() {
      stdout.flush();
      stderr.flush();
    },
  };
}

/** Bytes in, lines out. What a guest writes past a bound is dropped, and said once. */
class LineWriter implements Wasip1Writer {
  readonly #emit: (line: string) => void;
  // Most guests write nothing.
  #decoder: TextDecoder | undefined;
  #line = "";
  #loggedBytes = 0;

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  write(bytes: Uint8Array): void {
    const before = this.#loggedBytes;
    if (before > LOG_BYTES_MAX) return;
    this.#loggedBytes += bytes.length + LOG_ENTRY_BYTES;
    const room = Math.max(0, LOG_BYTES_MAX - before);
    this.#decoder ??= new TextDecoder();
    const text = this.#decoder.decode(bytes.subarray(0, room), {
      stream: true,
    });
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop()!;
    lines.forEach((line) => this.#emit(line));
    if (this.#loggedBytes <= LOG_BYTES_MAX) return;
    this.flush();
    this.#emit(`… cut: more than ${LOG_BYTES_MAX} bytes of log`);
  }

  /** Logs a last line that has no end. */
  flush(): void {
    if (this.#line !== "") this.#emit(this.#line);
    this.#line = "";
  }
}
