/**
 * Files, for guests that were granted directories.
 *
 * @module
 */

import type { Capability, Preopen } from "../capability.ts";
import { FILE_BYTES_MAX } from "../limits.ts";
import { NotCapable } from "./denied.ts";

/**
 * Reads a whole file.
 *
 * @param path Absolute, in the guest's view.
 * @throws {NotCapable} No preopen holds the path, also not behind a symbolic link.
 * @throws {Deno.errors.NotFound} There is no such file.
 * @throws {TypeError} It is a directory or a device.
 * @throws {RangeError} It has more than {@linkcode FILE_BYTES_MAX} bytes.
 */
export async function readFile(
  capability: Capability,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { preopen, host } = resolve(capability, path, "read");
  return await hidingHost("read", path, async () => {
    await insist(preopen, host, () => denied(capability, path, "read"));
    return await readWhole(host, path);
  });
}

async function readWhole(
  host: string,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { size, isFile } = await Deno.stat(host);
  // A pipe would hold a thread for ever, and a device may have no end.
  if (!isFile) throw new TypeError(`Cannot read what is no file: ${path}`);
  if (size > FILE_BYTES_MAX) {
    throw new RangeError(
      `Cannot read a file of more than ${FILE_BYTES_MAX} bytes: ${path}`,
    );
  }
  return await Deno.readFile(host);
}

/**
 * Writes a whole file, over the one that is there.
 *
 * @param path Absolute, in the guest's view.
 * @throws {NotCapable} No preopen that can be written holds the path.
 * @throws {Deno.errors.NotFound} Its directory does not exist.
 * @throws {TypeError} A directory or a device is there.
 */
export async function writeFile(
  capability: Capability,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const { preopen, host } = resolve(capability, path, "write");
  const refuse = () => denied(capability, path, "write");
  if (preopen.readOnly) throw refuse();
  await hidingHost("write", path, async () => {
    await insist(preopen, await writeTarget(host, path), refuse);
    await Deno.writeFile(host, bytes);
  });
}

// A link is followed by a write, so its target counts; a new file lies where
// its directory does.
async function writeTarget(host: string, path: string): Promise<string> {
  try {
    const { isFile, isSymlink } = await Deno.lstat(host);
    if (isFile || isSymlink) return host;
    throw new TypeError(`Cannot write over what is no file: ${path}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return host.slice(0, host.lastIndexOf("/")) || "/";
  }
}

// Errors of the system name paths of the host. The guest learns what kind of
// error it was, and sees its own path.
async function hidingHost<Result>(
  action: string,
  path: string,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    const isOurs = error instanceof NotCapable || error instanceof TypeError ||
      error instanceof RangeError;
    if (isOurs || error instanceof Deno.errors.NotFound) throw error;
    const hidden = new Error(`Cannot ${action} the file: ${path}`);
    hidden.name = (error as Error).name;
    throw hidden;
  }
}

function resolve(
  capability: Capability,
  path: string,
  action: string,
): { preopen: Preopen; host: string } {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  const inside = path.startsWith("/") && !names.includes("..") &&
    !path.includes("\0");
  const clean = `/${names.join("/")}`;
  const preopen = inside ? longestPreopen(capability, clean) : undefined;
  if (preopen === undefined) throw denied(capability, path, action);
  return { preopen, host: preopen.host + clean.slice(rootOf(preopen).length) };
}

function longestPreopen(
  { preopens }: Capability,
  clean: string,
): Preopen | undefined {
  return preopens
    .filter((preopen) => isWithin(rootOf(preopen), clean))
    .sort((one, other) => rootOf(other).length - rootOf(one).length)[0];
}

// "/" is a prefix of all paths as the empty string.
function rootOf({ guest }: Preopen): string {
  return guest.replace(/\/+$/, "");
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

// A symbolic link may not lead out of the preopen.
async function insist(
  preopen: Preopen,
  host: string,
  refuse: () => NotCapable,
): Promise<void> {
  const [root, real] = await Promise.all([
    Deno.realPath(preopen.host),
    Deno.realPath(host),
  ]);
  if (!isWithin(root === "/" ? "" : root, real)) throw refuse();
}

function denied(
  capability: Capability,
  path: string,
  action: string,
): NotCapable {
  return new NotCapable(
    `${action} ${path}`,
    capability,
    action === "read" ? "a directory with it" : "writing there",
  );
}
