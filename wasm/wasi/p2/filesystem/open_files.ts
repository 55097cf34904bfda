/**
 * Files that a process has open.
 *
 * @module
 */

import { closeSync } from "node:fs";

import { WasiError } from "../../errors.ts";
import { OPEN_FILES_MAX } from "../limits.ts";

/**
 * An open regular file: a descriptor of the host, shared by a guest's descriptor
 * and the streams on it, and closed with the last of them.
 */
export class OpenFile {
  /** Descriptor of the host. Only while somebody holds the file. */
  readonly hostFd: number;
  /** Whether it lies in a preopen that denies writing. */
  readonly readOnly: boolean;
  readonly #onClose: (file: OpenFile) => void;
  #holders = 1;

  /** Takes `hostFd` over, and is held once. */
  constructor(
    hostFd: number,
    readOnly: boolean,
    onClose: (file: OpenFile) => void,
  ) {
    this.hostFd = hostFd;
    this.readOnly = readOnly;
    this.#onClose = onClose;
  }

  /** Holds it once more. */
  hold(): this {
    this.#holders++;
    return this;
  }

  /** Holds it once less: closes it when nobody does. */
  release(): void {
    if (--this.#holders === 0) this.#onClose(this);
  }
}

/** The open files of one process. Invariant: there are `OPEN_FILES_MAX` at most. */
export class OpenFiles {
  readonly #files = new Set<OpenFile>();

  /** How many there are. */
  get count(): number {
    return this.#files.size;
  }

  /** Checks that another can be added. @throws {WasiError} EMFILE. */
  insistRoom(): void {
    if (this.#files.size >= OPEN_FILES_MAX) throw new WasiError("EMFILE");
  }

  /** Takes `hostFd` over. */
  add(hostFd: number, readOnly: boolean): OpenFile {
    const file = new OpenFile(hostFd, readOnly, (each) => this.#close(each));
    this.#files.add(file);
    return file;
  }

  #close(file: OpenFile): void {
    // Those that outlive the process were closed with it.
    if (this.#files.delete(file)) closeQuietly(file.hostFd);
  }

  /** Closes all, whoever holds them. */
  closeAll(): void {
    for (const file of this.#files) closeQuietly(file.hostFd);
    this.#files.clear();
  }
}

function closeQuietly(hostFd: number): void {
  try {
    closeSync(hostFd);
  } catch {
    // A write that failed late: WASI has no way to tell of it, and the
    // descriptor is free on the host all the same.
  }
}
