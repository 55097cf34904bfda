/**
 * What guests are called.
 *
 * @module
 */

import type { HostGuest } from "../component/host.ts";
import { NAMES_MAX } from "../core/limits.ts";
import { askOr, checkName } from "./asking.ts";

/** Gives the caller a name. */
export function register(
  guest: HostGuest,
  name: string,
): boolean | Promise<boolean> {
  const { runtime, pid } = guest.self;
  checkName(name);
  if (runtime.names(pid).length >= NAMES_MAX) return false;
  return guest.register(name);
}

/** Which process has a name. */
export function whereis(guest: HostGuest, name: string): bigint | undefined {
  return guest.self.runtime.whereis(checkName(name))?.toBigInt();
}

/**
 * Takes a name back: the caller's own, or that of another with process-control.
 *
 * @see RUSM `unregister`. Differs: there, any guest takes any name.
 */
export function unregister(
  guest: HostGuest,
  name: string,
): boolean | Promise<boolean> {
  const { runtime, pid } = guest.self;
  const holder = runtime.whereis(checkName(name));
  if (holder === undefined) return false;
  if (holder.equals(pid)) return runtime.unregister(name);
  return askOr(guest, { type: "unregister", name }, false);
}

/** Says what the caller is. */
export function setLabel(guest: HostGuest, label: string): void {
  const { runtime, pid } = guest.self;
  runtime.setLabel(pid, checkName(label));
}
