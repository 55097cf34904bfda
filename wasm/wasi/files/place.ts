/**
 * Paths of a guest, resolved to places on the host that lie inside the
 * directory they start from.
 *
 * A path is walked name by name. A link is never left to the host: it is read,
 * and its target is walked in the same way, so that neither `..` nor a link
 * leads out of the directory. The place that comes out holds no link except,
 * where the caller asks for it, as its last name.
 *
 * Deno has no `openat`, so between the walk and the use of its result another
 * process can put a link where a directory was (time of check, time of use).
 * The opened file is compared with the one that was looked up before anything
 * is read, cut or written; other calls can be led astray by whoever can change
 * a granted directory from outside. The second layer, the permissions of the
 * Worker, does not help against that: Deno compares the text of a path with
 * what is granted, and does not look where its links lead. What it does is to
 * refuse every path outside the preopens, should this walk be wrong, and to
 * refuse to create symbolic links where permissions are limited to paths. A
 * guest in such a Worker has its links made by the main thread, and only those
 * that lead nobody astray; see `new_link.ts`.
 *
 * @module
 */

import { WasiError } from "../errors.ts";
import type { Directory, Root } from "./directory.ts";
import {
  type Filestat,
  filestatOfPath,
  filestatOfRoot,
  isDirectory,
} from "./filestat.ts";
import { LINKS_MAX, NAMES_MAX } from "./limits.ts";

/** Where a path leads. */
export interface Place {
  /** The preopen it lies in. */
  readonly root: Root;
  /** Names from the preopen down to it. */
  readonly names: readonly string[];
  /** Its path on the host. */
  readonly host: string;
  /** What is there, or undefined when nothing is but its directory. */
  readonly filestat: Filestat | undefined;
  /** Whether the path ends in a slash, `.` or `..`: only a directory will do. */
  readonly mustBeDirectory: boolean;
  /** Whether the path ends in `.` or `..`, or is the directory it started from: it has no name that could be given to another. */
  readonly isDot: boolean;
}

/**
 * Resolves `path`.
 *
 * @param directory From which it starts, and which it cannot leave.
 * @param follow Whether a link at its end is followed.
 * @throws {WasiError} ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG; ENOTCAPABLE when
 * the path or a link is absolute or leads out of `directory`.
 */
export function locate(
  directory: Directory,
  path: string,
  follow: boolean,
): Place {
  if (path === "") throw new WasiError("ENOENT");
  const walk = new Walk(directory.root);
  for (const name of directory.names) walk.enter(name);
  return walk.along(path, follow);
}

/** Resolves `path` to what is there. @throws {WasiError} ENOENT, or as `locate` throws. */
export function find(
  directory: Directory,
  path: string,
  follow: boolean,
): Place & { readonly filestat: Filestat } {
  const place = locate(directory, path, follow);
  const { filestat } = place;
  if (filestat === undefined) throw new WasiError("ENOENT");
  return { ...place, filestat };
}

/**
 * Checks that a link in the directory `names` to `target` would stay in the
 * preopen, as far as the text tells.
 *
 * @throws {WasiError} ENOTCAPABLE; EPERM when `target` is absolute.
 */
export function insistInside(names: readonly string[], target: string): void {
  if (target.startsWith("/")) throw new WasiError("EPERM");
  let depth = names.length;
  for (const name of namesOf(target)) {
    depth += name === ".." ? -1 : 1;
    if (depth < 0) throw new WasiError("ENOTCAPABLE");
  }
}

/**
 * Checks that `path` leads only downward: from wherever it lies, as far as no
 * link on its way leads up.
 *
 * @throws {WasiError} ENOTCAPABLE; EPERM when it is absolute.
 */
export function insistDownward(path: string): void {
  if (path.startsWith("/")) throw new WasiError("EPERM");
  const isUp = namesOf(path).some((name) =>
    name === ".." || isPathOnHost(name)
  );
  if (isUp) throw new WasiError("ENOTCAPABLE");
}

// Invariant: every one of the names was a directory, and no link, when it was
// looked up; after the walk the last one may be anything.
class Walk {
  readonly #root: Root;
  readonly #names: string[] = [];
  // What the last of the names is, when it was looked up by name.
  #found: { filestat: Filestat | undefined } | undefined;
  #mustBeDirectory = false;
  #linkCount = 0;
  #lookUpCount = 0;

  constructor(root: Root) {
    this.#root = root;
  }

  // The guest may have put anything where its directory was.
  enter(name: string): void {
    if (!isDirectory(this.#lookUp(name))) throw new WasiError("ENOENT");
    this.#names.push(name);
  }

  along(path: string, follow: boolean): Place {
    const floor = this.#names.length;
    this.#mustBeDirectory = ENDS_IN_DIRECTORY.test(path);
    // The next name is at the end.
    const pending = this.#pending(path);
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      this.#found = undefined;
      const isLast = pending.length === 0;
      const follows = follow || this.#mustBeDirectory || !isLast;
      if (name === "..") this.#leave(floor);
      else pending.push(...this.#step(name, isLast, follows));
    }
    const isDot = this.#names.length === floor || ENDS_IN_DOT.test(path);
    return this.#place(isDot);
  }

  #pending(path: string): string[] {
    if (path.startsWith("/")) throw new WasiError("ENOTCAPABLE");
    return namesOf(path).reverse();
  }

  #leave(floor: number): void {
    if (this.#names.length === floor) throw new WasiError("ENOTCAPABLE");
    this.#names.pop();
  }

  // Returns the names of a link that is to be followed, the last one first.
  #step(name: string, isLast: boolean, follows: boolean): string[] {
    const filestat = this.#lookUp(name);
    if (follows && filestat?.type === "symbolic-link") {
      const target = this.#readLink(name);
      this.#mustBeDirectory ||= isLast && ENDS_IN_DIRECTORY.test(target);
      return this.#pending(target);
    }
    if (!isLast) insistDirectory(filestat);
    this.#names.push(name);
    this.#found = { filestat };
    return [];
  }

  #lookUp(name: string): Filestat | undefined {
    if (++this.#lookUpCount > NAMES_MAX) throw new WasiError("ENAMETOOLONG");
    if (isPathOnHost(name)) throw new WasiError("ENOTCAPABLE");
    return filestatOfPath(this.#hostOf(name));
  }

  #readLink(name: string): string {
    if (++this.#linkCount > LINKS_MAX) throw new WasiError("ELOOP");
    return Deno.readLinkSync(this.#hostOf(name));
  }

  #hostOf(name: string): string {
    return [this.#root.host, ...this.#names, name].join("/");
  }

  #place(isDot: boolean): Place {
    const { filestat } = this.#found ?? { filestat: this.#here() };
    const mustBeDirectory = this.#mustBeDirectory;
    if (mustBeDirectory && filestat !== undefined) insistDirectory(filestat);
    const root = this.#root;
    const names = this.#names;
    const host = this.#hostPath();
    return { root, names, host, filestat, mustBeDirectory, isDot };
  }

  #here(): Filestat | undefined {
    if (this.#names.length > 0) return filestatOfPath(this.#hostPath());
    return filestatOfRoot(this.#hostPath());
  }

  // The root of the host has no name of its own.
  #hostPath(): string {
    return [this.#root.host, ...this.#names].join("/") || "/";
  }
}

// Where these part names or name drives, what is one name to the guest could
// lead anywhere.
function isPathOnHost(name: string): boolean {
  return Deno.build.os === "windows" && /[\\:]/.test(name);
}

const ENDS_IN_DIRECTORY = /(^|\/)\.{0,2}$/;
const ENDS_IN_DOT = /(^|\/)\.{1,2}\/*$/;

function insistDirectory(filestat: Filestat | undefined): void {
  if (filestat === undefined) throw new WasiError("ENOENT");
  if (!isDirectory(filestat)) throw new WasiError("ENOTDIR");
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
