/**
 * The import module `rusm`: what a process is, for guests without components.
 *
 * Pointers and lengths are unsigned 32-bit integers into the exported memory; a
 * range outside of it, or text that is no UTF-8, is a trap.
 *
 * @module
 */

import { Pid } from "@rusm/otp";
import type { HostFunctions, Slot } from "./slot.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The functions of one instance. */
export function rusmFunctions(slot: Slot): HostFunctions {
  return {
    functions: {
      own_pid: () => slot.guest.self.pid.toBigInt(),
      notify() {},
      send: (to: bigint, at: number, length: number) =>
        send(slot, to, at, length),
      receive: (at: number, max: number) => receive(slot, at, max),
      list_processes: (at: number, max: number) => list(slot, at, max),
      is_alive: (pid: bigint) =>
        Number(slot.guest.self.runtime.isAlive(pidOf(pid))),
      kill: (pid: bigint) => kill(slot, pid),
      register: (at: number, length: number) =>
        Number(
          slot.guest.self.runtime.register(
            text(slot, at, length),
            slot.guest.self.pid,
          ),
        ),
      unregister: (at: number, length: number) =>
        unregister(slot, text(slot, at, length)),
      whereis: (at: number, length: number) =>
        slot.guest.self.runtime.whereis(text(slot, at, length))?.toBigInt() ??
          -1n,
      set_label(at: number, length: number) {
        const { runtime, pid } = slot.guest.self;
        runtime.setLabel(pid, text(slot, at, length));
      },
    },
    suspending: new Set(["receive"]),
  };
}

// A pid of a guest is whatever the guest says it is.
function pidOf<Message>(value: bigint): Pid<Message> {
  return Pid.fromBigInt(BigInt.asUintN(64, value));
}

function send(slot: Slot, to: bigint, at: number, length: number): void {
  const message = range(slot, at, length).slice();
  slot.guest.self.runtime.send(pidOf<Uint8Array>(to), message);
}

function receive(
  slot: Slot,
  at: number,
  max: number,
): number | Promise<number> {
  // Checked before it waits, so that a wrong pointer loses no message.
  range(slot, at, max);
  const message = slot.guest.receive(undefined);
  return message instanceof Promise
    ? message.then((later) => deliver(slot, at, max, later!))
    : deliver(slot, at, max, message!);
}

// The memory may have grown meanwhile, but it never shrinks.
function deliver(
  slot: Slot,
  at: number,
  max: number,
  message: Uint8Array,
): number {
  const fitting = message.subarray(0, max >>> 0);
  slot.bytes.set(fitting, at >>> 0);
  return message.length;
}

function list(slot: Slot, at: number, max: number): number {
  const { self, capability } = slot.guest;
  const pids = capability.processControl ? self.runtime.list() : [self.pid];
  const target = range(slot, at, (max >>> 0) * 8);
  const view = new DataView(target.buffer, target.byteOffset, target.length);
  pids.slice(0, max >>> 0).forEach((pid, index) => {
    view.setBigUint64(index * 8, pid.toBigInt(), true);
  });
  return pids.length;
}

function kill(slot: Slot, value: bigint): number {
  const { self, capability } = slot.guest;
  const pid = pidOf<never>(value);
  const mayKill = capability.processControl || pid.equals(self.pid);
  return Number(mayKill && self.runtime.kill(pid));
}

// Nobody takes the names of others.
function unregister(slot: Slot, name: string): number {
  const { self: { runtime, pid } } = slot.guest;
  const isOwn = runtime.whereis(name)?.equals(pid) ?? false;
  return Number(isOwn && runtime.unregister(name));
}

function text(slot: Slot, at: number, length: number): string {
  return decoder.decode(range(slot, at, length));
}

/** @throws {RangeError} It does not lie within the memory. */
function range(
  slot: Slot,
  at: number,
  length: number,
): Uint8Array<ArrayBuffer> {
  const { bytes } = slot;
  const start = at >>> 0;
  const end = start + (length >= 0 ? length : length >>> 0);
  if (end > bytes.length) {
    throw new RangeError(
      `Cannot reach outside of the memory of ${bytes.length} bytes: ${start} to ${end}`,
    );
  }
  return bytes.subarray(start, end);
}
