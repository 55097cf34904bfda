/**
 * What a guest has open.
 *
 * @module
 */

import { WasiError } from "../../errors.ts";
import type { Directory } from "../../files/directory.ts";
import { open, type Opening } from "../../files/open.ts";
import type { Wasip2State } from "../state.ts";
import type { OpenFile } from "./open_files.ts";
import { insistPath } from "./path.ts";

/** The resource `descriptor`. */
export type Descriptor = FileDescriptor | DirectoryDescriptor;

/** An open regular file. Holds the file. */
export interface FileDescriptor {
  /** Tag. */
  readonly type: "file";
  /** The file. */
  readonly file: OpenFile;
  /** What it was opened with: the flags `read` and `write`, and the three of writing through. */
  readonly flags: DescriptorFlags;
}

/** An open directory. Holds nothing of the host. */
export interface DirectoryDescriptor {
  /** Tag. */
  readonly type: "directory";
  /** The directory. */
  readonly directory: Directory;
}

/** The flags `descriptor-flags`. */
export interface DescriptorFlags {
  /** Can be read. */
  readonly read?: boolean;
  /** Can be written. */
  readonly write?: boolean;
  /** The host writes content and attributes through. */
  readonly fileIntegritySync?: boolean;
  /** The host writes content through. */
  readonly dataIntegritySync?: boolean;
  /** As `fileIntegritySync`, for what is read, too. */
  readonly requestedWriteSync?: boolean;
  /** Of a directory: its content can be changed. */
  readonly mutateDirectory?: boolean;
}

/** The flags `path-flags`. */
export interface PathFlags {
  /** Whether a link at the end of a path is followed. */
  readonly symlinkFollow: boolean;
}

/** The flags `open-flags`. */
export interface OpenFlags {
  /** A file is made when nothing is there. */
  readonly create: boolean;
  /** Only a directory will do. */
  readonly directory: boolean;
  /** With `create`: only a new file will do. */
  readonly exclusive: boolean;
  /** A file loses its content. */
  readonly truncate: boolean;
}

/** `descriptor` as a file. @throws {WasiError} EBADF, as in Wasmtime. */
export function insistFile(descriptor: Descriptor): FileDescriptor {
  if (descriptor.type !== "file") throw new WasiError("EBADF");
  return descriptor;
}

/** The file of `descriptor`, to read. @throws {WasiError} EBADF. */
export function insistReadable(descriptor: Descriptor): OpenFile {
  const { file, flags } = insistFile(descriptor);
  if (!flags.read) throw new WasiError("EBADF");
  return file;
}

/** The file of `descriptor`, to write. @throws {WasiError} EBADF. */
export function insistWritableFile(descriptor: Descriptor): OpenFile {
  const { file, flags } = insistFile(descriptor);
  if (!flags.write) throw new WasiError("EBADF");
  return file;
}

/** The directory of `descriptor`. @throws {WasiError} ENOTDIR. */
export function insistDirectory(descriptor: Descriptor): Directory {
  if (descriptor.type !== "directory") throw new WasiError("ENOTDIR");
  return descriptor.directory;
}

/** What `descriptor` can be used for. Every directory of a preopen that allows writing can be changed, whatever it was opened with. */
export function flagsOf(descriptor: Descriptor): DescriptorFlags {
  if (descriptor.type === "file") return descriptor.flags;
  const { readOnly } = descriptor.directory.root;
  return { read: true, mutateDirectory: !readOnly };
}

/**
 * Opens what is at `path`.
 *
 * @throws {WasiError} EINVAL for what contradicts itself, EMFILE, or as `open`
 * throws.
 */
export function openAt(
  { files }: Wasip2State,
  base: Descriptor,
  { symlinkFollow }: PathFlags,
  path: string,
  openFlags: OpenFlags,
  flags: DescriptorFlags,
): Descriptor {
  const directory = insistDirectory(base);
  insistConsistent(directory, openFlags, flags);
  files.insistRoom();
  const opened = open(
    directory,
    insistPath(path),
    openingOf(symlinkFollow, openFlags, flags),
  );
  if (opened.type === "directory") return opened;
  const file = files.add(opened.hostFd, opened.readOnly);
  return { type: "file", file, flags: { ...flags, mutateDirectory: false } };
}

function insistConsistent(
  { root }: Directory,
  { create, directory, exclusive, truncate }: OpenFlags,
  { mutateDirectory = false }: DescriptorFlags,
): void {
  if (directory && (create || exclusive || truncate)) {
    throw new WasiError("EINVAL");
  }
  if (mutateDirectory && root.readOnly) throw new WasiError("EROFS");
}

function openingOf(
  follow: boolean,
  openFlags: OpenFlags,
  flags: DescriptorFlags,
): Opening {
  const { read = false, write = false } = flags;
  const sync = syncOf(flags);
  return { ...openFlags, follow, read, write, append: false, sync };
}

function syncOf(flags: DescriptorFlags): Opening["sync"] {
  if (flags.fileIntegritySync || flags.requestedWriteSync) return "all";
  return flags.dataIntegritySync ? "data" : "none";
}
