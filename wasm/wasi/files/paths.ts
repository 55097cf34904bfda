/**
 * What guests do with paths, but for opening them.
 *
 * A preopen that denies writing answers EROFS, as POSIX has it for a file
 * system that is mounted so: libraries then tell what is wrong.
 *
 * Every function throws `WasiError`, or what Deno throws; `errnoNameOf` names
 * both.
 *
 * @module
 */

import { lutimesSync } from "node:fs";

import { WasiError } from "../errors.ts";
import type { Directory } from "./directory.ts";
import { type Filestat, isDirectory } from "./filestat.ts";
import type { MakeLink } from "./new_link.ts";
import { find, insistInside, locate, type Place } from "./place.ts";
import { type NewTimes, timesOf } from "./times.ts";

/** Checks that the content of `directory` may be changed. @throws {WasiError} EROFS. */
export function insistWritable({ root }: Directory): void {
  if (root.readOnly) throw new WasiError("EROFS");
}

/** Makes a directory. */
export function createDirectory(directory: Directory, path: string): void {
  insistWritable(directory);
  const place = locate(directory, path, false);
  if (place.filestat !== undefined) throw new WasiError("EEXIST");
  Deno.mkdirSync(place.host);
}

/** Attributes of what is at `path`. */
export function statAt(
  directory: Directory,
  path: string,
  follow: boolean,
): Filestat {
  return find(directory, path, follow).filestat;
}

/** Sets the times of what is at `path`. */
export function setTimesAt(
  directory: Directory,
  path: string,
  follow: boolean,
  times: NewTimes,
): void {
  insistWritable(directory);
  const { host, filestat } = find(directory, path, follow);
  lutimesSync(host, ...timesOf(filestat, times));
}

/** A path, and the directory that it starts from. */
export interface From {
  /** The directory. */
  readonly directory: Directory;
  /** The path. */
  readonly path: string;
}

/**
 * Gives a file another name.
 *
 * A link makes a file appear in another preopen, with what that one allows, so
 * both must allow writing.
 */
export function link(source: From, follow: boolean, target: From): void {
  insistWritable(source.directory);
  insistWritable(target.directory);
  const { host } = find(source.directory, source.path, follow);
  const place = locate(target.directory, target.path, false);
  insistNew(place);
  Deno.linkSync(host, place.host);
}

function insistNew(place: Place): void {
  if (place.filestat !== undefined) throw new WasiError("EEXIST");
  if (place.mustBeDirectory) throw new WasiError("ENOENT");
}

/** Where a link leads. An absolute target names a path of the host, so it is not told. */
export function readLink(directory: Directory, path: string): string {
  const place = find(directory, path, false);
  if (place.filestat.type !== "symbolic-link") throw new WasiError("EINVAL");
  const target = Deno.readLinkSync(place.host);
  if (target.startsWith("/")) throw new WasiError("ENOTCAPABLE");
  return target;
}

/** Removes an empty directory. */
export function removeDirectory(directory: Directory, path: string): void {
  insistWritable(directory);
  const place = find(directory, path, false);
  if (place.isDot) throw new WasiError("EINVAL");
  if (!isDirectory(place.filestat)) throw new WasiError("ENOTDIR");
  Deno.removeSync(place.host);
}

/** Moves what is at a path. */
export function rename(source: From, target: From): void {
  insistWritable(source.directory);
  insistWritable(target.directory);
  const from = locate(source.directory, source.path, false);
  const to = locate(target.directory, target.path, false);
  if (from.filestat === undefined) throw new WasiError("ENOENT");
  if (from.isDot || to.isDot) throw new WasiError("EINVAL");
  const mustBeDirectory = from.mustBeDirectory || to.mustBeDirectory;
  if (mustBeDirectory && !isDirectory(from.filestat)) {
    throw new WasiError("ENOTDIR");
  }
  Deno.renameSync(from.host, to.host);
}

/**
 * Makes a symbolic link at `path`, by `make` where that is given.
 *
 * ENOTCAPABLE without it where the thread's permissions are limited to paths:
 * Deno does not make links then.
 */
export function symlink(
  directory: Directory,
  target: string,
  path: string,
  make: MakeLink | undefined,
): void | Promise<void> {
  insistWritable(directory);
  const place = locate(directory, path, false);
  if (target === "") throw new WasiError("ENOENT");
  insistInside(place.names.slice(0, -1), target);
  insistNew(place);
  if (make === undefined) return Deno.symlinkSync(target, place.host);
  const { root: { host }, names } = place;
  return made(make({ root: host, path: names.join("/"), target }));
}

async function made(answer: ReturnType<MakeLink>): Promise<void> {
  const errno = await answer;
  if (errno !== undefined) throw new WasiError(errno);
}

/** Removes what is at `path`, unless it is a directory. */
export function unlinkFile(directory: Directory, path: string): void {
  insistWritable(directory);
  const place = find(directory, path, false);
  if (isDirectory(place.filestat)) throw new WasiError("EISDIR");
  Deno.removeSync(place.host);
}
