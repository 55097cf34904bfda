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

// Emptied when the guest is forgotten. A map that has been written often leads
// from each table that V8 has made for it to the next, with what they held: a
// collection of the young generation would find all guests of a while alive.
interface Place {
  guest: LocalGuest | undefined;
}

// By the serial of its pid. A runtime is of one scheduler.
const placesOf = new WeakMap<Runtime, Map<number, Place>>();

/** The guest that `pid` names, when it lives in this thread. */
export function localGuest(runtime: Runtime, pid: Pid): LocalGuest | undefined {
  const guest = placesOf.get(runtime)?.get(pid.serial)?.guest;
  return guest?.self.pid.equals(pid.owner) ? guest : undefined;
}

/** Lets others find `guest` until {@linkcode forgetGuest}. */
export function addGuest(guest: LocalGuest): void {
  const { runtime, pid } = guest.self;
  let places = placesOf.get(runtime);
  if (places === undefined) placesOf.set(runtime, places = new Map());
  places.set(pid.serial, { guest });
}

/** Forgets a guest whose process has ended. */
export function forgetGuest({ self: { runtime, pid } }: LocalGuest): void {
  const places = placesOf.get(runtime);
  const place = places?.get(pid.serial);
  if (place === undefined) return;
  place.guest = undefined;
  places!.delete(pid.serial);
}
