/**
 * What a process of WASI is started with.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import type { MakeLink } from "./files/new_link.ts";

/** Where the bytes of standard input come from. */
export interface WasiReader {
  /**
   * The next bytes, or null at the end. The caller owns them. Asked for one
   * piece at a time, and no more once it ended or failed.
   */
  read(): Promise<Uint8Array | null>;
}

/** Where the bytes of standard output or standard error go. */
export interface WasiWriter {
  /**
   * Takes all of `bytes`, or drops what it has no room for: it must be bounded,
   * since the guest is not.
   *
   * @param bytes Lent for the call: it may be a view of the guest's memory.
   */
  write(bytes: Uint8Array): void;
}

/** Standard streams of a process. */
export interface WasiStdio {
  /** Read only under a profile that grants stdio; else it is at its end. */
  readonly stdin: WasiReader;
  /** Under a profile that does not grant stdio, the log's. */
  readonly stdout: WasiWriter;
  /** Under a profile that does not grant stdio, the log's. */
  readonly stderr: WasiWriter;
  /** Whether libraries may take the streams for a terminal, which makes them write line by line. */
  readonly isTerminal?: boolean;
}

/** What a process is started with. */
export interface WasiOptions {
  /** Arguments, the name of the program first; none holds a zero. */
  readonly args: readonly string[];
  /** Variables, names and values; already only those that are granted. */
  readonly env: ReadonlyMap<string, string>;
  /** What the process may do: its preopens and stdio are asked here. */
  readonly capability: Capability;
  /** Makes symbolic links where this thread may not; the thread itself does when absent. */
  readonly makeLink?: MakeLink;
  /** Its standard streams. */
  readonly stdio: WasiStdio;
  /** Milliseconds since 1970, with fractions or without. */
  now(): number;
  /** Milliseconds of a clock that never goes back, with fractions. */
  monotonic(): number;
  /** Fills `bytes`, at most 65,536, with secure random bytes. */
  random(bytes: Uint8Array): void;
}
