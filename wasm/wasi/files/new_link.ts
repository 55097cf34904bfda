/**
 * Making symbolic links for guests.
 *
 * Deno makes none in a Worker whose permissions are limited to paths, so a
 * scheduler asks the main thread, which looks again at what it is asked for.
 *
 * A link that a guest makes leads only downward from where it lies: no `..`,
 * nothing absolute. Then it stays in the preopen wherever it, or a directory
 * above it, is moved to, also for programs of the host that follow it; and a
 * guest that puts one where a directory was, while another walks a path, leads
 * nobody out.
 *
 * @module
 */

import { join } from "node:path";

import type { Preopen } from "../../capability.ts";
import type { ErrnoName } from "../errno.ts";
import { errnoNameOf, WasiError } from "../errors.ts";
import { preopenedDirectory } from "./directory.ts";
import { insistDownward } from "./place.ts";

/** A link to make. */
export interface NewLink {
  /** Path on the host of the preopen that it is to lie in, as `Root` has it. */
  readonly root: string;
  /** Names from the preopen down to it, parted by slashes. */
  readonly path: string;
  /** Where it is to lead. */
  readonly target: string;
}

/** Makes a link. Resolves to why it was not made; undefined when it was. Never rejects. */
export type MakeLink = (link: NewLink) => Promise<ErrnoName | undefined>;

/**
 * Makes `link` for a guest that has `preopens`, on the thread that has the
 * permissions of the node.
 *
 * @returns Why it was not made: ENOTCAPABLE for what leads out, for a preopen
 * that the guest may not write, and where the node itself may not make links;
 * undefined when it was made.
 */
export function makeLink(
  preopens: readonly Preopen[],
  link: NewLink,
): ErrnoName | undefined {
  try {
    insistWithin(preopens, link);
    Deno.symlinkSync(link.target, `${link.root}/${link.path}`);
    return undefined;
  } catch (error) {
    // Told to the guest, which waits on another thread; a mistake of ours
    // passes through.
    return errnoNameOf(error);
  }
}

function insistWithin(
  preopens: readonly Preopen[],
  { root, path, target }: NewLink,
): void {
  const isGranted = preopens.some((preopen) =>
    !preopen.readOnly && preopenedDirectory(preopen).root.host === root
  );
  if (!isGranted) throw new WasiError("ENOTCAPABLE");
  if (`${path}${target}`.includes("\0")) throw new WasiError("EINVAL");
  insistDownward(target);
  insistDownward(path);
  insistNoLink(root, path.split("/").slice(0, -1));
}

// The directory was one when the scheduler looked; now it may be a link.
function insistNoLink(root: string, names: readonly string[]): void {
  const real = Deno.realPathSync(`${root}/${names.join("/")}`);
  const expected = join(Deno.realPathSync(root || "/"), ...names);
  if (real !== expected) throw new WasiError("ENOTCAPABLE");
}
