/**
 * What guests have with other processes: monitors and links.
 *
 * @module
 */

import type { Down, MonitorRef, Pid } from "@rusm/otp";
import type { HostGuest, HostState } from "../component/host.ts";
import { pidOf } from "./asking.ts";
import { MONITORS_MAX } from "./limits.ts";

/**
 * Bonds of one guest, and what they have told: monitors, and links of one that
 * traps exits.
 *
 * Invariant: there are `MONITORS_MAX` of `linked` and of `children` at most.
 */
class Bonds {
  /** Whom it has linked itself with, some of whom may have ended. */
  readonly linked = new Set<bigint>();
  // Whom it has spawned, the oldest first.
  readonly #children = new Set<bigint>();
  #count = 0;

  /** @throws {RangeError} There are too many. */
  add(self: HostGuest["self"]): void {
    // Counted again when it seems too many: most processes end, and tell so.
    if (this.#count >= MONITORS_MAX) this.#recount(self);
    if (this.#count >= MONITORS_MAX) {
      throw new RangeError(
        `Cannot monitor more processes, or be told of more ends: ${this.#count}`,
      );
    }
    this.#count++;
  }

  #recount({ runtime, pid }: HostGuest["self"]): void {
    const { monitors, links } = runtime.info(pid)!;
    const linked = new Set(links.map((each) => each.toBigInt()));
    for (const each of this.linked) {
      if (!linked.has(each)) this.linked.delete(each);
    }
    this.#count = monitors.length + links.length + runtime.mailboxDepth(pid)!;
  }

  /** One that was there is no more, and has told nothing. */
  remove(): void {
    this.#count--;
  }

  /** Notes a process that it has spawned, in place of the oldest when there are too many. */
  adopt(child: bigint): void {
    const [oldest] = this.#children;
    if (this.#children.size >= MONITORS_MAX) this.#children.delete(oldest!);
    this.#children.add(child);
  }

  isChild(pid: bigint): boolean {
    return this.#children.has(pid);
  }
}

const BONDS: HostState<Bonds> = { create: () => new Bonds() };

// Who talks to a client must learn that it is gone, by the end of its writer.
function mayWatch({ capability, command }: HostGuest): boolean {
  const { spawn, processControl } = capability;
  return spawn || processControl || command.connection !== undefined;
}

/**
 * Monitors a process: {@linkcode bytesOf} says what of its end is received.
 *
 * @returns What {@linkcode demonitor} takes; undefined when the guest may not.
 * @throws {RangeError} Too many are monitored or linked.
 */
export function watch(
  guest: HostGuest,
  target: bigint,
): MonitorRef | undefined {
  const { self } = guest;
  if (!mayWatch(guest) || !self.runtime.isAlive(self.pid)) return;
  guest.state(BONDS).add(self);
  // A guest takes a Down as text.
  const watcher = self as unknown as { readonly pid: Pid<Down> };
  return self.monitor.call(watcher, pidOf(target));
}

/** As {@linkcode watch}, for guests that never end a monitor. */
export function monitor(guest: HostGuest, target: bigint): void {
  watch(guest, target);
}

/** Ends a monitor. Returns whether it was there, and had told nothing. */
export function demonitor(
  guest: HostGuest,
  ref: MonitorRef,
  flush: boolean,
): boolean {
  const wasThere = guest.self.demonitor(ref, { flush });
  if (wasThere) guest.state(BONDS).remove();
  return wasThere;
}

/** Notes a process that the guest has spawned: it may be linked with that one. */
export function adopt(guest: HostGuest, child: bigint): void {
  guest.state(BONDS).adopt(child);
}

/** Whether the guest has spawned a process. Of very many the oldest are forgotten. */
export function isChild(guest: HostGuest, pid: bigint): boolean {
  return guest.state(BONDS).isChild(pid);
}

/**
 * Links the guest with a process. Who may not control processes may not end one
 * by its own end either, except those that it has spawned.
 *
 * @returns Whether it may.
 * @throws {RangeError} Too many are monitored or linked.
 */
export function link(guest: HostGuest, target: bigint): boolean {
  const { self, capability: { processControl } } = guest;
  const bonds = guest.state(BONDS);
  if (!processControl && !bonds.isChild(target)) return false;
  bonds.add(self);
  bonds.linked.add(target);
  self.link(pidOf(target));
  return true;
}

/**
 * Ends a link that {@linkcode link} has made: those that the node has made, as
 * with a supervisor, are not the guest's to end.
 *
 * @returns Whether there was one.
 */
export function unlink(guest: HostGuest, target: bigint): boolean {
  const wasLinked = guest.state(BONDS).linked.delete(target);
  // It may have told already, so it still counts.
  if (wasLinked) guest.self.unlink(pidOf(target));
  return wasLinked;
}
