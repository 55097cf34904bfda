/**
 * The guests of this thread, as other guests see them.
 *
 * @module
 */

import type { Context, Pid, Runtime } from "@rusm/otp";
import type { GuestMessage } from "../message.ts";
import type { GuestStreams } from "./streams.ts";

/** A guest of this thread. */
export interface LocalGuest {
  /** What it acts with. */
  readonly self: Context<GuestMessage>;
  /** Its streams. */
  readonly streams: GuestStreams;
}

// By the serial of its pid. A runtime is of one scheduler.
const guestsOf = new WeakMap<Runtime, Map<number, LocalGuest>>();

/** The guest that `pid` names, when it lives in this thread. */
export function localGuest(runtime: Runtime, pid: Pid): LocalGuest | undefined {
  const guest = guestsOf.get(runtime)?.get(pid.serial);
  return guest?.self.pid.equals(pid.owner) ? guest : undefined;
}

/** Lets others find `guest` until {@linkcode forgetGuest}. */
export function addGuest(guest: LocalGuest): void {
  const { runtime, pid } = guest.self;
  let guests = guestsOf.get(runtime);
  if (guests === undefined) guestsOf.set(runtime, guests = new Map());
  guests.set(pid.serial, guest);
}

/** Forgets a guest whose process has ended. */
export function forgetGuest({ self: { runtime, pid } }: LocalGuest): void {
  guestsOf.get(runtime)?.delete(pid.serial);
}
