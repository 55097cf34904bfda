/**
 * Where this program keeps what it can make again.
 *
 * @module
 */

import { join, resolve } from "node:path";

/** Reads a variable; undefined when it is not set, or may not be read. */
export type ReadVariable = (name: string) => string | undefined;

/**
 * The directory for what can be made again: `$RUSM_CACHE_DIR`, else `rusm` in
 * the user's directory for that. Pure.
 *
 * @param os As `Deno.build.os` has it.
 * @param cwd Absolute path that `$RUSM_CACHE_DIR` is relative to.
 * @returns Absolute; undefined when nobody says where.
 *
 * @see XDG Base Directory Specification: a path of it that is relative does not
 * count.
 */
export function cacheDirectory(
  os: typeof Deno.build.os,
  cwd: string,
  read: ReadVariable,
): string | undefined {
  const given = read("RUSM_CACHE_DIR");
  if (given) return resolve(cwd, given);
  const above = userCaches(os, read);
  return above === undefined ? undefined : join(above, "rusm");
}

function userCaches(
  os: typeof Deno.build.os,
  read: ReadVariable,
): string | undefined {
  if (os === "windows") return read("LOCALAPPDATA") || undefined;
  const xdg = read("XDG_CACHE_HOME");
  if (xdg?.startsWith("/")) return xdg;
  const home = read("HOME");
  if (!home) return undefined;
  return join(home, os === "darwin" ? "Library/Caches" : ".cache");
}

/**
 * Where this process keeps what it can make again.
 *
 * @param cwd Where the user is.
 * @returns Undefined when nobody says where, or it may not. Never prompts.
 */
export function ownCacheDirectory(cwd: string): string | undefined {
  const directory = cacheDirectory(Deno.build.os, cwd, readVariable);
  return directory !== undefined && mayKeepIn(directory)
    ? directory
    : undefined;
}

function readVariable(variable: string): string | undefined {
  const query = { name: "env", variable } as const;
  if (Deno.permissions.querySync(query).state !== "granted") return undefined;
  return Deno.env.get(variable);
}

function mayKeepIn(directory: string): boolean {
  const needed = [
    { name: "read", path: directory },
    { name: "write", path: directory },
    { name: "sys", kind: "uid" },
  ] as const;
  return needed.every((permission) =>
    Deno.permissions.querySync(permission).state === "granted"
  );
}
