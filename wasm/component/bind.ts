/**
 * Functions of the host, for one instance: whoever has it is the guest.
 *
 * One function per number of arguments: a rest parameter is an array at every
 * call.
 *
 * @module
 */

import type { HostFunction as BoundFunction } from "./canonical/mod.ts";
import type { ComponentGuest } from "./guest.ts";
import type { HostFunction } from "./host.ts";

/** Who has an instance. */
export interface GuestSlot {
  /**
   * The process.
   *
   * @throws {GuestStopped} It has ended.
   */
  readonly guest: ComponentGuest;
}

/** Makes a function for `slot` that answers at once. */
export function bind(
  slot: GuestSlot,
  host: HostFunction,
  arity: number,
): BoundFunction {
  switch (arity) {
    case 0:
      return () => now(host(slot.guest));
    case 1:
      return (a) => now(host(slot.guest, a));
    case 2:
      return (a, b) => now(host(slot.guest, a, b));
    case 3:
      return (a, b, c) => now(host(slot.guest, a, b, c));
    case 4:
      return (a, b, c, d) => now(host(slot.guest, a, b, c, d));
    default:
      return (...values) => now(host(slot.guest, ...values));
  }
}

function now(answer: unknown): unknown {
  if (!(answer instanceof Promise)) return answer;
  // Nobody else will look at what becomes of it.
  answer.catch(() => {});
  throw new TypeError("Cannot wait in a function that answers at once");
}

/** Makes a function for `slot` that may return a promise. */
export function bindSuspending(
  slot: GuestSlot,
  host: HostFunction,
  arity: number,
): BoundFunction {
  switch (arity) {
    case 0:
      return () => {
        const { guest } = slot;
        return later(guest, host(guest));
      };
    case 1:
      return (a) => {
        const { guest } = slot;
        return later(guest, host(guest, a));
      };
    case 2:
      return (a, b) => {
        const { guest } = slot;
        return later(guest, host(guest, a, b));
      };
    default:
      return (...values) => {
        const { guest } = slot;
        return later(guest, host(guest, ...values));
      };
  }
}

function later(guest: ComponentGuest, answer: unknown): unknown {
  return answer instanceof Promise ? guest.wait(answer) : answer;
}
