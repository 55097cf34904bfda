/**
 * What a process of preview 1 is made of.
 *
 * @module
 */

import type { Preopen } from "../../capability.ts";
import { preopenedDirectory } from "../files/directory.ts";
import { DIRECTORY_RIGHTS, FILE_RIGHTS, RIGHT } from "./abi.ts";
import { type Descriptor, Descriptors } from "./descriptor.ts";
import { Input } from "../input.ts";
import type { WasiOptions } from "../options.ts";
import { anyReady, type Condition } from "../watchers.ts";

/** What a process is started with. */
export interface Wasip1Options extends WasiOptions {
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
   * Waits until one of `conditions` is ready.
   *
   * @throws {unknown} The reason of the kill, once the process is killed.
   */
  async anyReady(conditions: readonly Condition[]): Promise<void> {
    const { signal } = this.options;
    signal.throwIfAborted();
    const killed = Promise.withResolvers<never>();
    let stop = () => {};
    const onAbort = () => killed.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const ready = anyReady(conditions, (each) => stop = each);
      await Promise.race([ready, killed.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      stop();
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

function preopened(preopen: Preopen): Descriptor {
  return {
    ...preopenedDirectory(preopen),
    type: "directory",
    rights: DIRECTORY_RIGHTS,
    inheriting: DIRECTORY_RIGHTS | FILE_RIGHTS,
    flags: 0,
    preopenPath: preopen.guest,
    listing: undefined,
  };
}
