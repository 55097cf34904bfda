/**
 * What a command is started with, and what it is to WASI preview 1.
 *
 * @module
 */

import type { Context } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import type { GuestMessage } from "../message.ts";
import type { ConnectionInfo } from "../node/connection.ts";
import type { MakeLink } from "../wasi/files/new_link.ts";
import { Wasip1State, type Wasip1Stdio } from "../wasi/p1.ts";
import { loggedStdio } from "./stdio.ts";

/** What a command is started with. */
export interface Command {
  /** Its arguments, its name first. */
  readonly args: readonly string[];
  /** Its variables: only those that are granted. */
  readonly env: ReadonlyMap<string, string>;
  /** Its standard streams. */
  readonly stdio: Wasip1Stdio & {
    /** Lets go of what is kept back. */
    flush?(): void;
  };
  /** The connection that it was spawned for, if it was for one. */
  readonly connection?: ConnectionInfo | undefined;
  /** See {@linkcode WasiOptions.makeLink}. */
  readonly makeLink?: MakeLink;
}

/** What a process is started with that is no command. */
export const NO_COMMAND: Command = {
  args: [],
  env: new Map(),
  stdio: loggedStdio(() => {}),
};

/** What a process is to WASI preview 1. */
export function wasip1Of(
  self: Context<GuestMessage>,
  capability: Capability,
  command: Command,
): Wasip1State {
  return new Wasip1State({
    ...command,
    capability,
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: (bytes) =>
      void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
    signal: self.signal,
  });
}
