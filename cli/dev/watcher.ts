/**
 * Watching directories.
 *
 * @module
 */

import { stat } from "../file.ts";
import type { Changes } from "./changes.ts";
import type { Watched } from "./relevance.ts";

/** A directory that cannot be watched. The message says what can be done. */
export class WatchFailed extends Error {
  override readonly name: string = "WatchFailed";
}

/** What is watched, as it was found on the disk. */
interface Found {
  /** Paths that are there. */
  readonly paths: readonly string[];
  /** Tells directories from others that were put in their places. */
  readonly identity: string;
}

interface Watching {
  readonly identity: string;
  readonly watcher: Deno.FsWatcher | undefined;
}

const NONE: Watching = { identity: "", watcher: undefined };

/**
 * Tells `changes` of what happens in directories.
 *
 * A directory that is not there is no failure: the one above it tells when it
 * comes. Then, as whenever anything was put in the place of a directory,
 * {@linkcode update} is to be called.
 */
export class Watcher {
  readonly #changes: Pick<Changes, "add" | "addAll">;
  readonly #following = new Set<Promise<void>>();
  #deep: Watching = NONE;
  #flat: Watching = NONE;

  /** Watches nothing yet. */
  constructor(changes: Pick<Changes, "add" | "addAll">) {
    this.#changes = changes;
  }

  /**
   * Watches `watched` from now on, and nothing else.
   *
   * @returns Whether something else is watched than before: then things may have
   * changed that nobody saw.
   * @throws {WatchFailed} The system does not let us: what was watched before
   * still is.
   */
  async update({ deep, flat }: Watched): Promise<boolean> {
    const before = [this.#deep, this.#flat];
    this.#deep = this.#replace(this.#deep, await find(deep), true);
    this.#flat = this.#replace(this.#flat, await find(flat), false);
    return before[0] !== this.#deep || before[1] !== this.#flat;
  }

  #replace(
    before: Watching,
    { paths, identity }: Found,
    recursive: boolean,
  ): Watching {
    if (before.identity === identity) return before;
    // The old one ends when the new one watches, so that nothing is missed.
    const watcher = paths.length === 0 ? undefined : watch(paths, recursive);
    before.watcher?.close();
    if (watcher !== undefined) this.#follow(watcher);
    return { identity, watcher };
  }

  #follow(watcher: Deno.FsWatcher): void {
    const following = this.#tell(watcher)
      .finally(() => this.#following.delete(following));
    this.#following.add(following);
  }

  async #tell(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths, flag } of watcher) {
      if (flag === "rescan") this.#changes.addAll();
      else if (kind !== "access") this.#changes.add(paths);
    }
  }

  /** Watches nothing more. Resolves when `changes` is told of nothing more. */
  async close(): Promise<void> {
    this.#deep.watcher?.close();
    this.#flat.watcher?.close();
    [this.#deep, this.#flat] = [NONE, NONE];
    await Promise.all(this.#following);
  }
}

async function find(paths: readonly string[]): Promise<Found> {
  const infos = await Promise.all(paths.map(stat));
  const found = paths.filter((_, index) => infos[index]?.isDirectory);
  const words = infos.map((info, index) => {
    return info?.isDirectory ? `${paths[index]} ${info.dev}:${info.ino}` : "";
  });
  return { paths: found, identity: words.join("\n") };
}

function watch(paths: readonly string[], recursive: boolean): Deno.FsWatcher {
  try {
    return Deno.watchFs([...paths], { recursive });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WatchFailed(`Cannot watch ${paths[0]}: ${why}${adviceOn(why)}`, {
      cause: error,
    });
  }
}

/** What the system says when it watches as much as it may. */
const LIMITS = /no space left|too many open files|os error (?:24|28)|limit/i;

function adviceOn(why: string): string {
  if (!LIMITS.test(why)) return "";
  return "\nThe system watches as much as it may. On Linux, raise it:\n" +
    "  sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512";
}
