/**
 * What a process of preview 1 is made of.
 *
 * @module
 */

import type { Capability, Preopen } from "../../capability.ts";
import { DIRECTORY_RIGHTS, FILE_RIGHTS, RIGHT } from "./abi.ts";
import { type Descriptor, Descriptors } from "./descriptor.ts";
import { Input, type Wasip1Reader } from "./input.ts";

/** Where the bytes of standard output or standard error go. */
export interface Wasip1Writer {
  /**
   * Takes all of `bytes`, or drops what it has no room for: it must be bounded,
   * since the guest is not.
   *
   * @param bytes Lent for the call: a view of the guest's memory.
   */
  write(bytes: Uint8Array): void;
}

/** Standard streams of a process. */
export interface Wasip1Stdio {
  /** Read only under a profile that grants stdio; else it is at its end. */
  readonly stdin: Wasip1Reader;
  /** Under a profile that does not grant stdio, the log's. */
  readonly stdout: Wasip1Writer;
  /** Under a profile that does not grant stdio, the log's. */
  readonly stderr: Wasip1Writer;
  /** Whether libraries may take the streams for a terminal, which makes them write line by line. */
  readonly isTerminal?: boolean;
}

/** What a process is started with. */
export interface Wasip1Options {
  /** Arguments, the name of the program first; none holds a zero. */
  readonly args: readonly string[];
  /** Variables, names and values; already only those that are granted. */
  readonly env: ReadonlyMap<string, string>;
  /** What the process may do: its preopens and stdio are asked here. */
  readonly capability: Capability;
  /** Its standard streams. */
  readonly stdio: Wasip1Stdio;
  /** Milliseconds since 1970, with fractions or without. */
  now(): number;
  /** Milliseconds of a clock that never goes back, with fractions. */
  monotonic(): number;
  /** Fills `bytes`, at most 65,536, with secure random bytes. */
  random(bytes: Uint8Array): void;
  /** Aborted when the process is killed: what it waits for then rejects with the reason. */
  readonly signal: AbortSignal;
}

const STREAM_RIGHTS = RIGHT.FD_FDSTAT_SET_FLAGS | RIGHT.FD_FILESTAT_GET |
  RIGHT.POLL_FD_READWRITE;

const encoder = new TextEncoder();

/**
 * All that the host keeps of one process: its descriptors, arguments,
 * variables, clocks.
 *
 * Descriptors 0 to 2 are its streams, those from 3 its preopens in the order of
 * the capability. Whoever makes one closes it.
 */
export class Wasip1State {
  /** What it was started with. */
  readonly options: Wasip1Options;
  /** Its file descriptors. */
  readonly descriptors: Descriptors = new Descriptors();
  /** Its standard input. */
  readonly input: Input;
  /** Its arguments in UTF-8, each with a zero at its end. */
  readonly args: readonly Uint8Array[];
  /** Its variables as `name=value` in UTF-8, each with a zero at its end. */
  readonly env: readonly Uint8Array[];
  /** The code of the first `proc_exit`. Once set, no call does anything. */
  exitCode: number | undefined = undefined;

  /** Opens the streams and the preopens. Touches nothing of the host. */
  constructor(options: Wasip1Options) {
    const { args, env, capability, stdio } = options;
    this.options = options;
    this.input = new Input(capability.stdio ? stdio.stdin : null);
    this.args = args.map(terminated);
    this.env = [...env].map(([name, value]) => terminated(`${name}=${value}`));
    this.#addStreams();
    for (const preopen of capability.preopens) {
      this.descriptors.add(preopened(preopen));
    }
  }

  #addStreams(): void {
    for (const stream of ["stdin", "stdout", "stderr"] as const) {
      const way = stream === "stdin" ? RIGHT.FD_READ : RIGHT.FD_WRITE;
      const rights = STREAM_RIGHTS | way;
      const none = { inheriting: 0, flags: 0 };
      this.descriptors.add({ type: "stream", stream, rights, ...none });
    }
  }

  /**
   * Waits for `event`.
   *
   * @returns What `event` resolves with.
   * @throws {unknown} The reason of the kill, once the process is killed.
   */
  async orKilled<Value>(event: Promise<Value>): Promise<Value> {
    const { signal } = this.options;
    signal.throwIfAborted();
    const killed = Promise.withResolvers<never>();
    const onAbort = () => killed.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([event, killed.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Closes all files. Never throws. Idempotent. */
  close(): void {
    this.descriptors.closeAll();
  }
}

function terminated(text: string): Uint8Array {
  return encoder.encode(`${text}\0`);
}

function preopened({ host, guest, readOnly }: Preopen): Descriptor {
  return {
    type: "directory",
    rights: DIRECTORY_RIGHTS,
    inheriting: DIRECTORY_RIGHTS | FILE_RIGHTS,
    flags: 0,
    root: { host: host.replace(/\/+$/, ""), readOnly },
    names: [],
    preopenPath: guest,
    listing: undefined,
  };
}
