/**
 * Listing directories.
 *
 * @module
 */

import { WasiError } from "../../errors.ts";
import type { Directory } from "../../files/directory.ts";
import type { FileType } from "../../files/filestat.ts";
import { DIRECTORY_ENTRIES_MAX } from "../../files/limits.ts";
import { find } from "../../files/place.ts";

/** The record `directory-entry`. */
export interface DirectoryEntry {
  /** What it is; unknown for a pipe, a device or a socket. */
  readonly type: FileType;
  /** Its name. */
  readonly name: string;
}

/** Entries that one process has listed and not read. Invariant: they are `DIRECTORY_ENTRIES_MAX` at most. */
export class DirectoryEntries {
  #count = 0;

  /** Counts `count` more. @throws {WasiError} ENOMEM, they would be too many. */
  add(count: number): void {
    if (this.#count + count > DIRECTORY_ENTRIES_MAX) {
      throw new WasiError("ENOMEM");
    }
    this.#count += count;
  }

  /** Counts `count` less. */
  remove(count: number): void {
    this.#count -= count;
  }
}

/**
 * The resource `directory-entry-stream`: a directory as it was when it was
 * listed, so that a guest may remove what it has seen.
 *
 * Shape: in the order of the host, without `.` and `..`, and without those whose
 * name is not UTF-8: Deno has no path for them.
 */
export class DirectoryEntryStream {
  readonly #budget: DirectoryEntries;
  // The next one is last.
  readonly #left: Deno.DirEntry[];

  /** Lists `directory`. @throws {WasiError} ENOMEM, or as `find` throws. */
  constructor(directory: Directory, budget: DirectoryEntries) {
    const { host } = find(directory, ".", true);
    const entries = [...Deno.readDirSync(host)];
    budget.add(entries.length);
    this.#budget = budget;
    this.#left = entries.reverse();
  }

  /** The next entry; undefined at the end. */
  next(): DirectoryEntry | undefined {
    const entry = this.#left.pop();
    if (entry === undefined) return undefined;
    this.#budget.remove(1);
    return { type: typeOf(entry), name: entry.name };
  }

  /** Forgets the rest. */
  drop(): void {
    this.#budget.remove(this.#left.length);
    this.#left.length = 0;
  }
}

function typeOf(entry: Deno.DirEntry): FileType {
  if (entry.isFile) return "regular-file";
  if (entry.isDirectory) return "directory";
  return entry.isSymlink ? "symbolic-link" : "unknown";
}
