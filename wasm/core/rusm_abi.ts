/**
 * The import module `rusm`: what a process is, for guests without components.
 *
 * Pointers and lengths are unsigned 32-bit integers into the memory of the
 * module; a range outside of it, or text that is no UTF-8, is a trap.
 *
 * @module
 */

import { copyBytes } from "../copy_bytes.ts";
import { localGuest } from "./guests.ts";
import { pidOf } from "./pid_of.ts";
import { packedCopy } from "./message_copy.ts";
import { NAME_BYTES_MAX, NAMES_MAX } from "./limits.ts";
import type { HostModule } from "./host_modules.ts";
import type { Delivery, HostFunction, Slot } from "./slot.ts";
import { NO_STREAM } from "./streams.ts";

// Type of each function, by field.
const RUSM_TYPES = {
  own_pid: "() -> i64",
  notify: "() -> ()",
  send: "(i64, i32, i32) -> ()",
  receive: "(i32, i32) -> i32",
  list_processes: "(i32, i32) -> i32",
  is_alive: "(i64) -> i32",
  kill: "(i64) -> i32",
  register: "(i32, i32) -> i32",
  unregister: "(i32, i32) -> i32",
  whereis: "(i32, i32) -> i64",
  set_label: "(i32, i32) -> ()",
  stream_open: "(i64) -> i32",
  stream_write: "(i32, i32, i32) -> i32",
  stream_close: "(i32) -> ()",
  stream_accept: "() -> i32",
  stream_read: "(i32, i32, i32) -> i32",
} as const;

const SUSPENDING: readonly (keyof typeof RUSM_TYPES)[] = [
  ...[
    "receive",
    "register",
    "stream_open",
    "stream_write",
    "stream_accept",
  ] as const,
  "stream_read",
];

const NOBODY = -1n;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const functions: Record<keyof typeof RUSM_TYPES, HostFunction> = {
  own_pid: (slot) => slot.guest.self.pid.toBigInt(),
  notify() {},
  send,
  receive,
  list_processes: list,
  is_alive: (slot, pid: bigint) =>
    Number(slot.guest.self.runtime.isAlive(pidOf(pid))),
  kill,
  register: (slot, at: number, length: number) =>
    register(slot, text(slot, at, length)),
  unregister: (slot, at: number, length: number) =>
    unregister(slot, text(slot, at, length)),
  whereis: (slot, at: number, length: number) =>
    slot.guest.self.runtime.whereis(text(slot, at, length))?.toBigInt() ??
      NOBODY,
  set_label(slot, at: number, length: number) {
    const { runtime, pid } = slot.guest.self;
    runtime.setLabel(pid, text(slot, at, length));
  },
  stream_open: (slot, to: bigint) =>
    waited(slot, slot.guest.streams.open(pidOf(to))),
  stream_write: (slot, id: number, at: number, length: number) =>
    waited(slot, slot.guest.streams.write(id, range(slot, at, length).slice())),
  stream_close: (slot, id: number) => slot.guest.streams.close(id),
  stream_accept: (slot) => waited(slot, slot.guest.streams.accept()),
  stream_read: streamRead,
};

/** The module. */
export const RUSM: HostModule = {
  functions,
  suspending: new Set(SUSPENDING),
  endsGuest: new Set(["receive"]),
  types: RUSM_TYPES,
};

// What finds no room is lost, as with a full mailbox.
function send(slot: Slot, to: bigint, at: number, length: number): void {
  const { runtime, pid: { node, scheduler } } = slot.guest.self;
  const pid = pidOf<Uint8Array>(to);
  const { bytes } = slot;
  const end = insistRange(bytes, at, length);
  const start = at >>> 0;
  const receiver = localGuest(runtime, pid);
  if (receiver !== undefined) {
    // That pid knows its process.
    runtime.send(receiver.self.pid, packedCopy(bytes, start, end));
  } else if (pid.scheduler === scheduler && pid.node === node) {
    runtime.send(pid, bytes.slice(start, end));
  } else runtime.sendCopy(pid, bytes, start, end);
}

function receive(
  slot: Slot,
  at: number,
  max: number,
): number | Promise<number> {
  // Checked before it waits, so that a wrong pointer loses no message.
  insistRange(slot.bytes, at, max);
  return slot.guest.receiveInto(new IntoMemory(slot, at, max));
}

class IntoMemory implements Delivery<number> {
  readonly #slot: Slot;
  readonly #at: number;
  readonly #max: number;

  constructor(slot: Slot, at: number, max: number) {
    this.#slot = slot;
    this.#at = at >>> 0;
    this.#max = max >>> 0;
  }

  give(message: Uint8Array): number {
    const { length } = message;
    const count = Math.min(length, this.#max);
    copyBytes(message, 0, count, this.#slot.bytes, this.#at);
    return length;
  }
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

// Names lie on the heap of the scheduler.
function register(slot: Slot, name: string): number | Promise<number> {
  const { guest } = slot;
  const { runtime, pid } = guest.self;
  if (runtime.names(pid).length >= NAMES_MAX) return 0;
  const isGranted = guest.register(name);
  return isGranted instanceof Promise
    ? isGranted.then(Number)
    : Number(isGranted);
}

// Nobody takes the names of others.
function unregister(slot: Slot, name: string): number {
  const { self: { runtime, pid } } = slot.guest;
  const isOwn = runtime.whereis(name)?.equals(pid) ?? false;
  return Number(isOwn && runtime.unregister(name));
}

async function streamRead(
  slot: Slot,
  id: number,
  at: number,
  max: number,
): Promise<number> {
  insistRange(slot.bytes, at, max);
  const { guest } = slot;
  const bytes = await guest.wait(guest.streams.read(id, max >>> 0));
  if (bytes === undefined) return NO_STREAM;
  slot.bytes.set(bytes, at >>> 0);
  return bytes.length;
}

function waited(
  { guest }: Slot,
  id: number | Promise<number>,
): number | Promise<number> {
  return id instanceof Promise ? guest.wait(id) : id;
}

function text(slot: Slot, at: number, length: number): string {
  const bytes = range(slot, at, length);
  if (bytes.length > NAME_BYTES_MAX) {
    throw new RangeError(
      `Cannot take a name of more than ${NAME_BYTES_MAX} bytes: ${bytes.length}`,
    );
  }
  // A decoder takes no memory that is shared.
  return decoder.decode(bytes.slice());
}

/** @throws {RangeError} It does not lie within the memory. */
function range(
  { bytes }: Slot,
  at: number,
  length: number,
): Uint8Array<ArrayBuffer> {
  return bytes.subarray(at >>> 0, insistRange(bytes, at, length));
}

/**
 * Where a range ends.
 *
 * @throws {RangeError} It does not lie within the memory.
 */
function insistRange(bytes: Uint8Array, at: number, length: number): number {
  const start = at >>> 0;
  // A product of lengths can be above 32 bits.
  const end = start + (length >= 0 ? length : length >>> 0);
  if (end > bytes.length) {
    throw new RangeError(
      `Cannot reach outside of the memory of ${bytes.length} bytes: ${start} to ${end}`,
    );
  }
  return end;
}
