/**
 * What a guest's file descriptors stand for.
 *
 * @module
 */

import { closeSync } from "node:fs";

import { WasiError } from "../errors.ts";
import type { Directory } from "../files/directory.ts";
import type { FileType } from "../files/filestat.ts";
import type { Origin } from "../files/open.ts";
import { OPEN_FILES_MAX } from "./limits.ts";

/** What every descriptor has. */
interface Granted {
  /** What can be done with it: bits of `RIGHT`. Only ever dropped. */
  rights: number;
  /** What can be done with what is opened through it. Only ever dropped. */
  inheriting: number;
  /** Bits of `FDFLAG`. */
  flags: number;
}

/** Standard input, output or error of a process. */
export interface StreamDescriptor extends Granted {
  /** Tag. */
  readonly type: "stream";
  /** Which of them. */
  readonly stream: "stdin" | "stdout" | "stderr";
}

/** An open regular file. Owns the host's descriptor. */
export interface FileDescriptor extends Granted {
  /** Tag. */
  readonly type: "file";
  /** Descriptor of the host. */
  hostFd: number;
  /** Offset of the next read or write, in bytes; at most `MAX_SAFE_INTEGER`. */
  position: number;
  /** Whether the host appends: then it always does, wherever it is told to write. */
  isHostAppending: boolean;
  /** Opens it again. */
  readonly origin: Origin;
  /** Whether it lies in a preopen that denies writing. */
  readonly readOnly: boolean;
}

/** An open directory: a way down from a preopen. Owns nothing of the host. */
export interface DirectoryDescriptor extends Granted, Directory {
  /** Tag. */
  readonly type: "directory";
  /** Path under which the guest knows it, when it is a preopen itself. */
  readonly preopenPath: string | undefined;
  /** What `fd_readdir` has under way, in the order of its cookies. */
  listing: readonly Entry[] | undefined;
}

/** An entry of a directory. */
export interface Entry {
  /** In bytes, as the guest gets it. */
  readonly name: Uint8Array;
  /** What it is. */
  readonly type: FileType;
  /** Serial number of the file on the host. */
  readonly ino: bigint;
}

/** Anything that a guest's file descriptor stands for. */
export type Descriptor =
  | StreamDescriptor
  | FileDescriptor
  | DirectoryDescriptor;

/**
 * The file descriptors of a process.
 *
 * Invariant: at most `OPEN_FILES_MAX` numbers, each below the highest that was
 * ever added.
 */
export class Descriptors {
  readonly #slots: (Descriptor | undefined)[] = [];

  /**
   * Gives `descriptor` the lowest number that is free, and takes it over.
   *
   * @throws {WasiError} EMFILE; what the descriptor owns is still the caller's.
   */
  add(descriptor: Descriptor): number {
    const fd = this.#insistFree();
    this.#slots[fd] = descriptor;
    return fd;
  }

  /** Checks that another can be added. @throws {WasiError} EMFILE. */
  insistRoom(): void {
    this.#insistFree();
  }

  #insistFree(): number {
    const free = this.#slots.indexOf(undefined);
    const fd = free === -1 ? this.#slots.length : free;
    if (fd >= OPEN_FILES_MAX) throw new WasiError("EMFILE");
    return fd;
  }

  /**
   * What `fd` stands for.
   *
   * @param rights All that it must have.
   * @throws {WasiError} EBADF, or ENOTCAPABLE when it lacks a right.
   */
  get(fd: number, rights = 0): Descriptor {
    const descriptor = this.#slots[fd];
    if (descriptor === undefined) throw new WasiError("EBADF");
    if ((descriptor.rights & rights) !== rights) {
      throw new WasiError("ENOTCAPABLE");
    }
    return descriptor;
  }

  /** The file `fd`. @throws {WasiError} EISDIR, ESPIPE, or as `get` throws. */
  file(fd: number, rights: number): FileDescriptor {
    const descriptor = this.get(fd, rights);
    if (descriptor.type === "file") return descriptor;
    throw new WasiError(descriptor.type === "stream" ? "ESPIPE" : "EISDIR");
  }

  /** The directory `fd`. @throws {WasiError} ENOTDIR, or as `get` throws. */
  directory(fd: number, rights: number): DirectoryDescriptor {
    const descriptor = this.get(fd, rights);
    if (descriptor.type !== "directory") throw new WasiError("ENOTDIR");
    return descriptor;
  }

  /** Closes `fd`. @throws {WasiError} EBADF. */
  close(fd: number): void {
    const descriptor = this.get(fd);
    this.#slots[fd] = undefined;
    release(descriptor);
  }

  /** Makes `to` stand for what `from` did, closes what it was, and frees `from`. @throws {WasiError} EBADF, either is free. */
  renumber(from: number, to: number): void {
    const moved = this.get(from);
    const replaced = this.get(to);
    if (from === to) return;
    this.#slots[to] = moved;
    this.#slots[from] = undefined;
    release(replaced);
  }

  /** Closes all. Never throws. */
  closeAll(): void {
    for (const descriptor of this.#slots.splice(0)) {
      try {
        if (descriptor !== undefined) release(descriptor);
      } catch {
        // Whoever would hear of a write that failed late has gone, and the
        // descriptor is free on the host all the same.
      }
    }
  }

  /** Entries that all directories have under way. */
  get entriesUnderWay(): number {
    return this.#slots.reduce((count, descriptor) => {
      const isListing = descriptor?.type === "directory";
      return count + (isListing ? descriptor.listing?.length ?? 0 : 0);
    }, 0);
  }
}

function release(descriptor: Descriptor): void {
  if (descriptor.type === "file") closeSync(descriptor.hostFd);
}
