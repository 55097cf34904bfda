/**
 * Functions of the host, told which instance calls: whoever has it is the guest.
 *
 * One function per number of arguments: a rest parameter is an array at every
 * call.
 *
 * @module
 */

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

/** A function that is told who calls. */
export type BoundFunction = (
  slot: GuestSlot,
  // deno-lint-ignore no-explicit-any -- as many values as the type of the function says
  ...values: any[]
) => unknown;

/** Makes of `host` a function that answers at once. */
export function bind(
  host: HostFunction,
  arity: number,
): BoundFunction {
  switch (arity) {
    case 0:
      return (slot) => now(host(slot.guest));
    case 1:
      return (slot, a) => now(host(slot.guest, a));
    case 2:
      return (slot, a, b) => now(host(slot.guest, a, b));
    case 3:
      return (slot, a, b, c) => now(host(slot.guest, a, b, c));
    case 4:
      return (slot, a, b, c, d) => now(host(slot.guest, a, b, c, d));
    default:
      return (slot, ...values) => now(host(slot.guest, ...values));
  }
}

function now(answer: unknown): unknown {
  if (!(answer instanceof Promise)) return answer;
  // Nobody else will look at what becomes of it.
  answer.catch(() => {});
  throw new TypeError("Cannot wait in a function that answers at once");
}

/** Makes of `host` a function that may return a promise. */
export function bindSuspending(
  host: HostFunction,
  arity: number,
): BoundFunction {
  switch (arity) {
    case 0:
      return (slot) => {
        const { guest } = slot;
        return later(guest, host(guest));
      };
    case 1:
      return (slot, a) => {
        const { guest } = slot;
        return later(guest, host(guest, a));
      };
    case 2:
      return (slot, a, b) => {
        const { guest } = slot;
        return later(guest, host(guest, a, b));
      };
    default:
      return (slot, ...values) => {
        const { guest } = slot;
        return later(guest, host(guest, ...values));
      };
  }
}

function later(guest: ComponentGuest, answer: unknown): unknown {
  return answer instanceof Promise ? guest.wait(answer) : answer;
}
