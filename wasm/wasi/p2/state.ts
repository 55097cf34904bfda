/**
 * What a process of WASI 0.2 is made of.
 *
 * @module
 */

import type { HostGuest, HostState } from "../../component/host.ts";
import { Input } from "../input.ts";
import type { WasiOptions } from "../options.ts";
import { DirectoryEntries } from "./filesystem/directory_stream.ts";
import { OpenFiles } from "./filesystem/open_files.ts";
import { Waits } from "./io/waits.ts";

/** All that the host keeps of one process. Whoever makes one closes it. */
export class Wasip2State {
  /** What it was started with. */
  readonly options: WasiOptions;
  /** Its standard input, which all streams of it share. */
  readonly input: Input;
  /** What it waits for. */
  readonly waits: Waits = new Waits();
  /** The files that it has open. */
  readonly files: OpenFiles = new OpenFiles();
  /** The listings of directories that it has under way. */
  readonly entries: DirectoryEntries = new DirectoryEntries();

  /** Touches nothing of the host. */
  constructor(options: WasiOptions) {
    const { capability, stdio } = options;
    this.options = options;
    this.input = new Input(capability.stdio ? stdio.stdin : null);
  }

  /** Ends its waits and closes its files. Never throws. Idempotent. */
  close(): void {
    this.waits.stop();
    this.files.closeAll();
  }
}

const WASIP2: HostState<Wasip2State> = {
  create: ({ capability, command }) =>
    new Wasip2State({
      ...command,
      capability,
      now: () => Date.now(),
      monotonic: () => performance.now(),
      random: (bytes) =>
        void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
    }),
  close: (state) => state.close(),
};

/** What the host keeps of `guest`. */
export function wasip2(guest: HostGuest): Wasip2State {
  return guest.state(WASIP2);
}
