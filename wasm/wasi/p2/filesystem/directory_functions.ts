/**
 * Methods of `descriptor` on paths, by the name that they have in WIT.
 *
 * They throw `WasiError`, or what Deno throws.
 *
 * @module
 */

import * as paths from "../../files/paths.ts";
import type { Wasip2State } from "../state.ts";
import {
  type Descriptor,
  insistDirectory,
  openAt,
  type PathFlags,
} from "./descriptor.ts";
import { insistPath } from "./path.ts";
import {
  type DescriptorStat,
  descriptorStat,
  type MetadataHash,
  metadataHash,
  newTimesOf,
  type NewTimestamp,
} from "./stat.ts";

/** All but the one that waits. */
export const DIRECTORY_FUNCTIONS = {
  "create-directory-at": createDirectoryAt,
  "stat-at": statAt,
  "set-times-at": setTimesAt,
  "link-at": linkAt,
  "open-at": openAt,
  "readlink-at": readlinkAt,
  "remove-directory-at": removeDirectoryAt,
  "rename-at": renameAt,
  "unlink-file-at": unlinkFileAt,
  "metadata-hash-at": metadataHashAt,
} as const;

function createDirectoryAt(
  _state: Wasip2State,
  base: Descriptor,
  path: string,
): void {
  paths.createDirectory(insistDirectory(base), insistPath(path));
}

function statAt(
  _state: Wasip2State,
  base: Descriptor,
  { symlinkFollow }: PathFlags,
  path: string,
): DescriptorStat {
  const directory = insistDirectory(base);
  return descriptorStat(
    paths.statAt(directory, insistPath(path), symlinkFollow),
  );
}

function setTimesAt(
  state: Wasip2State,
  base: Descriptor,
  { symlinkFollow }: PathFlags,
  path: string,
  access: NewTimestamp,
  change: NewTimestamp,
): void {
  const directory = insistDirectory(base);
  const times = newTimesOf(state, access, change);
  paths.setTimesAt(directory, insistPath(path), symlinkFollow, times);
}

function linkAt(
  _state: Wasip2State,
  base: Descriptor,
  { symlinkFollow }: PathFlags,
  oldPath: string,
  newBase: Descriptor,
  newPath: string,
): void {
  paths.link(from(base, oldPath), symlinkFollow, from(newBase, newPath));
}

function from(base: Descriptor, path: string): paths.From {
  return { directory: insistDirectory(base), path: insistPath(path) };
}

function readlinkAt(
  _state: Wasip2State,
  base: Descriptor,
  path: string,
): string {
  return paths.readLink(insistDirectory(base), insistPath(path));
}

function removeDirectoryAt(
  _state: Wasip2State,
  base: Descriptor,
  path: string,
): void {
  paths.removeDirectory(insistDirectory(base), insistPath(path));
}

function renameAt(
  _state: Wasip2State,
  base: Descriptor,
  oldPath: string,
  newBase: Descriptor,
  newPath: string,
): void {
  paths.rename(from(base, oldPath), from(newBase, newPath));
}

function unlinkFileAt(
  _state: Wasip2State,
  base: Descriptor,
  path: string,
): void {
  paths.unlinkFile(insistDirectory(base), insistPath(path));
}

/** `symlink-at`, which waits for whoever makes the link. */
export function symlinkAt(
  { options }: Wasip2State,
  base: Descriptor,
  target: string,
  path: string,
): void | Promise<void> {
  const directory = insistDirectory(base);
  const place = insistPath(path);
  const { makeLink } = options;
  return paths.symlink(directory, insistPath(target), place, makeLink);
}

function metadataHashAt(
  _state: Wasip2State,
  base: Descriptor,
  { symlinkFollow }: PathFlags,
  path: string,
): MetadataHash {
  const directory = insistDirectory(base);
  return metadataHash(paths.statAt(directory, insistPath(path), symlinkFollow));
}
