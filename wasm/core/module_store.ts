/**
 * Rewritten modules on disk, for later runs.
 *
 * V8 does not let Deno save the code that it compiles, so what is saved is what
 * it compiles from.
 *
 * @module
 */

import { join } from "node:path";
import type { Caps } from "../instrument/frame.ts";
import type { Rewritten } from "../instrument/rewrite.ts";
import { STORE_BYTES_MAX, STORE_ENTRIES_MAX } from "./limits.ts";
import { insistOwn, openOwn } from "./own_file.ts";
import { decodeStored, encodeStored, STORED_VERSION } from "./stored_module.ts";
import { DRAFT_SUFFIX, ENTRY_SUFFIX, sweep } from "./store_sweep.ts";

/** Where modules are stored. */
export interface StoreOptions {
  /** A directory of its own, which need not be there. */
  readonly directory: string;
  /** Told why the store is not used, for debugging. */
  readonly debug: (text: string) => void;
  /** Bytes of all entries; `STORE_BYTES_MAX` when absent. */
  readonly bytesMax?: number;
}

/** One module in a store. */
export interface StoreEntry {
  /** What was saved. Undefined when nothing was, or it cannot be trusted. Never rejects. */
  find(): Promise<Rewritten | undefined>;
  /** Saves it, if that can be done. Never rejects. */
  save(rewritten: Rewritten): Promise<void>;
}

// Every so many entries that one store saves, the oldest of all are removed.
const SAVES_PER_SWEEP = 64;

// An entry that is used is young again, as far as anybody cares.
const TOUCH_MS = 24 * 60 * 60 * 1_000;

/**
 * A directory of rewritten modules, which other processes use at the same time.
 *
 * An entry comes to be in one step, with a digest of all of it, so what is read
 * is whole, or is not used. Who can write an entry decides what code runs: so
 * directory and entries must be the user's own, and nobody else's to write.
 * Windows has no such owners; there the user's directories are private.
 */
export class ModuleStore {
  readonly #options: StoreOptions;
  readonly #bytesMax: number;
  #opened: Promise<void> | undefined;
  #saves = 0;

  /** A store in a directory. Nothing is read or written yet. */
  constructor(options: StoreOptions) {
    this.#options = options;
    this.#bytesMax = options.bytesMax ?? STORE_BYTES_MAX;
  }

  /**
   * The entry of one module.
   *
   * @param digest SHA-256 of the module as it was written, in hexadecimal.
   * @param kind How else it was rewritten, in letters, digits and `-`; may be empty.
   */
  entry(digest: string, caps: Caps, kind = ""): StoreEntry {
    const { memoryBytesMax, tableEntriesMax } = caps;
    const kinds = kind === "" ? [] : [kind];
    const key = [
      ...[digest, memoryBytesMax, tableEntriesMax, ...kinds],
      STORED_VERSION,
    ].join("-");
    const path = join(this.#options.directory, `${key}${ENTRY_SUFFIX}`);
    return {
      find: () => this.#tell(this.#find(key, path)),
      save: (rewritten) => this.#tell(this.#save(key, path, rewritten)),
    };
  }

  // Without a store all works as well, only later.
  async #tell<Value>(work: Promise<Value>): Promise<Value | undefined> {
    try {
      return await work;
    } catch (error) {
      this.#options.debug(
        `Cannot use the module cache: ${(error as Error).message}`,
      );
      return undefined;
    }
  }

  #open(): Promise<void> {
    this.#opened ??= this.#create();
    return this.#opened;
  }

  async #create(): Promise<void> {
    const { directory } = this.#options;
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    insistOwn(await Deno.stat(directory), directory);
  }

  async #find(key: string, path: string): Promise<Rewritten | undefined> {
    await this.#open();
    const stored = await this.#read(path);
    if (stored === undefined) return undefined;
    const rewritten = await decodeStored(key, stored);
    if (rewritten === undefined) {
      throw new TypeError(`Cannot read a broken entry: ${path}`);
    }
    return rewritten;
  }

  async #read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    using file = await openOwn(path);
    if (file === undefined) return undefined;
    const { size, mtime } = await file.stat();
    if (size > this.#bytesMax) {
      throw new RangeError(`Cannot read an entry of ${size} bytes: ${path}`);
    }
    const ageMs = Date.now() - (mtime?.getTime() ?? 0);
    if (ageMs > TOUCH_MS) await file.utime(new Date(), new Date());
    return await readAll(file, size);
  }

  async #save(key: string, path: string, rewritten: Rewritten): Promise<void> {
    await this.#open();
    const stored = await encodeStored(key, rewritten);
    if (stored.length > this.#bytesMax) return;
    await replace(path, stored);
    if (this.#saves++ % SAVES_PER_SWEEP !== 0) return;
    await sweep(this.#options.directory, {
      bytesMax: this.#bytesMax,
      entriesMax: STORE_ENTRIES_MAX,
    });
  }
}

async function readAll(
  file: Deno.FsFile,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const count = await file.read(bytes.subarray(at));
    if (count === null) break;
    at += count;
  }
  return bytes;
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}${DRAFT_SUFFIX}`;
  try {
    await Deno.writeFile(draft, bytes, { createNew: true, mode: 0o600 });
    await Deno.rename(draft, path);
  } catch (error) {
    // Passed on: this only takes the draft away, which may not have come to be.
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}
