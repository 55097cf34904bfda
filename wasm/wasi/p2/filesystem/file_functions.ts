/**
 * Methods of `descriptor` on what is open, by the name that they have in WIT.
 *
 * They throw `WasiError`, or what Deno throws.
 *
 * @module
 */

import { fdatasync, fsync, ftruncateSync } from "node:fs";

import { WasiError } from "../../errors.ts";
import {
  setTimesOfDirectory,
  setTimesOfFile,
  syncDirectory,
} from "../../files/changes.ts";
import type { FileType } from "../../files/filestat.ts";
import { insistOffset, readAt, writeAt } from "../../files/transfer.ts";
import { answering, codeError } from "../error_code.ts";
import { InputStream } from "../io/input_stream.ts";
import { OutputStream } from "../io/output_stream.ts";
import { TRANSFER_BYTES_MAX } from "../limits.ts";
import type { Wasip2State } from "../state.ts";
import {
  type Descriptor,
  type DescriptorFlags,
  flagsOf,
  insistDirectory,
  insistFile,
  insistReadable,
  insistWritableFile,
} from "./descriptor.ts";
import { DirectoryEntryStream } from "./directory_stream.ts";
import { appendingSink, fileSink, fileSource } from "./file_streams.ts";
import type { OpenFile } from "./open_files.ts";
import {
  type DescriptorStat,
  descriptorStat,
  filestatOf,
  type MetadataHash,
  metadataHash,
  newTimesOf,
  type NewTimestamp,
} from "./stat.ts";

/** All but those that wait for the disk. */
export const FILE_FUNCTIONS = {
  "read-via-stream": readViaStream,
  "write-via-stream": writeViaStream,
  "append-via-stream": appendViaStream,
  "advise": advise,
  "get-flags": getFlags,
  "get-type": getType,
  "set-size": setSize,
  "set-times": setTimes,
  "read": read,
  "write": write,
  "read-directory": readDirectory,
  "stat": stat,
  "is-same-object": isSameObject,
  "metadata-hash": hash,
} as const;

function readViaStream(
  _state: Wasip2State,
  descriptor: Descriptor,
  offset: bigint,
): InputStream {
  const file = insistReadable(descriptor);
  return new InputStream(fileSource(file, insistOffset(offset)));
}

function writeViaStream(
  _state: Wasip2State,
  descriptor: Descriptor,
  offset: bigint,
): OutputStream {
  const file = insistWritableFile(descriptor);
  return new OutputStream(fileSink(file, insistOffset(offset)));
}

function appendViaStream(
  _state: Wasip2State,
  descriptor: Descriptor,
): OutputStream {
  return new OutputStream(appendingSink(insistWritableFile(descriptor)));
}

// Advice is not taken.
function advise(_state: Wasip2State, descriptor: Descriptor): void {
  insistFile(descriptor);
}

function getFlags(
  _state: Wasip2State,
  descriptor: Descriptor,
): DescriptorFlags {
  return flagsOf(descriptor);
}

function getType(_state: Wasip2State, { type }: Descriptor): FileType {
  return type === "file" ? "regular-file" : "directory";
}

function setSize(
  _state: Wasip2State,
  descriptor: Descriptor,
  size: bigint,
): void {
  const { file, flags } = insistFile(descriptor);
  if (file.readOnly) throw new WasiError("EROFS");
  if (!flags.write) throw new WasiError("EINVAL");
  ftruncateSync(file.hostFd, insistOffset(size));
}

function setTimes(
  state: Wasip2State,
  descriptor: Descriptor,
  access: NewTimestamp,
  change: NewTimestamp,
): void {
  const times = newTimesOf(state, access, change);
  if (descriptor.type === "directory") {
    return setTimesOfDirectory(descriptor.directory, times);
  }
  const { file } = descriptor;
  if (file.readOnly) throw new WasiError("EROFS");
  setTimesOfFile(file.hostFd, times);
}

function read(
  _state: Wasip2State,
  descriptor: Descriptor,
  length: bigint,
  offset: bigint,
): [bytes: Uint8Array, isAtEnd: boolean] {
  const { hostFd } = insistReadable(descriptor);
  const isMore = length > BigInt(TRANSFER_BYTES_MAX);
  const bytes = new Uint8Array(isMore ? TRANSFER_BYTES_MAX : Number(length));
  const size = readAt(hostFd, [bytes], insistOffset(offset));
  // Nothing read is the end to libraries, also for who asked for nothing; else
  // they ask again and again.
  const isAtEnd = size === 0 || size < bytes.length;
  return [bytes.subarray(0, size), isAtEnd];
}

function write(
  _state: Wasip2State,
  descriptor: Descriptor,
  bytes: Uint8Array,
  offset: bigint,
): bigint {
  const { hostFd } = insistWritableFile(descriptor);
  const fitting = bytes.subarray(0, TRANSFER_BYTES_MAX);
  return BigInt(writeAt(hostFd, [fitting], insistOffset(offset)));
}

function readDirectory(
  { entries }: Wasip2State,
  descriptor: Descriptor,
): DirectoryEntryStream {
  return new DirectoryEntryStream(insistDirectory(descriptor), entries);
}

function stat(_state: Wasip2State, descriptor: Descriptor): DescriptorStat {
  return descriptorStat(filestatOf(descriptor));
}

function isSameObject(
  _state: Wasip2State,
  one: Descriptor,
  other: Descriptor,
): boolean {
  try {
    const [first, second] = [filestatOf(one), filestatOf(other)];
    return first.dev === second.dev && first.ino === second.ino;
  } catch (error) {
    // What is not there any more is the same as nothing, and WASI has no
    // error for it; a mistake of ours passes through.
    codeError(error);
    return false;
  }
}

function hash(_state: Wasip2State, descriptor: Descriptor): MetadataHash {
  return metadataHash(filestatOf(descriptor));
}

/** Waits until a file's content and attributes are on the disk, or a directory's names. */
export function syncFile(descriptor: Descriptor): void | Promise<void> {
  if (descriptor.type === "file") return syncing(descriptor.file, fsync);
  answering(() => syncDirectory(descriptor.directory));
}

/** Waits until a file's content is on the disk. */
export function syncData(descriptor: Descriptor): void | Promise<void> {
  if (descriptor.type === "file") return syncing(descriptor.file, fdatasync);
  answering(() => syncDirectory(descriptor.directory));
}

type Sync = (
  hostFd: number,
  done: (error: Error | null) => void,
) => void;

// On another thread, since a disk takes its time. Only the end of the process
// closes the file meanwhile, and then nobody waits for this.
async function syncing(file: OpenFile, sync: Sync): Promise<void> {
  file.hold();
  try {
    await new Promise<void>((resolve, reject) =>
      sync(file.hostFd, (error) => error === null ? resolve() : reject(error))
    );
  } catch (error) {
    // The disk is full, or broken: the guest hears of it.
    throw codeError(error);
  } finally {
    file.release();
  }
}
