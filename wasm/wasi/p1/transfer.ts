/**
 * Reading and writing.
 *
 * @module
 */

import { WasiError } from "../errors.ts";
import { endOf, insistOffset, readAt, writeAt } from "../files/transfer.ts";
import { FDFLAG, RIGHT, SUCCESS } from "./abi.ts";
import type { FileDescriptor, StreamDescriptor } from "./descriptor.ts";
import { TRANSFER_BYTES_MAX } from "./limits.ts";
import type { GuestMemory } from "./memory.ts";
import type { Wasip1State } from "./state.ts";

/** `fd_read(fd, iovs) -> size`. Waits for standard input, and for nothing else. */
export function fdRead(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  iovs: number,
  count: number,
  result: number,
): number | Promise<number> {
  const descriptor = state.descriptors.get(fd, RIGHT.FD_READ);
  memory.insist(result, 4);
  if (descriptor.type === "directory") throw new WasiError("EISDIR");
  if (descriptor.type === "stream") {
    const wanted = { iovs, count, result };
    return readInput(state, memory, descriptor, wanted);
  }
  const buffers = memory.buffers(iovs, count, TRANSFER_BYTES_MAX);
  const size = readAt(descriptor.hostFd, buffers, descriptor.position);
  descriptor.position += size;
  memory.setU32(result, size);
  return SUCCESS;
}

interface WantedInput {
  readonly iovs: number;
  readonly count: number;
  readonly result: number;
}

function readInput(
  state: Wasip1State,
  memory: GuestMemory,
  { flags }: StreamDescriptor,
  wanted: WantedInput,
): number | Promise<number> {
  const { input } = state;
  // Checked before the wait, as it is for files.
  const { iovs, count } = wanted;
  const buffers = memory.buffers(iovs, count, TRANSFER_BYTES_MAX);
  if (input.isReady || buffers.length === 0) {
    return takeInput(state, memory, wanted);
  }
  if ((flags & FDFLAG.NONBLOCK) !== 0) {
    input.begin();
    throw new WasiError("EAGAIN");
  }
  return state.anyReady([input]).then(() => takeInput(state, memory, wanted));
}

function takeInput(
  { input }: Wasip1State,
  memory: GuestMemory,
  { iovs, count, result }: WantedInput,
): number {
  const buffers = memory.buffers(iovs, count, TRANSFER_BYTES_MAX);
  memory.setU32(result, input.moveInto(buffers));
  return SUCCESS;
}

/** `fd_pread(fd, iovs, offset) -> size`. */
export function fdPread(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  iovs: number,
  count: number,
  offset: bigint,
  result: number,
): number {
  const rights = RIGHT.FD_READ | RIGHT.FD_SEEK;
  const file = state.descriptors.file(fd, rights);
  memory.insist(result, 4);
  const buffers = memory.buffers(iovs, count, TRANSFER_BYTES_MAX);
  const size = readAt(file.hostFd, buffers, insistOffset(offset));
  memory.setU32(result, size);
  return SUCCESS;
}

/** `fd_write(fd, iovs) -> size`. What goes to a stream goes in one piece. */
export function fdWrite(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  iovs: number,
  count: number,
  result: number,
): number {
  const descriptor = state.descriptors.get(fd, RIGHT.FD_WRITE);
  memory.insist(result, 4);
  const buffers = memory.buffers(iovs, count, TRANSFER_BYTES_MAX);
  const size = descriptor.type === "stream"
    ? writeStream(state, descriptor, buffers)
    : writeFile(state.descriptors.file(fd, RIGHT.FD_WRITE), buffers);
  memory.setU32(result, size);
  return SUCCESS;
}

function writeStream(
  { options }: Wasip1State,
  { stream }: StreamDescriptor,
  buffers: readonly Uint8Array[],
): number {
  // A guest has no right to write to its input.
  const { stdout, stderr } = options.stdio;
  const bytes = joined(buffers);
  if (bytes.length > 0) (stream === "stderr" ? stderr : stdout).write(bytes);
  return bytes.length;
}

function joined(buffers: readonly Uint8Array[]): Uint8Array {
  const [first] = buffers;
  if (buffers.length === 1 && first !== undefined) return first;
  const size = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const buffer of buffers) {
    bytes.set(buffer, at);
    at += buffer.length;
  }
  return bytes;
}

function writeFile(
  file: FileDescriptor,
  buffers: readonly Uint8Array[],
): number {
  const isAppending = (file.flags & FDFLAG.APPEND) !== 0;
  const start = isAppending ? endOf(file.hostFd) : file.position;
  const size = writeAt(file.hostFd, buffers, start);
  // Others may have appended meanwhile.
  file.position = file.isHostAppending ? endOf(file.hostFd) : start + size;
  return size;
}

/** `fd_pwrite(fd, iovs, offset) -> size`. A file that was opened for appending appends, as on Linux. */
export function fdPwrite(
  state: Wasip1State,
  memory: GuestMemory,
  fd: number,
  iovs: number,
  count: number,
  offset: bigint,
  result: number,
): number {
  const rights = RIGHT.FD_WRITE | RIGHT.FD_SEEK;
  const file = state.descriptors.file(fd, rights);
  memory.insist(result, 4);
  const buffers = memory.buffers(iovs, count, TRANSFER_BYTES_MAX);
  const size = writeAt(file.hostFd, buffers, insistOffset(offset));
  memory.setU32(result, size);
  return SUCCESS;
}
