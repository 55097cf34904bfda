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

/**
 * All that the host keeps of one process. Whoever makes one closes it.
 *
 * Each part is made when it is asked for: many processes only write a stream.
 */
export class Wasip2State {
  /** What it waits for. */
  readonly waits: Waits = new Waits();
  readonly #optionsOf: () => WasiOptions;
  #options: WasiOptions | undefined;
  #input: Input | undefined;
  #files: OpenFiles | undefined;
  #entries: DirectoryEntries | undefined;

  /** Touches nothing of the host. */
  constructor(optionsOf: () => WasiOptions) {
    this.#optionsOf = optionsOf;
  }

  /** What it was started with. */
  get options(): WasiOptions {
    return this.#options ??= this.#optionsOf();
  }

  /** Its standard input, which all streams of it share. */
  get input(): Input {
    const { capability, stdio } = this.options;
    return this.#input ??= new Input(capability.stdio ? stdio.stdin : null);
  }

  /** The files that it has open. */
  get files(): OpenFiles {
    return this.#files ??= new OpenFiles();
  }

  /** The listings of directories that it has under way. */
  get entries(): DirectoryEntries {
    return this.#entries ??= new DirectoryEntries();
  }

  /** Ends its waits and closes its files. Never throws. Idempotent. */
  close(): void {
    this.waits.stop();
    this.#files?.closeAll();
  }
}

const WASIP2: HostState<Wasip2State> = {
  create: (guest) => new Wasip2State(() => optionsOf(guest)),
  close: (state) => state.close(),
};

function optionsOf({ capability, command }: HostGuest): WasiOptions {
  return {
    ...command,
    capability,
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: (bytes) =>
      void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
  };
}

/** What the host keeps of `guest`. */
export function wasip2(guest: HostGuest): Wasip2State {
  return guest.state(WASIP2);
}
